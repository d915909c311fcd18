import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errorCodes, memoryPair, Peer } from 'bothways'
import { bytesAt, defineContract, type Request, type Stream } from 'bothways/contract'
import { messagePack } from 'bothways/msgpack'
import { expect, onTestFinished, test } from 'vitest'
import { Raw } from '../support/raw.js'
import { printed } from './program.js'
import { compile, documentWith, fileOf, generateProbe, run } from './support.js'

const base64 = { type: 'string', contentEncoding: 'base64' }
const at = (name: string) => ({ $ref: `#/components/schemas/${name}` })

/** Bytes in params, results, items and input, beside texts, of a limited length, and in what refers to itself. */
const document = {
  ...documentWith(
    {
      name: 'store',
      params: [
        { name: 'path', required: true, schema: { type: 'string' } },
        { name: 'data', required: true, schema: { ...base64, maxLength: 4 } },
      ],
      result: { name: 'tree', schema: at('Tree') },
    },
    {
      name: 'copy',
      'x-kind': 'stream',
      params: [],
      'x-item': { name: 'chunk', schema: base64 },
      'x-input': { name: 'chunk', schema: { oneOf: [base64, { type: 'null' }] } },
      result: { name: 'all', schema: { type: 'array', items: base64 } },
    },
    { name: 'plain', params: [], result: { name: 'text', schema: { type: 'string' } } },
  ),
  components: {
    schemas: {
      Tree: {
        type: 'object',
        required: ['content'],
        properties: { content: base64, name: { type: 'string' } },
        additionalProperties: at('Tree'),
      },
    },
  },
}

const use = `
import { memoryPair, Peer } from 'bothways'
import { probe } from './probe.contract.gen.js'
import type { Tree } from './probe.gen.js'
const [near, far] = memoryPair()
probe.serve(new Peer(far), {
  store: ({ data }): Tree => ({ content: data }),
  copy: async function* (_params, { input }) {
    for await (const chunk of input ?? []) if (chunk !== null) yield chunk
    return []
  },
  plain: () => 'text',
})
const remote = probe.remote(new Peer(near))
const tree: Tree = await remote.store({ path: 'a', data: Uint8Array.of(1) })
export const content: Uint8Array = tree.content
// @ts-expect-error bytes are no text
remote.store({ path: 'a', data: 'AQ==' })
`

test('text that is base64 is bytes in stubs, with checks and without', () => {
  const { files, warnings } = generateProbe(document, { methods: true })
  expect(warnings).toEqual([])
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
  const contract = [...files].find(([name]) => name.endsWith('.contract.gen.ts'))?.[1]
  expect(contract).toContain("params: bytesAt({ members: { 'data': 3 } }),")
  expect(contract).toContain('const bytesInTree: BytesAt = { members: ')
})

const alone = `
import { memoryPair, Peer } from 'bothways'
import { onStore, store } from './probe.methods.gen.js'
const [near, far] = memoryPair()
onStore(new Peer(far), ({ data }) => ({ content: data.toReversed() }))
const { content } = await store(new Peer(near), { path: 'a', data: Uint8Array.of(1, 2) })
console.log(content)
`

test('a method by itself carries them, too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bothways-bytes-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const { files } = generateProbe(document, { methods: true })
  for (const [file, text] of [...files, ['use.ts', alone] as const])
    writeFileSync(join(folder, file), text)
  expect(await printed(join(folder, 'use.ts'))).toBe('Uint8Array(2) [ 2, 1 ]\n')
})

interface Tree {
  readonly content: Uint8Array
  readonly [name: string]: unknown
}
interface Service {
  store: Request<{ path: string; data: Uint8Array }, Tree>
  copy: Stream<undefined, Uint8Array, Uint8Array[], Uint8Array | null>
}

/** The generated contract, as its file has it. */
async function probe(checks: boolean) {
  const generated = generateProbe(document, { checks })
  const text = fileOf(generated, '.contract.gen.ts')
  const [, , sides] = await runWith(text, checks ? fileOf(generated, '.check.gen.ts') : undefined)
  return defineContract<Service, Record<never, never>>('probe', '1', { ...sides, partial: true })
}

type Parts = Parameters<typeof defineContract>

/** What a contract file gives to `defineContract`, with `bytesAt` as it is. */
async function runWith(contract: string, checks: string | undefined): Promise<Parts> {
  const runtime = 'const defineContract = (...parts) => parts; const bytesAt = globalThis.bytesAt'
  const body = [checks ?? '', runtime, contract.replaceAll(/^import [\s\S]*?from '[^']*'$/gm, '')]
  Object.assign(globalThis, { bytesAt })
  try {
    const { probe } = await run(body.join('\n').replaceAll(/^import type .*$/gm, ''))
    return probe as Parts
  } finally {
    Reflect.deleteProperty(globalThis, 'bytesAt')
  }
}

const handlers = {
  store: ({ path, data }: { path: string; data: Uint8Array }): Tree => ({
    content: data.toReversed(),
    name: path,
    below: { content: data, deeper: { content: Uint8Array.of(9) } },
  }),
  copy: async function* (
    _params: undefined,
    { input }: { input: AsyncIterable<Uint8Array | null> | undefined },
  ) {
    const all: Uint8Array[] = []
    for await (const chunk of input ?? []) {
      if (chunk === null) continue
      all.push(chunk)
      yield chunk
    }
    return all
  },
}

const stored = {
  content: Uint8Array.of(2, 1),
  name: 'AQID',
  below: { content: Uint8Array.of(1, 2), deeper: { content: Uint8Array.of(9) } },
}

test.each([
  ['checks, in JSON', true, { hello: true }],
  ['checks, by a codec', true, { codec: messagePack(), hello: true }],
  ['no checks, in JSON', false, { hello: true }],
])('bytes cross in params, results, items and input: with %s', async (_, checks, options) => {
  const contract = await probe(checks)
  const [near, far] = memoryPair()
  contract.serve(new Peer(far, { ...options, hello: false }), handlers as never)
  const peer = new Peer(near, options)
  await peer.greeted
  const remote = contract.remote(peer)
  // A text that would be base64 stays a text.
  expect(await remote.store({ path: 'AQID', data: Uint8Array.of(1, 2) })).toEqual(stored)
  const chunks = [Uint8Array.of(1), null, Uint8Array.of(2, 3)]
  const copied = remote.copy(undefined, {
    input: (async function* () {
      yield* chunks
    })(),
  })
  const seen: Uint8Array[] = []
  for await (const chunk of copied) seen.push(chunk)
  expect(seen).toEqual([chunks[0], chunks[2]])
  expect(await copied.result).toEqual([chunks[0], chunks[2]])
})

test('on the wire to a foreign end they are plain JSON', async () => {
  const contract = await probe(true)
  const [near, far] = memoryPair()
  contract.serve(new Peer(far), handlers as never)
  const raw = new Raw(near)
  const ask = (params: object) =>
    raw.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'store', params }))
  ask({ path: 'AQID', data: 'AQI=' })
  expect(await raw.next()).toEqual({
    jsonrpc: '2.0',
    id: 1,
    result: {
      content: 'AgE=',
      name: 'AQID',
      below: { content: 'AQI=', deeper: { content: 'CQ==' } },
    },
  })
  for (const [data, expected] of [
    ['not base64', 'bytes, at most 3'],
    ['AQIDBA==', 'bytes, at most 3'],
    [7, 'bytes, at most 3'],
  ]) {
    ask({ path: 'a', data })
    expect(await raw.next()).toMatchObject({
      error: {
        code: errorCodes.invalidParams,
        message: expect.stringContaining(`params.data must be ${expected}`),
        data: { path: '/data' },
      },
    })
  }
})

const either = (one: object, other: object) => ({ oneOf: [one, other] })
const member = (schema: object) => ({ type: 'object', properties: { data: schema } })
const told = 'bytes in "get" cannot be told from a text, so base64 is left to handlers'

test.each([
  ['in a union with text', either(base64, { type: 'string', maxLength: 5 }), told],
  ['in a union with a constant', either(base64, { const: 'none' }), told],
  [
    'in members of one name',
    either(member(base64), member({ type: 'string', minLength: 1 })),
    told,
  ],
  [
    'of some form',
    { ...base64, pattern: '^A' },
    'bytes in "get" must be a text of some form, so base64 is left to handlers',
  ],
])('bytes that may be a text stay texts, and that is told: %s', (_, schema, problem) => {
  const generated = generateProbe(
    documentWith({ name: 'get', params: [], result: { name: 'it', schema } }),
  )
  expect(generated.warnings).toMatchObject([{ file: 'probe.openrpc.json', problem }])
  expect(fileOf(generated, 'probe.gen.ts')).not.toContain('Uint8Array')
  expect(fileOf(generated, '.contract.gen.ts')).not.toContain('bytesAt')
})

/** A type whose many members are of its own type, within two alternatives that share a member. */
function bushy(content: object): object {
  const branches = Array.from({ length: 12 }, (_, index) => [`n${index}`, at('Node')])
  const properties = { content, ...Object.fromEntries(branches) }
  const shape = (own: object) => ({ type: 'object', properties: { n: at('Node'), ...own } })
  const schema = { anyOf: [shape({ a: base64 }), shape({ b: base64 }), at('Node'), at('Other')] }
  return {
    ...documentWith({ name: 'get', params: [], result: { name: 'it', schema } }),
    components: {
      schemas: {
        Node: { type: 'object', properties },
        Other: { type: 'object', properties: { n0: at('Other'), content: base64 } },
      },
    },
  }
}

test('types that hold themselves many times over are compared once', () => {
  const texts = generateProbe(bushy({ type: 'number' }))
  expect(texts.warnings.map(({ problem }) => problem)).not.toContain(told)
  expect(fileOf(texts, 'probe.gen.ts')).toContain('Uint8Array')
  expect(fileOf(generateProbe(bushy(base64)), 'probe.gen.ts')).toContain('Uint8Array')
  const { warnings } = generateProbe(bushy({ type: 'string' }))
  expect(warnings).toContainEqual(expect.objectContaining({ problem: told }))
})

test('as OpenRPC it is base64 as before', () => {
  const out = 'again.openrpc.json'
  const written = JSON.parse(generateProbe(document, { out }).files.get(out) ?? '')
  expect(written.components.schemas.Tree.properties.content).toEqual(base64)
})
