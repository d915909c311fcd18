import { resolve } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { errorCodes, memoryPair, Peer } from 'bothways'
import { answers, asks, listens, streams, tells } from 'bothways/contract'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import {
  compile,
  documents,
  documentWith,
  fileOf,
  generateProbe,
  generateReal,
  moduleOf,
  run,
} from './support.js'

const text = { type: 'string' }
const id = { name: 'id', required: true, schema: text }

/** One of each kind, either way, by name and by position; some called as what the file has of its own. */
const document = documentWith(
  {
    name: 'orders.get',
    summary: 'Get one order.',
    deprecated: true,
    paramStructure: 'by-name',
    params: [id],
    result: { name: 'total', schema: { type: 'number' } },
  },
  {
    name: 'sum',
    params: [id, { name: 'unit', schema: text }],
    result: { name: 'sum', schema: text },
  },
  {
    name: 'tail',
    'x-kind': 'stream',
    params: [],
    'x-item': { name: 'line', schema: text },
    'x-input': { name: 'number', schema: { type: 'number' } },
  },
  { name: 'log', 'x-kind': 'notification', paramStructure: 'by-name', params: [id] },
  {
    name: 'changed',
    'x-kind': 'event',
    'x-direction': 'serverToClient',
    paramStructure: 'by-name',
    params: [id],
  },
  {
    name: 'confirm',
    'x-direction': 'serverToClient',
    params: [],
    result: { name: 'answer', schema: { type: 'boolean' } },
  },
  { name: 'delete', params: [], result: { name: 'done', schema: { type: 'boolean' } } },
  { name: 'check', params: [], result: { name: 'done', schema: { type: 'boolean' } } },
  { name: 'onChanged', params: [], result: { name: 'done', schema: { type: 'boolean' } } },
)

// biome-ignore lint/suspicious/noExplicitAny: the types are generated, and tried by the compiler below.
type Any = any

/** The constants of the file, made by the functions of this package. */
async function methods(): Promise<Record<string, Any>> {
  const names = ['asks', 'streams', 'tells', 'answers', 'listens']
  const runtime = `data:text/javascript,${names.map((name) => `export const ${name} = (...parts) => ['${name}', ...parts];`).join('')}`
  const generated = generateProbe(document, { runtime, methods: true })
  const checks = await moduleOf(fileOf(generated, '.check.gen.ts'))
  const file = fileOf(generated, '.methods.gen.ts').replace(`'./probe.check.gen.js'`, `"${checks}"`)
  const made: Record<string, Any> = { asks, streams, tells, answers, listens }
  return Object.fromEntries(
    Object.entries(await run(file)).map(([name, parts]) => {
      const [by, ...of] = parts as [string, ...unknown[]]
      return [name, made[by](...of)]
    }),
  )
}

async function ends() {
  const [near, far] = memoryPair()
  return { m: await methods(), page: new Peer(near), service: new Peer(far) }
}

test('each method calls and handles by itself, in its direction, by name or by position', async () => {
  const { m, page, service } = await ends()
  const seen: unknown[] = []
  m['onOrdersGet'](service, ({ id }: Any) => id.length)
  m['onSum'](service, (params: unknown) => JSON.stringify(params))
  m['onTail'](service, async function* (_params: unknown, { input }: Any) {
    for await (const item of input) yield `line ${item}`
  })
  m['onLog'](service, (params: unknown) => void seen.push(params))
  m['onConfirm'](page, () => true)
  const changed = new Promise((resolve) => m['onChanged_6f6e206368616e676564'](page, resolve))
  expect(await m['ordersGet'](page, { id: 'abc' })).toBe(3)
  expect(await m['sum'](page, { id: 'a' })).toBe('{"id":"a"}')
  async function* numbers() {
    yield* [1, 2]
  }
  const lines: unknown[] = []
  for await (const line of m['tail'](page, undefined, { input: numbers() })) lines.push(line)
  expect(lines).toEqual(['line 1', 'line 2'])
  m['log'](page, { id: 'b' })
  expect(await m['confirm'](service)).toBe(true)
  expect(seen).toEqual([{ id: 'b' }])
  m['changed'](service, { id: 'c' })
  expect(await changed).toEqual({ id: 'c' })
})

test('what arrives is checked: params by who handles, results and items by who called', async () => {
  const { m, page, service } = await ends()
  m['onOrdersGet'](service, () => 'text')
  m['onTail'](service, async function* () {
    yield 1
  })
  await expect(m['ordersGet'](page, { id: 'a' })).rejects.toMatchObject({
    code: errorCodes.encoding,
    message: 'orders.get: result must be a number, got the string "text"',
  })
  await expect(m['ordersGet'](page, { id: 1 })).rejects.toMatchObject({
    code: errorCodes.invalidParams,
    data: { path: '/id' },
  })
  await expect(m['tail'](page)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    message: 'tail: item must be a string, got the number 1',
  })
})

test('a handler is withdrawn alone', async () => {
  const { m, page, service } = await ends()
  const registration = m['onOrdersGet'](service, () => 1)
  m['onConfirm'](service, () => true)
  registration.dispose()
  await expect(m['ordersGet'](page, { id: 'a' })).rejects.toMatchObject({
    code: errorCodes.methodNotFound,
  })
  expect(await m['confirm'](page)).toBe(true)
})

test('names are made of methods; what is a word of the language or of the file has another', async () => {
  expect(Object.keys(await methods()).sort()).toEqual([
    'callCheck',
    'callDelete',
    'changed',
    'confirm',
    'log',
    'onChanged',
    'onChanged_6f6e206368616e676564',
    'onCheck',
    'onConfirm',
    'onDelete',
    'onLog',
    'onOnChanged',
    'onOrdersGet',
    'onSum',
    'onTail',
    'ordersGet',
    'sum',
    'tail',
  ])
})

test('one more method adds its own lines, with its words', async () => {
  const [first, ...rest] = (document as { methods: object[] }).methods
  const linesOf = (given: object) =>
    fileOf(generateProbe(given, { methods: true }), '.methods.gen.ts').split('\n')
  const before = linesOf({ ...document, methods: rest })
  const added = linesOf(document).filter((line) => !before.includes(line))
  expect(before.filter((line) => !linesOf(document).includes(line))).toEqual([])
  expect(added.join('\n')).toBe(
    `/**
 * Get one order.
 *
 * @deprecated
 */
export const ordersGet: Call<ProbeService, 'orders.get'> =
  /*@__PURE__*/ asks('orders.get', { result: check.checkOrdersGetResult }, shape)
export const onOrdersGet: Answer<ProbeService, 'orders.get'> =
  /*@__PURE__*/ answers('orders.get', { params: check.checkOrdersGetParams })`.replace(' *\n', ''),
  )
  expect(first).toBeDefined()
})

const use = `
import { memoryPair, Peer } from 'bothways'
import { changed, onChanged_6f6e206368616e676564 as onChanged, onOrdersGet, onTail, ordersGet, tail } from './probe.methods.gen.js'
const [near, far] = memoryPair()
const [page, service] = [new Peer(near), new Peer(far)]
onOrdersGet(service, ({ id }, { signal }) => (signal.aborted ? 0 : id.length)).dispose()
onTail(service, async function* (_params, { input }) {
  for await (const item of input ?? []) yield item.toFixed()
})
onChanged(page, ({ id }) => console.log(id))
changed(service, { id: 'a' })
export const total: number = await ordersGet(page, { id: 'a' }, { timeout: 1_000 })
export const lines: AsyncIterable<string> = tail(page)
// @ts-expect-error its id is a text
ordersGet(page, { id: 1 })
// @ts-expect-error it answers with a number
onOrdersGet(service, () => 'text')
`

test('what uses methods is typed, at the strictest settings', () => {
  const { files } = generateProbe(document, { methods: true })
  expect(compile(new Map([['probe', new Map([...files, ['use.ts', use]])]]))).toEqual([])
})

test('the methods of every document compile, with checks and without', async () => {
  const all = new Map<string, ReadonlyMap<string, string>>()
  for (const [index, source] of [...documents.keys()].entries())
    for (const checks of [true, false])
      all.set(
        `${index}-${checks}`,
        (await generateReal(source, { methods: true, shape: false, checks })).files,
      )
  expect(compile(all)).toEqual([])
}, 120_000)

/** What a page weighs in brotli, in bytes, and what it is made of. */
async function weighed(code: string): Promise<{ size: number; inputs: string[] }> {
  const { files } = await generateReal('lsp-3.18-metaModel.json', { name: 'lsp', methods: true })
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: process.cwd(), sourcefile: 'page.ts' },
    bundle: true,
    splitting: true,
    outdir: '/bundle',
    minify: true,
    format: 'esm',
    write: false,
    metafile: true,
    alias: { bothways: `${process.cwd()}/src` },
    plugins: [
      {
        name: 'generated',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /\.gen\.js$/ }, ({ path }) => ({ path, namespace: 'generated' }))
          onLoad({ filter: /.*/, namespace: 'generated' }, ({ path }) => ({
            contents:
              [...files].find(([name]) => path === `./${name.replace(/ts$/, 'js')}`)?.[1] ?? '',
            loader: 'ts',
            resolveDir: process.cwd(),
          }))
        },
      },
    ],
  })
  const outputs = new Map(
    Object.entries(metafile.outputs).map(([path, output]) => [resolve(path), output]),
  )
  const [page = ''] = [...outputs].find(([, { entryPoint }]) => entryPoint === 'page.ts') ?? []
  const imports = (outputs.get(page)?.imports ?? []).filter(
    ({ kind }) => kind === 'import-statement',
  )
  // What is loaded before anything runs.
  const first = [page, ...imports.map(({ path }) => resolve(path))]
  const inputs = first.flatMap((path) => Object.entries(outputs.get(path)?.inputs ?? {}))
  const contents = first.map((path) => outputFiles.find((file) => file.path === path)?.contents)
  return {
    size: brotliCompressSync(Buffer.concat(contents.map((each) => each ?? new Uint8Array())))
      .length,
    inputs: inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path),
  }
}

test('one method of LSP with its validation is at most 1.5 kB beyond the core, and needs no superstruct', async () => {
  const core = "import { Peer } from 'bothways'\nconsole.log(Peer)\n"
  const one = `import { textDocumentHover } from './lsp.methods.gen.js'\nconsole.log(textDocumentHover)\n`
  const [bare, hover] = [await weighed(core), await weighed(core + one)]
  expect(hover.inputs.join()).toContain('.check.gen.js')
  expect(
    hover.inputs.filter((path) => /superstruct|explain|compare|shape\.gen|contract\.ts/.test(path)),
  ).toEqual([])
  expect(hover.size - bare.size).toBeLessThanOrEqual(1_500)
}, 60_000)
