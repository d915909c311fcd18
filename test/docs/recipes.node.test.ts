import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
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
      /\.(json|ts)$/.test(word) ? join(folder, basename(word)) : word,
    )
    for (const path of paths.filter((path) => path.endsWith('.json'))) place(path)
    expect(await run(['node', ...paths])).toBe(0)
  }
}

/** Puts the document that a page names where it says. */
function place(path: string): void {
  const source = documents[basename(path)]
  if (source !== undefined) copyFileSync(join('test', source), path)
}

test.each(readdirSync('docs/recipes').filter((file) => file.endsWith('.md')))(
  'the recipe %s does what it says',
  async (page) => {
    const folder = mkdtempSync(join(tmpdir(), 'bothways-recipe-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const blocks = blocksOf(readFileSync(join('docs/recipes', page), 'utf8'))
    for (const { language, code } of blocks) {
      const [, file] = /^(?:\/\/ |\{ "\$comment": ")([\w.-]+)/.exec(code) ?? []
      if (file !== undefined && language !== 'sh') writeFileSync(join(folder, file), code)
    }
    mkdirSync(join(folder, 'src'))
    await generate(blocks, folder)
    const sources = readdirSync(folder).filter((file) => file.endsWith('.ts'))
    const texts = sources.map((file) => [file, readFileSync(join(folder, file), 'utf8')] as const)
    expect(compile(new Map([['recipe', new Map(texts)]]))).toEqual([])
    for (const [index, { language, code }] of blocks.entries()) {
      if (language !== 'ts') continue
      const [, file = ''] = /^\/\/ ([\w.-]+)/.exec(code) ?? []
      expect(await printed(join(folder, file))).toBe(blocks[index + 1]?.code)
    }
  },
  120_000,
)
