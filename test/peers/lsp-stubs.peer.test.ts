import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { printed } from '../codegen/program.js'
import { compile, generateReal } from '../codegen/support.js'

const modules = resolve('test/peers/node_modules')

/** An editor in generated stubs: what it is told, asks and answers, both ways, over one connection. */
const editor = (folder: string) => `
import { writeFileSync } from 'node:fs'
import { Peer } from 'bothways'
import { spawn } from 'bothways/node'
import { lsp } from './lsp.contract.gen.js'
import type { Diagnostic } from './lsp.gen.js'

const command = [${JSON.stringify(join(modules, 'typescript-language-server/lib/cli.mjs'))}, '--stdio']
const transport = await spawn(process.execPath, command, { framing: 'contentLength' })
const asked: string[] = []
let report: (found: readonly Diagnostic[]) => void
const diagnosed = new Promise<readonly Diagnostic[]>((resolve) => (report = resolve))
const server = lsp.remote(new Peer(transport), {
  'window/workDoneProgress/create': () => null,
  'client/registerCapability': () => null,
  'workspace/configuration': ({ items }) => items.map(() => ({})),
  'workspace/applyEdit': ({ edit }) => {
    asked.push(...Object.keys(edit.changes ?? {}))
    return { applied: true }
  },
  'textDocument/publishDiagnostics': ({ diagnostics }) => {
    if (diagnostics.length > 0) report(diagnostics)
  },
})
const rootUri = ${JSON.stringify(pathToFileURL(folder).href)}
const { capabilities } = await server.initialize({
  processId: process.pid,
  rootUri,
  workspaceFolders: [{ uri: rootUri, name: 'test' }],
  capabilities: {
    window: { workDoneProgress: true },
    workspace: { configuration: true, applyEdit: true },
    textDocument: { publishDiagnostics: {}, documentSymbol: { hierarchicalDocumentSymbolSupport: true } },
  },
  initializationOptions: { tsserver: { path: ${JSON.stringify(join(modules, 'typescript/lib/tsserver.js'))} } },
})
server.initialized({})
const uri = rootUri + '/answer.ts'
const text = "import { b, a } from './other'\\nexport const answer: number = 'forty-two'\\nanswer + a + b\\n"
writeFileSync(new URL(uri), text)
server['textDocument/didOpen']({ textDocument: { uri, languageId: 'typescript', version: 1, text } })
const textDocument = { uri }
const position = { line: 1, character: 14 }
const say = (value: unknown) => console.log(JSON.stringify(value))
say((await diagnosed).map(({ message }) => message).filter((message) => String(message).includes('number')))
say((await server['textDocument/references']({ textDocument, position, context: { includeDeclaration: true } }))?.length)
const symbols = await server['textDocument/documentSymbol']({ textDocument })
say(symbols?.map(({ name }) => name))
const edit = await server['textDocument/rename']({ textDocument, position, newName: 'reply' })
say(edit?.changes?.[uri]?.map(({ newText }) => newText))
await server['workspace/executeCommand']({ command: '_typescript.organizeImports', arguments: [new URL(uri).pathname] })
say(asked.length)
say(capabilities.hoverProvider)
say(await server.shutdown())
server.exit()
`

test('generated stubs drive typescript-language-server, and serve what it asks', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bothways-editor-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const workspace = join(folder, 'workspace')
  mkdirSync(workspace)
  writeFileSync(join(workspace, 'other.ts'), 'export const a = 1\nexport const b = 2\n')
  writeFileSync(join(workspace, 'tsconfig.json'), '{}')
  const { files } = await generateReal('lsp-3.18-metaModel.json')
  const all = new Map([...files, ['use.ts', editor(workspace)]])
  expect(compile(new Map([['editor', all]]))).toEqual([])
  for (const [file, text] of all) writeFileSync(join(folder, file), text)
  expect((await printed(join(folder, 'use.ts'))).trim().split('\n')).toEqual([
    "[\"Type 'string' is not assignable to type 'number'.\"]",
    '2',
    '["answer"]',
    '["reply","reply"]',
    '1',
    'true',
    'null',
  ])
})
