import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Peer } from 'bothways'
import { generate } from 'bothways/codegen'
import { lsp } from 'bothways/dialects'
import { expect, test } from 'vitest'
import { output, run, snippet } from '../docs/run.js'
import { freshFolder, modules, startPeer } from './support.js'

interface Diagnostics {
  readonly uri: string
  readonly diagnostics: readonly { readonly message: string }[]
}

/** A language server of npm, asked to look after a fresh folder. */
async function start(script: string, initializationOptions: object = {}) {
  const { peer, transport } = await startPeer(
    process.execPath,
    [join(modules, script), '--stdio'],
    { framing: 'contentLength', dialect: lsp },
  )
  const asked: string[] = []
  const answer = (method: string, result: unknown) =>
    peer.handle(method, (params) => {
      asked.push(method)
      return typeof result === 'function' ? result(params) : result
    })
  answer('window/workDoneProgress/create', null)
  answer('client/registerCapability', null)
  answer('workspace/configuration', ({ items }: { items: unknown[] }) => items.map(() => ({})))
  const folder = freshFolder()
  const rootUri = pathToFileURL(folder).href
  await peer.request('initialize', {
    processId: process.pid,
    rootUri,
    workspaceFolders: [{ uri: rootUri, name: 'test' }],
    capabilities: {
      window: { workDoneProgress: true },
      workspace: { configuration: true, workspaceFolders: true },
      textDocument: { publishDiagnostics: {} },
    },
    initializationOptions,
  })
  peer.notify('initialized', {})
  return { peer, transport, folder, asked }
}

/** Opens a file, and resolves with the first diagnostics about it that are any. */
function diagnose(peer: Peer, path: string, languageId: string, text: string) {
  const uri = pathToFileURL(path).href
  writeFileSync(path, text)
  const found = new Promise<Diagnostics>((resolve) => {
    peer.on('textDocument/publishDiagnostics', (told: Diagnostics) => {
      if (told.uri === uri && told.diagnostics.length > 0) resolve(told)
    })
  })
  peer.notify('textDocument/didOpen', {
    textDocument: { uri, languageId, version: 1, text },
  })
  return { uri, found }
}

/** Says goodbye as the protocol asks for, and resolves with the exit code. */
async function leave({ peer, transport }: Awaited<ReturnType<typeof start>>): Promise<unknown> {
  expect(await peer.request('shutdown')).toBeNull()
  peer.notify('exit')
  await peer.closed
  return transport.child.exitCode
}

test('typescript-language-server: diagnostics, a hover, its own requests answered, a clean exit', async () => {
  const server = await start('typescript-language-server/lib/cli.mjs', {
    tsserver: { path: join(process.cwd(), modules, 'typescript/lib/tsserver.js') },
  })
  const { peer, folder, asked } = server
  // A project that is configured is told the progress of its loading.
  writeFileSync(join(folder, 'tsconfig.json'), '{ "files": ["a.ts"] }')
  const { uri, found } = diagnose(
    peer,
    join(folder, 'a.ts'),
    'typescript',
    'const a: number = "b"\n',
  )
  const { diagnostics } = await found
  expect(diagnostics.map(({ message }) => message)).toEqual([
    "Type 'string' is not assignable to type 'number'.",
  ])
  const hover = await peer.request<{ contents: unknown }>('textDocument/hover', {
    textDocument: { uri },
    position: { line: 0, character: 6 },
  })
  expect(JSON.stringify(hover.contents)).toContain('const a: number')
  expect(asked).toContain('window/workDoneProgress/create')
  expect(await leave(server)).toBe(0)
})

test('what an editor shows of a generated method: its words, that it is deprecated, and what it throws', async () => {
  const server = await start('typescript-language-server/lib/cli.mjs', {
    tsserver: { path: join(process.cwd(), modules, 'typescript/lib/tsserver.js') },
  })
  const { peer, folder } = server
  const { files } = generate(
    {
      openrpc: '1.3.2',
      info: { title: 'orders', version: '1.0.0' },
      methods: [
        {
          name: 'orders.get',
          summary: 'Get one order',
          deprecated: true,
          params: [{ name: 'id', required: true, schema: { type: 'string' } }],
          result: { name: 'order', schema: { type: 'object' } },
          errors: [{ code: 4, message: 'There is no such order' }],
        },
      ],
    },
    { source: 'orders.openrpc.json' },
  )
  for (const [name, text] of files) writeFileSync(join(folder, name), text)
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(process.cwd(), join(folder, 'node_modules', 'bothways'))
  const options = { module: 'nodenext', target: 'es2022', strict: true, skipLibCheck: true }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, files: ['use.ts'] }),
  )
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const lines = [
    "import { memoryPair, Peer } from 'bothways'",
    "import { orders } from './orders.contract.gen.js'",
    'const remote = orders.remote(new Peer(memoryPair()[0]))',
    "void remote['orders.get']",
    'const wrong: number = "b"',
  ]
  const { uri, found } = diagnose(peer, join(folder, 'use.ts'), 'typescript', lines.join('\n'))
  expect((await found).diagnostics.map(({ message }) => message)).toContain(
    "Type 'string' is not assignable to type 'number'.",
  )
  const hover = await peer.request<{ contents: unknown }>('textDocument/hover', {
    textDocument: { uri },
    position: { line: 3, character: 15 },
  })
  const shown = JSON.stringify(hover.contents)
  for (const text of ['Get one order', '@deprecated', '@throws', 'There is no such order'])
    expect(shown).toContain(text)
  expect(await leave(server)).toBe(0)
})

test('pyright: diagnostics, once we have answered its workspace/configuration', async () => {
  const server = await start('pyright/langserver.index.js')
  const { peer, folder, asked } = server
  const { found } = diagnose(peer, join(folder, 'a.py'), 'python', 'a: int = "b"\n')
  const { diagnostics } = await found
  expect(diagnostics[0]?.message).toContain('not assignable')
  expect(asked).toContain('workspace/configuration')
  expect(await leave(server)).toBe(0)
})

test('pyright: what is cancelled is answered with -32800 or its result, and it goes on', async () => {
  const server = await start('pyright/langserver.index.js')
  const controller = new AbortController()
  const call = server.peer.request(
    'workspace/symbol',
    { query: 'a' },
    { signal: controller.signal },
  )
  controller.abort('enough')
  await expect(call).rejects.toBe('enough')
  expect(await leave(server)).toBe(0)
})

test('the language server of docs/dialects.md', async () => {
  const program = await run(snippet('docs/dialects.md', 'typescript-language-server'), {
    path: resolve(modules, '.bin'),
    alias: {
      'bothways/dialects': resolve('src/dialects.ts'),
      'bothways/node': resolve('src/node.ts'),
      bothways: resolve('src/index.ts'),
    },
  })
  expect(await output(program)).toBe('true\n')
})
