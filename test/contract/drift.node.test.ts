import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build } from 'esbuild'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { generate } from '../../src/codegen.js'
import { before, now } from './drift/documents.js'

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
let folder = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bothways-drift-'))
  generated('before', before)
  generated('now', now)
  for (const program of ['service', 'client', 'methods']) {
    copyFileSync(root(`test/contract/drift/${program}.ts`), join(folder, `${program}.ts`))
    await built(program, { splitting: true, outdir: join(folder, program) })
  }
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function generated(version: string, document: object): void {
  mkdirSync(join(folder, version))
  const { files } = generate(document, { source: 'orders.openrpc.json', methods: true })
  for (const [name, text] of files) writeFileSync(join(folder, version, name), text)
}

/** Bundles a program as a user's would be. */
function built(program: string, options: BuildOptions) {
  return build({
    entryPoints: [join(folder, `${program}.ts`)],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    alias: { bothways: root('src') },
    nodePaths: [root('node_modules')],
    metafile: true,
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'silent',
    ...options,
  })
}

/** The addresses of a service of the version that is now, in a process that ends with the test. */
async function service(): Promise<string> {
  const child: ChildProcess = spawn(process.execPath, [join(folder, 'service/service.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill()
    await ended
  })
  const [line] = await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), ended])
  return String(line)
}

/** What the calls of stubs that were generated before come to, directly and through a hub. */
async function outcomes(program: string): Promise<[string, { [key: string]: unknown }][]> {
  const path = join(folder, program)
  const printed = execFileSync(process.execPath, [path, await service()], { encoding: 'utf8' })
  return printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

const say = (changes: string) =>
  `the other end speaks orders 3.0.0, your stubs are of 2.0.0: ${changes}; run \`bothways gen\``

function escaped(text: string): string {
  return text.replace(/[()[\].|]/g, '\\$&')
}

const told = [
  [
    'get',
    {
      message: 'result.total must be a number, got nothing',
      hint: say('get.result.total is gone, get.result.sum is new (number, required)'),
    },
  ],
  [
    'find',
    {
      message: 'params.limit must be an integer, got nothing',
      hint: say(
        'find.params.limit changed (optional → required), find.result[].total is gone, find.result[].sum is new (number, required)',
      ),
    },
  ],
  [
    'tail',
    {
      message: 'item must be an integer, got the string "one"',
      hint: say('tail.item changed (integer → string)'),
    },
  ],
  ['refuse', { message: 'no such order', hint: 'make one' }],
  [
    'ask',
    'the other end speaks orders 2.0.0, your stubs are of 3.0.0: confirm.result changed ("yes" | "no" → boolean); run `bothways gen`',
  ],
  [
    'remove',
    { message: 'remove" is not provided', hint: say('remove is gone, archive is new (request)') },
  ],
] as const

test('stubs of another version are told what changed, by a process that serves another', async () => {
  const all = await outcomes('client/client.mjs')
  for (const [index, [name, expected]] of told.entries()) {
    const [direct, behind] = [all[index], all[index + told.length]]
    expect(direct?.[0]).toBe(name)
    if (typeof expected === 'string') {
      expect(direct?.[1]).toBe(expected)
      continue
    }
    for (const outcome of [direct, behind]) {
      expect(outcome?.[1]['message']).toContain(expected.message)
      // Whoever was asked may have an advice of its own.
      expect(outcome?.[1]['hint']).toMatch(new RegExp(`^${escaped(expected.hint)}(; did you|$)`))
    }
    if (name === 'refuse') expect(direct?.[1]['drift']).toBeUndefined()
    else
      expect(direct?.[1]['drift']).toMatchObject({
        contract: 'orders',
        ours: '2.0.0',
        theirs: '3.0.0',
      })
  }
}, 60_000)

test('functions of one method each tell it as well', async () => {
  const all = await outcomes('methods/methods.mjs')
  const expected = told.flatMap(([name, say]) =>
    typeof say === 'string' ? [] : [{ name, ...say }],
  )
  expect(all.map(([name]) => name)).toEqual(expected.map(({ name }) => name))
  for (const [index, { name, message, hint }] of expected.entries()) {
    const outcome = all[index]?.[1] ?? {}
    expect(outcome['message']).toContain(message)
    expect(outcome['hint']).toMatch(new RegExp(`^${escaped(hint)}(; did you|$)`))
    expect(outcome['drift'] === undefined).toBe(name === 'refuse')
  }
}, 60_000)

test('what tells it is not in what is loaded first, and where it is gone the error is as it was', async () => {
  const { metafile } = await built('client', { splitting: true, outdir: join(folder, 'bare') })
  const chunks = Object.entries(metafile?.outputs ?? {})
  const [, entry] = chunks.find(([, { entryPoint }]) => entryPoint?.endsWith('client.ts')) ?? []
  const first = new Set(Object.keys(entry?.inputs ?? {}))
  for (const { path, kind } of entry?.imports ?? [])
    if (kind === 'import-statement')
      for (const input of Object.keys(metafile?.outputs[path]?.inputs ?? {})) first.add(input)
  expect([...first].filter((input) => /explain|compare|facts|\.shape\.gen/.test(input))).toEqual([])
  const lazy = chunks.map(([path]) => path).filter((path) => /orders\.shape\.gen/.test(path))
  expect(lazy).toHaveLength(1)
  for (const path of lazy) rmSync(existsSync(path) ? path : join(root('.'), path))
  const [get, , , , , remove] = await outcomes('bare/client.mjs')
  expect(get).toEqual([
    'get',
    {
      message: 'get: result.total must be a number, got nothing',
      hint: 'the other end may serve another version of the contract',
    },
  ])
  expect(remove?.[1]['hint']).toBeUndefined()
}, 60_000)
