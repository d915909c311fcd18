import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { build } from 'esbuild'
import { expect, onTestFinished, test } from 'vitest'
import { run } from '../../src/cli/run.js'
import { printed } from '../codegen/program.js'
import { compile } from '../codegen/support.js'

/** What the recipes call the documents of others that they start from. */
const documents: Readonly<Record<string, string>> = {
  'metaModel.json': 'codegen/documents/lsp-3.18-metaModel.json',
  'js_protocol.json': 'codegen/documents/cdp-js_protocol.json',
  'acp.schema.json': 'codegen/documents/acp.schema.json',
  'acp.meta.json': 'codegen/documents/acp.meta.json',
  'ethereum.openrpc.json': 'codegen/documents/ethereum-execution-apis.refs.json',
  'notes-service.ekko.ipc.json': 'codegen/documents/notes-service.ekko.ipc.json',
}

interface Block {
  readonly language: string
  readonly code: string
}

/** The blocks of code of a page, in order. */
function blocksOf(page: string): Block[] {
  return [...page.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language = '', code = '']) => ({
    language,
    code,
  }))
}

/** Makes what the commands of a page make, in `folder`. */
async function generate(blocks: readonly Block[], folder: string): Promise<void> {
  const commands = blocks.filter(({ language }) => language === 'sh')
  for (const line of commands.flatMap(({ code }) => code.trim().split('\n'))) {
    const [, ...words] = line.split(' ')
    const paths = words.map((word) =>
      /\.(json|yaml|[jt]s|md)$/.test(word) ? join(folder, basename(word)) : word,
    )
    for (const path of paths.filter((path) => path.endsWith('.json'))) place(path)
    for (const path of paths.filter((path) => path.endsWith('.js'))) await compileModule(path)
    expect(await run(['node', ...paths])).toBe(0)
  }
}

/** Puts the document that a page names where it says. */
function place(path: string): void {
  const source = documents[basename(path)]
  if (source !== undefined) copyFileSync(join('test', source), path)
}

/** Makes the module that a page has in TypeScript, as Node does from 22.18 on. */
async function compileModule(path: string): Promise<void> {
  const source = path.replace(/\.js$/, '.ts')
  await build({ entryPoints: [source], outfile: path, format: 'esm', logLevel: 'silent' })
}

/** Where the name of a file stands that a block is. */
const fileName = /^(?:\/\/ |# |\{ "\$comment": ")([\w.-]+)/

test.each(readdirSync('docs/recipes').filter((file) => file.endsWith('.md')))(
  'the recipe %s does what it says',
  async (page) => {
    const folder = mkdtempSync(join(tmpdir(), 'bothways-recipe-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const blocks = blocksOf(readFileSync(join('docs/recipes', page), 'utf8'))
    for (const { language, code } of blocks) {
      const [, file] = fileName.exec(code) ?? []
      if (file !== undefined && language !== 'sh') writeFileSync(join(folder, file), code)
    }
    mkdirSync(join(folder, 'src'))
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(process.cwd(), join(folder, 'node_modules', 'bothways'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    await generate(blocks, folder)
    const sources = readdirSync(folder).filter((file) => file.endsWith('.ts'))
    const texts = sources.map((file) => [file, readFileSync(join(folder, file), 'utf8')] as const)
    // What people write may be inferred; only what is generated is written out for other compilers.
    const isOfOthers = (line: string) =>
      line.includes('--isolatedDeclarations') && !line.includes('.gen.ts')
    const errors = compile(new Map([['recipe', new Map(texts)]]))
    expect(errors.filter((line) => !isOfOthers(line))).toEqual([])
    for (const [index, { language, code }] of blocks.entries()) {
      if (language !== 'ts') continue
      const [, file = ''] = fileName.exec(code) ?? []
      const after = blocks[index + 1]
      expect(await printed(join(folder, file))).toBe(after?.language === 'text' ? after.code : '')
    }
  },
  120_000,
)
