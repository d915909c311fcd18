import { expect, test } from 'vitest'
import { DocumentError, generate } from '../../src/codegen.js'
import {
  compile,
  documents,
  documentWith,
  fileOf,
  generateProbe,
  generateReal,
  runContract,
} from './support.js'

const id = { name: 'id', schema: { type: 'string' } }
const text = { name: 'text', required: true, schema: { type: 'string' } }

const subscribe = { name: 'eth_subscribe', params: [text], result: id }
const unsubscribe = {
  name: 'eth_unsubscribe',
  params: [id],
  result: { name: 'was', schema: { type: 'boolean' } },
}

/** A document that says itself what belongs together, with items that depend on a param. */
const kinds = documentWith({
  name: 'watch',
  params: [
    { name: 'what', required: true, schema: { enum: ['files', 'folders', 'both'] } },
    { name: 'path', schema: { type: 'string' } },
  ],
  result: { name: 'id', schema: { type: 'integer' } },
  'x-item': { name: 'any', schema: { type: 'boolean' } },
  'x-stream': {
    binding: 'subscription',
    unsubscribe: 'unwatch',
    unsubscribeParam: 'watch',
    notification: 'seen',
    id: 'watch',
    item: 'entry',
    others: ['lost'],
    by: 'what',
    items: {
      files: { name: 'file', schema: { type: 'object', properties: { size: { type: 'number' } } } },
      folders: { name: 'folder', schema: { type: 'string' } },
    },
  },
})

test('what is subscribed to in the way of Ethereum is one stream, and what nobody describes is told', () => {
  const generated = generateProbe(documentWith(subscribe, unsubscribe))
  const types = fileOf(generated, 'probe.gen.ts')
  expect(types).toContain("'eth_subscribe': Stream<{ text: string }, unknown>\n")
  expect(types).not.toContain('eth_unsubscribe')
  expect(generated.warnings).toEqual([
    {
      file: 'probe.openrpc.json',
      pointer: '/methods/0',
      problem: 'nothing describes what "eth_subscription" brings, so any item is taken',
      advice: 'say it in "x-item", beside "x-stream"',
    },
  ])
})

test('its notification, where the document has it, says what its items are and where they stand', async () => {
  const notification = {
    name: 'eth_subscription',
    'x-direction': 'serverToClient',
    params: [
      { name: 'subscriptionId', schema: { type: 'string' } },
      { name: 'head', required: true, schema: { type: 'integer' } },
    ],
  }
  const document = documentWith(subscribe, notification, unsubscribe)
  const generated = generateProbe(document)
  expect(generated.warnings).toEqual([])
  const types = fileOf(generated, 'probe.gen.ts')
  expect(types).toContain("'eth_subscribe': Stream<{ text: string }, number>\n")
  expect(types).toContain('export interface ProbeClient {}')
  expect(fileOf(generated, '.contract.gen.ts')).toContain(
    "      subscription: subscription({\n        unsubscribe: 'eth_unsubscribe',\n        notification: 'eth_subscription',\n        id: 'subscriptionId',\n        item: 'head',\n      }),\n",
  )
})

test('methods that are only called alike stay what they are', () => {
  const names = (...methods: object[]) =>
    fileOf(generateProbe(documentWith(...methods)), 'probe.gen.ts')
  expect(names(subscribe)).toContain("'eth_subscribe': Request<{ text: string }, string>")
  const two = { ...unsubscribe, params: [id, text] }
  expect(names(subscribe, two)).toContain("'eth_subscribe': Request<")
  const topic = { ...subscribe, name: 'eth_subscribeTopic' }
  expect(names(topic, unsubscribe)).toContain("'eth_subscribeTopic': Request<")
})

test('the subscriptions of Starknet are streams, with what comes for all of them', async () => {
  const generated = await generateReal('starknet-starknet_ws_api.json')
  const types = fileOf(generated, '.gen.ts')
  const streams = [...types.matchAll(/'(starknet_\w+)': (\w+)</g)].map(([, name, kind]) => [
    name,
    kind,
  ])
  expect(streams).toEqual(
    ['Events', 'NewHeads', 'NewTransactionReceipts', 'NewTransactions', 'TransactionStatus'].map(
      (what) => [`starknet_subscribe${what}`, 'Stream'],
    ),
  )
  expect(types).toContain(
    "BLOCK_HEADER | { notification: 'starknet_subscriptionReorg'; result: REORG_DATA }",
  )
  const contract = fileOf(generated, '.contract.gen.ts')
  // Its name is in the singular, where that of the method is in the plural.
  expect(contract).toContain("notification: 'starknet_subscriptionNewTransaction',")
  expect(contract).toContain("id: 'subscription_id',")
})

test('items that depend on a param are typed by it', () => {
  const use = `
import { memoryPair, Peer } from 'bothways'
import { probe } from './probe.contract.gen.js'
const [near, far] = memoryPair()
probe.serve(new Peer(far), {
  watch: async function* ({ what }) {
    if (what === 'files') yield { size: 1 }
    else yield what
  },
})
const remote = probe.remote(new Peer(near))
export const files: AsyncIterable<{ size?: number }> = remote.watch({ what: 'files', path: '/' })
export const folders: AsyncIterable<string> = remote.watch({ what: 'folders' })
export const both: AsyncIterable<boolean> = remote.watch({ what: 'both' })
// @ts-expect-error a folder is a text
export const wrong: AsyncIterable<number> = remote.watch({ what: 'folders' })
// @ts-expect-error nobody can watch that
remote.watch({ what: 'sockets' })
`
  const { files } = generateProbe(kinds)
  const plain = generateProbe(kinds, { checks: false })
  expect(
    compile(
      new Map<string, ReadonlyMap<string, string>>([
        ['probe', new Map([...files, ['use.ts', use]])],
        ['plain', plain.files],
      ]),
    ),
  ).toEqual([])
})

test('its entry in the contract has its names, and a check for each kind of item', async () => {
  const [, , sides] = await runContract(kinds)
  const { watch } = sides.service
  expect(watch?.subscription).toEqual({
    unsubscribe: 'unwatch',
    unsubscribeParam: 'watch',
    notification: 'seen',
    id: 'watch',
    item: 'entry',
    others: ['lost'],
    numeric: true,
  })
  expect(watch?.kinds?.by).toBe('what')
  expect(watch?.kinds?.items['folders']?.(1)).toMatchObject({ path: '', expected: 'a string' })
  expect(watch?.kinds?.items['files']?.({ size: 'big' })).toMatchObject({ path: '/size' })
  expect(watch?.item?.(1)).toMatchObject({ path: '', expected: 'a boolean' })
})

test('as OpenRPC it says the same, and read back it is the same', () => {
  const out = 'again.openrpc.json'
  const written = generateProbe(kinds, { out }).files.get(out) ?? ''
  const stubs = (document: object) => [...generateProbe(document).files.values()].join()
  expect(stubs(JSON.parse(written))).toBe(stubs(kinds))
  expect(generateProbe(JSON.parse(written), { out }).files.get(out)).toBe(written)
})

test('a reference to read says how it is subscribed to', () => {
  const reference = generateProbe(kinds, { out: 'probe.md' }).files.get('probe.md')
  expect(reference).toContain('Subscribed to: `seen` brings its items, `unwatch` ends it.')
  expect(reference).toContain('item of "folders": string')
})

test('an overlay adds methods to a document, and takes the place of those it has', () => {
  const source = 'ethereum-execution-apis.refs.json'
  const at = (name: string) => ({ $ref: `${source}#/components/schemas/${name}` })
  const overlay = {
    openrpc: '1.3.2',
    'x-overlay': true,
    info: { title: 'more', version: '1' },
    methods: [
      {
        ...subscribe,
        'x-item': { name: 'block', schema: at('Block') },
        'x-stream': {
          binding: 'subscription',
          unsubscribe: 'eth_unsubscribe',
          notification: 'eth_subscription',
        },
      },
      { name: 'eth_syncing', params: [], result: { name: 'is', schema: { type: 'boolean' } } },
    ],
  }
  const generated = generate(documents.get(source) ?? '', {
    source,
    out: 'ethereum.gen.ts',
    documents: new Map([['overlay.json', overlay]]),
  })
  const types = generated.files.get('ethereum.gen.ts')
  expect(types).toContain("'eth_subscribe': Stream<{ text: string }, Block>\n")
  expect(types).toContain("'eth_syncing': Request<undefined, boolean>\n")
  expect(types).toContain("'eth_blockNumber': Request<undefined, Uint>\n")
})

test.each([
  ['"x-stream" is no object', { 'x-stream': true }],
  ['"poll" is no binding', { 'x-stream': { binding: 'poll' } }],
  [
    '"unsubscribe" or "notification" is missing',
    { 'x-stream': { binding: 'subscription', unsubscribe: 'leave' } },
  ],
  [
    '"others" is no list of names',
    {
      'x-stream': { binding: 'subscription', unsubscribe: 'a', notification: 'b', others: 'c' },
    },
  ],
  [
    'there is no param "what"',
    {
      'x-stream': {
        binding: 'subscription',
        unsubscribe: 'a',
        notification: 'b',
        by: 'what',
        items: { files: id },
      },
    },
  ],
  [
    '"items" needs "by" and is an object',
    {
      'x-stream': { binding: 'subscription', unsubscribe: 'a', notification: 'b', items: [] },
    },
  ],
  [
    'only a stream has "x-stream"',
    {
      'x-kind': 'request',
      'x-stream': { binding: 'subscription', unsubscribe: 'a', notification: 'b' },
    },
  ],
])('a fault in "x-stream" is told with its place: %s', (problem, more) => {
  const attempt = () => generateProbe(documentWith({ ...subscribe, ...more }))
  expect(attempt).toThrow(DocumentError)
  expect(attempt).toThrow(`#/methods/0/x-stream`)
  expect(attempt).toThrow(problem)
})
