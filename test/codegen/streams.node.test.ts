import { errorCodes, memoryPair, Peer } from 'bothways'
import { defineContract, type Stream } from 'bothways/contract'
import { expect, test } from 'vitest'
import {
  compile,
  documentWith,
  fileOf,
  generateProbe,
  type Json,
  runContract,
  shuffled,
} from './support.js'

const text = { name: 'path', required: true, schema: { type: 'string' } }
const Line = {
  type: 'object',
  required: ['line'],
  properties: { line: { type: 'integer', minimum: 1 } },
}

/** A stream with items and a result, one that is streamed to, one with both, and one of the client's. */
const document = {
  ...documentWith(
    {
      name: 'search',
      'x-kind': 'stream',
      paramStructure: 'by-name',
      params: [text],
      'x-item': { $ref: '#/components/contentDescriptors/Line' },
      result: { name: 'files', schema: { type: 'integer' } },
    },
    {
      name: 'sum',
      'x-kind': 'stream',
      'x-input': { name: 'number', schema: { type: 'number' } },
      result: { name: 'sum', schema: { type: 'number' } },
    },
    {
      name: 'upload',
      'x-kind': 'stream',
      'x-item': { name: 'taken', schema: { type: 'boolean' } },
      'x-input': { name: 'line', schema: { $ref: '#/components/schemas/Line' } },
    },
    {
      name: 'lines',
      'x-kind': 'stream',
      'x-direction': 'serverToClient',
      'x-item': { name: 'line', schema: { type: 'string' } },
    },
  ),
  components: {
    schemas: { Line, Stream: { type: 'string' } },
    contentDescriptors: {
      Line: { name: 'line', schema: { $ref: '#/components/schemas/Line' } },
    },
  },
}

const use = `
import { memoryPair, Peer } from 'bothways'
import { probe } from './probe.contract.gen.js'
import type { Line } from './probe.gen.js'
const [near, far] = memoryPair()
probe.serve(new Peer(far), {
  search: async function* ({ path }, { caller, signal }) {
    for await (const line of caller.lines(undefined, { signal })) yield { line: line.length + path.length }
    return 1
  },
  sum: async (_params, { input }) => {
    let sum = 0
    for await (const item of input ?? []) sum += item
    return sum
  },
  upload: async function* (_params, { input }) {
    for await (const { line } of input ?? []) yield line > 1
  },
})
const remote = probe.remote(new Peer(near), { lines: async function* () { yield 'one' } })
async function* lines(): AsyncGenerator<Line> { yield { line: 1 } }
export const found: AsyncIterable<Line> = remote.search({ path: 'a' })
export const files: number = await remote.search({ path: 'a' }).result
export const sum: number = await remote.sum().result
export const taken: AsyncIterable<boolean> = remote.upload(undefined, { input: lines() })
// @ts-expect-error an item is no text
export const wrong: AsyncIterable<string> = remote.search({ path: 'a' })
// @ts-expect-error nobody streams texts to it
remote.upload(undefined, { input: new ReadableStream<string>() })
`

test('the streams of a document compile at the strictest settings, and so does code that uses them', () => {
  const { files } = generateProbe(document)
  const plain = generateProbe(document, { checks: false })
  const used = new Map([...files, ['use.ts', use]])
  expect(
    compile(
      new Map<string, ReadonlyMap<string, string>>([
        ['probe', used],
        ['plain', plain.files],
      ]),
    ),
  ).toEqual([])
})

test('streams give the same bytes whatever the order of their keys', () => {
  expect(generateProbe(shuffled(document as Json))).toEqual(generateProbe(document))
})

test('a stream is typed by what it takes, yields, returns and is streamed', () => {
  const types = fileOf(generateProbe(document), 'probe.gen.ts')
  expect(types).toContain("import type { Stream } from 'bothways/contract'")
  expect(types).toContain("'search': Stream<{ path: string }, Line, number>\n")
  expect(types).toContain("'sum': Stream<undefined, unknown, number, number>\n")
  expect(types).toContain("'upload': Stream<undefined, boolean, void, Line>\n")
  const [, client] = types.split('ProbeClient')
  expect(client).toContain("'lines': Stream<undefined, string>\n")
})

test('its entry in the contract names the checks of its parts', () => {
  expect(fileOf(generateProbe(document), '.contract.gen.ts')).toContain(
    `    'search': {
      kind: 'stream' as const,
      params: checkSearchParams,
      item: checkLine,
      result: checkSearchResult,
    },
    'sum': { kind: 'stream' as const, result: checkSumResult, input: checkSumInput },
    'upload': { kind: 'stream' as const, item: checkUploadItem, input: checkLine },
`,
  )
})

test('a stream that says nothing of its items is warned about, with its place', () => {
  const { warnings, opaque } = generateProbe(documentWith({ name: 'a', 'x-kind': 'stream' }))
  expect(warnings).toMatchObject([
    { pointer: '/methods/0', problem: '"x-item" is missing, so any item is taken' },
  ])
  expect(opaque).toEqual(['probe.openrpc.json#/methods/0'])
})

interface Service {
  search: Stream<{ path: string }, { line: number }, number>
  sum: Stream<undefined, unknown, number, number>
  upload: Stream<undefined, boolean, void, { line: number }>
}
interface Client {
  lines: Stream<undefined, string>
}

async function* of<T>(...items: T[]) {
  yield* items
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = []
  for await (const item of items) seen.push(item)
  return seen
}

async function pair(found: { line: number }[] = [{ line: 1 }, { line: 2 }]) {
  const probe = defineContract<Service, Client>(...(await runContract(document)))
  const [near, far] = memoryPair()
  probe.serve(new Peer(far), {
    search: async function* () {
      yield* found
      return found.length
    },
    sum: async (_params, { input }) => {
      let sum = 0
      for await (const item of input ?? []) sum += item
      return sum
    },
    upload: async function* (_params, { input }) {
      for await (const { line } of input ?? []) yield line > 1
    },
  })
  const peer = new Peer(near)
  return { peer, remote: probe.remote(peer, { lines: () => of('one') }) }
}

test('generated streams go both ways between two peers', async () => {
  const { remote } = await pair()
  const search = remote.search({ path: 'a' })
  expect(await all(search)).toEqual([{ line: 1 }, { line: 2 }])
  expect(await search.result).toBe(2)
  expect(await remote.sum(undefined, { input: of(1, 2, 3) }).result).toBe(6)
  const input = of({ line: 1 }, { line: 2 })
  expect(await all(remote.upload(undefined, { input }))).toEqual([false, true])
})

test('what does not fit a generated stream is refused at the end where it arrives', async () => {
  const { remote } = await pair([{ line: 1 }, { line: 0 }])
  await expect(all(remote.search({ path: 'a' }))).rejects.toMatchObject({
    code: errorCodes.encoding,
    message: 'search: item.line must be an integer of at least 1, got the number 0',
  })
  await expect(remote.search({ path: 1 as never }).result).rejects.toMatchObject({
    code: errorCodes.invalidParams,
    message: 'search: params.path must be a string, got the number 1',
  })
  const input = of('one' as never)
  await expect(remote.sum(undefined, { input }).result).rejects.toMatchObject({
    code: errorCodes.invalidParams,
    message: 'sum: input must be a number, got the string "one"',
  })
})

test('a service that is not described says of itself which of its methods are streams', async () => {
  const { peer } = await pair()
  const any = (name: string) => ({ name, schema: true })
  expect(await peer.request('rpc.discover')).toMatchObject({
    methods: [
      { name: 'search', 'x-kind': 'stream', 'x-item': any('item'), result: any('result') },
      { name: 'sum', 'x-kind': 'stream', 'x-item': any('item'), 'x-input': any('input') },
      { name: 'upload', 'x-kind': 'stream', 'x-item': any('item'), 'x-input': any('input') },
      { name: 'lines', 'x-kind': 'stream', 'x-direction': 'serverToClient' },
    ],
  })
})
