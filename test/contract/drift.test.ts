import { errorCodes, memoryPair, Peer, type PeerOptions, RpcError } from 'bothways'
import {
  array,
  contract,
  enums,
  event,
  integer,
  lazy,
  named,
  notification,
  number,
  object,
  optional,
  request,
  stream,
  string,
  tuple,
  type,
  union,
} from 'bothways/contract'
import { Hub } from 'bothways/hub'
import fc from 'fast-check'
import type { Struct } from 'superstruct'
import { afterEach, expect, test } from 'vitest'
import { deferred, enter } from '../hub/support.js'
import { Clock } from '../support/clock.js'
import { holds } from '../support/property.js'

const peers: Peer[] = []
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()))
})

function pair(options: PeerOptions = {}) {
  const [near, far] = memoryPair()
  const caller = new Peer(near, { hello: true, ...options })
  const callee = new Peer(far)
  peers.push(caller, callee)
  return { caller, callee }
}

// biome-ignore lint/suspicious/noExplicitAny: stubs and what is served are of different types here, which is the point.
type Any = any

/** A contract of one version, whatever its messages are. */
function orders(version: string, service: Any, client: Any = {}): Any {
  return contract('orders', version, { service, client } as Any) as Any
}

/** What a call of `get` fails with, where stubs and service are of these contracts. */
async function failure(
  stubs: Any,
  served: Any,
  answer: unknown,
  params: unknown = {},
): Promise<RpcError> {
  const { caller, callee } = pair()
  const handlers = Object.keys(served.service).map((name) => [name, () => answer])
  served.serve(callee, Object.fromEntries(handlers))
  return stubs
    .remote(caller)
    .get(params)
    .then(unexpected, (reason: unknown) => reason)
}

const unexpected = (value: unknown) => {
  throw new Error(`it resolved with ${JSON.stringify(value)}`)
}

const line = object({ id: string(), total: number() })

test('a result that is of another type says which, of which version, and keeps code, message and path', async () => {
  const stubs = orders('2.0.0', { get: request({ result: type({ line: number() }) }) })
  const served = orders('3.0.0', { get: request({ result: type({ line: string() }) }) })
  const error = await failure(stubs, served, { line: '7' })
  expect(error).toMatchObject({
    code: errorCodes.encoding,
    message: 'get: result.line must be a number, got the string "7"',
    data: { path: '/line' },
    delivery: 'accepted',
    hint: 'the other end speaks orders 3.0.0, your stubs are of 2.0.0: get.result.line changed (number → string); change the contract of one of them',
    drift: {
      contract: 'orders',
      ours: '2.0.0',
      theirs: '3.0.0',
      changes: [{ path: 'get.result.line', was: 'number', now: 'string' }],
      omitted: 0,
    },
  })
  expect(error).toBeInstanceOf(RpcError)
})

const changes: readonly [string, Struct<Any, Any>, Struct<Any, Any>, unknown, string][] = [
  [
    'a member renamed',
    line,
    object({ id: string(), sum: number() }),
    { id: 'a', sum: 1 },
    'get.result.total is gone, get.result.sum is new (number, required)',
  ],
  [
    'a member that may be missing now',
    line,
    object({ id: string(), total: optional(number()) }),
    { id: 'a' },
    'get.result.total changed (required → optional)',
  ],
  [
    'one more constant',
    enums(['open', 'paid']),
    enums(['open', 'paid', 'sent']),
    'sent',
    'get.result changed ("open" | "paid" → "open" | "paid" | "sent")',
  ],
  [
    'an item of a list',
    array(line),
    array(object({ id: string(), total: string() })),
    [{ id: 'a', total: '1' }],
    'get.result[].total changed (number → string)',
  ],
  [
    'a place of a tuple',
    tuple([string(), number()]),
    tuple([string(), string()]),
    ['a', 'b'],
    'get.result[1] changed (number → string)',
  ],
  [
    'another alternative',
    union([string(), number()]),
    union([string(), array(string())]),
    [],
    'get.result changed (string | number → string | array)',
  ],
  ['a list in place of one', line, array(line), [], 'get.result changed (object → array)'],
]

test.each(changes)(
  'a result that changed is told: %s',
  async (_what, before, after, answer, told) => {
    const stubs = orders('1.0.0', { get: request({ result: before }) })
    const served = orders('1.1.0', { get: request({ result: after }) })
    expect((await failure(stubs, served, answer)).hint).toBe(
      `the other end speaks orders 1.1.0, your stubs are of 1.0.0: ${told}; change the contract of one of them`,
    )
  },
)

const params: readonly [string, Struct<Any, Any>, Struct<Any, Any>, unknown, string][] = [
  [
    'renamed',
    object({ id: string() }),
    object({ orderId: string() }),
    { id: 'a' },
    'get.params.id is gone, get.params.orderId is new (string, required)',
  ],
  [
    'made required',
    object({ id: string(), unit: optional(string()) }),
    object({ id: string(), unit: string() }),
    { id: 'a' },
    'get.params.unit changed (optional → required)',
  ],
  [
    'narrowed',
    object({ count: number() }),
    object({ count: integer() }),
    { count: 1.5 },
    'get.params.count changed (number → integer)',
  ],
  [
    'fewer constants',
    object({ state: enums(['open', 'paid']) }),
    object({ state: enums(['open']) }),
    { state: 'paid' },
    'get.params.state changed ("open" | "paid" → "open")',
  ],
]

test.each(params)('params that changed are told: %s', async (_what, before, after, given, told) => {
  const stubs = orders('1.0.0', { get: request({ params: before }) })
  const served = orders('1.0.0', { get: request({ params: after }) })
  expect(await failure(stubs, served, 1, given)).toMatchObject({
    code: errorCodes.invalidParams,
    remote: true,
    hint: `the other end speaks another orders 1.0.0 than your stubs: ${told}; change the contract of one of them`,
  })
})

test('a method that is gone is told, beside those that are new and what the other end advised', async () => {
  const stubs = orders('2.0.0', { get: request(), list: request() })
  const served = orders('3.0.0', { gets: request(), list: request() })
  expect(await failure(stubs, served, 1)).toMatchObject({
    code: errorCodes.methodNotFound,
    hint: 'the other end speaks orders 3.0.0, your stubs are of 2.0.0: get is gone, gets is new (request); change the contract of one of them; did you mean "gets"?',
  })
})

test('a method that became a stream is told', async () => {
  const stubs = orders('1.0.0', { get: request({ result: string() }) })
  const served = orders('2.0.0', {
    get: stream({ params: object({ id: string() }), item: string() }),
  })
  expect((await failure(stubs, served, 1)).drift?.changes).toContainEqual({
    path: 'get',
    was: 'request',
    now: 'stream',
  })
})

test('recursive types are compared, once for each pair', async () => {
  interface Tree {
    value: number
    children: Tree[]
  }
  const tree = (value: Struct<Any, Any>): Struct<Any, Any> => {
    const node: Struct<Tree> = named(
      'Tree',
      object({ value, children: array(lazy(() => node)) }),
    ) as Any
    return node
  }
  const stubs = orders('1.0.0', { get: request({ result: tree(number()) }) })
  const served = orders('2.0.0', { get: request({ result: tree(string()) }) })
  const { drift } = await failure(stubs, served, { value: 'a', children: [] })
  expect(drift?.changes).toEqual([{ path: 'get.result.value', was: 'number', now: 'string' }])
})

test('what does no harm is not told, and a handler that refuses for reasons of its own says what it said', async () => {
  const refusal = new RpcError(errorCodes.invalidParams, 'no such customer', { hint: 'create one' })
  const refuse = () => {
    throw refusal
  }
  const stubs = orders('1.0.0', {
    get: request({ params: object({ id: string() }), result: type({ total: number() }) }),
  })
  const served = orders('1.1.0', {
    get: request({
      params: object({ id: string(), expand: optional(string()) }),
      result: type({ total: integer(), tax: number() }),
    }),
    list: request(),
  })
  const { caller, callee } = pair()
  served.serve(callee, { get: refuse, list: () => 1 })
  const error = await stubs
    .remote(caller)
    .get({ id: 'a' })
    .catch((reason: unknown) => reason)
  expect(error).toMatchObject({ message: 'no such customer', hint: 'create one', remote: true })
  expect(error.drift).toBeUndefined()
})

test('a service that does not keep to what it says has not drifted', async () => {
  const same = () => orders('1.0.0', { get: request({ result: number() }) })
  const { caller, callee } = pair()
  const other = same()
  callee.handle('get', () => 'not a number')
  callee.handle('rpc.discover', async () => ({
    openrpc: '1.3.2',
    info: { title: 'orders', version: '1.0.0' },
    methods: [other.service['get']?.describe?.({})].map((one) => ({
      name: 'get',
      'x-kind': 'request',
      ...one,
    })),
  }))
  const error = await same()
    .remote(caller)
    .get()
    .catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: errorCodes.encoding })
  expect(error.drift).toBeUndefined()
})

test('the items and the result of a stream say it too', async () => {
  const stubs = orders('1.0.0', { tail: stream({ item: number(), result: number() }) })
  const served = orders('2.0.0', { tail: stream({ item: string(), result: string() }) })
  const { caller, callee } = pair()
  served.serve(callee, {
    async *tail() {
      yield 'one'
      return 'end'
    },
  })
  const drift = {
    changes: [
      { path: 'tail.result', was: 'number', now: 'string' },
      { path: 'tail.item', was: 'number', now: 'string' },
    ],
  }
  const reading = async () => {
    for await (const item of stubs.remote(caller).tail()) unexpected(item)
  }
  await expect(reading()).rejects.toMatchObject({ code: errorCodes.encoding, drift })
  await expect(stubs.remote(caller).tail().result).rejects.toMatchObject({ drift })
})

test('a service that calls its client back is told what that client speaks', async () => {
  const asks = (answer: Struct<Any, Any>) => ({
    confirm: request({ result: answer }),
    changed: event(),
  })
  const served = orders('2.0.0', { get: request() }, asks(string()))
  const used = orders('1.0.0', { get: request() }, asks(number()))
  const { caller, callee } = pair()
  const failures: RpcError[] = []
  const client = served.serve(callee, {
    get: (_params: unknown, context: Any) =>
      context.caller.confirm().catch((reason: RpcError) => void failures.push(reason)),
  })
  await used.remote(caller, { confirm: () => 1, changed: () => {} }).get()
  await client.confirm().catch((reason: RpcError) => failures.push(reason))
  const told = {
    ours: '2.0.0',
    theirs: '1.0.0',
    changes: [{ path: 'confirm.result', was: 'string', now: 'number' }],
  }
  expect(failures).toMatchObject([{ drift: told }, { drift: told }])
})

test('two ends that serve and call one another over one peer are each told of the other', async () => {
  const alpha = (version: string, result: Any): Any =>
    contract('alpha', version, { service: { run: request({ result }) } })
  const beta = (version: string, result: Any): Any =>
    contract('beta', version, { service: { run: request(), walk: request({ result }) } })
  const { caller, callee } = pair()
  alpha('2.0.0', string()).serve(callee, { run: () => 'a' })
  beta('2.0.0', string()).serve(caller, { run: () => 'b', walk: () => 'b' })
  await expect(alpha('1.0.0', number()).remote(caller).run()).rejects.toMatchObject({
    drift: { contract: 'alpha', theirs: '2.0.0' },
  })
  await expect(beta('1.0.0', number()).remote(callee).walk()).rejects.toMatchObject({
    drift: { contract: 'beta', theirs: '2.0.0' },
  })
})

test('of several contracts over one peer rpc.discover names the first that is served, and each by its name', async () => {
  const { caller, callee } = pair()
  const one = orders('1.0.0', { get: request() }, { ask: request() })
  one.remote(callee, { ask: () => 1 })
  contract('second', '2.0.0', { service: { second: request() } }).serve(callee, { second: () => 1 })
  contract('third', '3.0.0', { service: { third: request() } }).serve(callee, { third: () => 1 })
  const titles = [undefined, 'third', 'orders', 'nobody'].map(async (service) => {
    const { info } = await caller.request<{ info: { title: string } }>('rpc.discover', {
      service,
    } as never)
    return info.title
  })
  expect(await Promise.all(titles)).toEqual(['second', 'third', 'orders', 'second'])
})

test('through a hub the service is asked for by its name, and again once another version has taken its place', async () => {
  const clock = new Clock()
  const hub = new Hub({ runtime: clock })
  const version = (name: string, result: Any) =>
    orders(name, { get: request({ result }), list: request() })
  const served = [version('2.0.0', string()), version('3.0.0', array())]
  const page = hub.service(version('1.0.0', number())) as Any
  const answers: unknown[] = ['text', []]
  const told: unknown[] = []
  for (const one of served) {
    const answer = answers.shift()
    const extension = await enter(hub, 'extension')
    await extension.provide(one, { get: () => answer, list: () => 1 } as Any)
    for (let n = 0; n < 2; n++)
      await page
        .get()
        .catch(({ message, hint, drift }: RpcError) => told.push([message, hint, drift?.theirs]))
    clock.advance(10_000)
    await extension.leave()
  }
  const advice = 'change the contract of one of them'
  const second = [
    'orders.get: result must be a number, got the string "text"',
    `the other end speaks orders 2.0.0, your stubs are of 1.0.0: get.result changed (number → string); ${advice}`,
    '2.0.0',
  ]
  const third = [
    'orders.get: result must be a number, got an array of 0',
    `the other end speaks orders 3.0.0, your stubs are of 1.0.0: get.result changed (number → array); ${advice}`,
    '3.0.0',
  ]
  expect(told).toEqual([second, second, third, third])
  await hub.close()
})

/** A callee that answers `get` with text where a number is due, and counts how often it is asked what it is. */
function misleading(answer: () => unknown, options: PeerOptions = {}) {
  const { caller, callee } = pair(options)
  const asked: unknown[] = []
  callee.handle('get', () => 'text')
  callee.handle('rpc.discover', (params: unknown) => {
    asked.push(params)
    return answer()
  })
  const remote = orders('1.0.0', { get: request({ result: number() }) }).remote(caller) as Any
  return { caller, callee, asked, remote }
}

const description = (result: unknown, more: object = {}) => ({
  openrpc: '1.3.2',
  info: { title: 'orders', version: '2.0.0' },
  methods: [{ name: 'get', params: [], result: { name: 'result', schema: result } }],
  ...more,
})

test('an end is asked once, and by no call that goes well', async () => {
  const { remote, asked, callee } = misleading(() => description({ type: 'string' }))
  let answer: unknown = 1
  callee.on('answer', (value) => (answer = value))
  for (let n = 0; n < 3; n++)
    await expect(remote.get()).rejects.toMatchObject({ drift: { theirs: '2.0.0' } })
  expect(asked).toEqual([{ service: 'orders' }])
  expect(answer).toBe(1)
})

test('calls that go well ask nothing', async () => {
  const { caller, callee } = pair()
  const asked: unknown[] = []
  const one = orders('1.0.0', { get: request({ result: number() }), log: notification() })
  callee.handle('rpc.discover', (params: unknown) => asked.push(params))
  one.serve(callee, { get: () => 1, log: () => {} })
  for (let n = 0; n < 10; n++) expect(await one.remote(caller).get()).toBe(1)
  expect(asked).toEqual([])
})

const liars: readonly [string, unknown][] = [
  ['nothing', null],
  ['a text', 'orders'],
  ['no methods', { info: { title: 'orders', version: '2.0.0' } }],
  ['methods that are none', { info: { title: 'orders', version: '2.0.0' }, methods: [null, 7] }],
  [
    'a description of something else',
    { info: { title: 'other', version: '9' }, methods: [{ name: 'other', params: [] }] },
  ],
  ['a schema that is none', description('string')],
  ['a type that there is not', description({ type: 'text' })],
  ['a reference to nothing', description({ $ref: '#/components/schemas/Nothing' })],
  ['a reference to the prototype', description({ $ref: '#/constructor/prototype' })],
  ['a reference elsewhere', description({ $ref: 'https://example.com/schema' })],
]

test.each(liars)(
  'a peer that describes itself by %s leaves an error that says no more than is known',
  async (_what, answer) => {
    const { remote } = misleading(() => answer)
    const error = await remote.get().catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: errorCodes.encoding,
      message: expect.stringContaining('get: result must be'),
    })
    expect(error.drift?.changes ?? []).toEqual([])
  },
)

test('of a description without end ten thousand places are looked at', async () => {
  const loop = { $ref: '#/components/schemas/Loop' }
  const Loop = { allOf: Array.from({ length: 50 }, () => loop), properties: { in: loop } }
  const { remote } = misleading(() => description(loop, { components: { schemas: { Loop } } }))
  const { hint } = await remote.get().catch((reason: unknown) => reason)
  expect(hint).toBe(
    'the other end speaks orders 2.0.0, your stubs are of 1.0.0; change the contract of one of them',
  )
})

const refs = (length: number) => Array.from({ length }, () => ({ $ref: '#/components/schemas/B' }))
const long = 'x'.repeat(800_000)
const manyMembers = Object.fromEntries(Array.from({ length: 4_000 }, (_, n) => [`k${n}`, true]))

test.each([
  ['a long constant', { allOf: refs(4_500) }, { const: long }],
  ['long alternatives', { anyOf: refs(4_500) }, { enum: [long] }],
  ['many constants', { allOf: refs(4_500) }, { enum: long.slice(0, 200_000).split('') }],
  ['a long reference', { allOf: refs(4_500) }, { $ref: `#${'/a'.repeat(390_000)}` }],
  ['many types', { allOf: refs(4_500) }, { type: Array(90_000).fill('object') }],
  ['many members', { allOf: refs(4_500) }, { type: 'object', properties: manyMembers }],
  ['nothing, many times', { allOf: refs(4_500) }, { allOf: Array(400_000).fill(0) }],
  ['deep names', { allOf: refs(4_500) }, { required: Array(400).fill([[[long.slice(0, 1_500)]]]) }],
])('a description that repeats %s is looked at no longer than others', async (_what, schema, B) => {
  const { remote } = misleading(() => description(schema, { components: { schemas: { B } } }))
  const { hint } = await remote.get().catch((reason: unknown) => reason)
  expect(hint).toBe(
    'the other end speaks orders 2.0.0, your stubs are of 1.0.0; change the contract of one of them',
  )
})

test('five changes are told, and how many more; in words that are short and steer no terminal', async () => {
  const { caller, callee } = pair()
  callee.handle('get', () => 'text')
  const names = Array.from({ length: 20 }, (_, n) => `\u001b[31m${n}${'x'.repeat(500)}`)
  callee.handle('rpc.discover', () =>
    description(
      {
        type: 'object',
        properties: Object.fromEntries(names.map((name) => [name, {}])),
        required: names,
      },
      { info: { title: 'orders', version: `\u0007${'9'.repeat(500)}` } },
    ),
  )
  const stubs = orders('1.0.0', { get: request({ result: object({ id: string() }) }) })
  const { hint, drift } = await stubs
    .remote(caller)
    ['get']()
    .catch((reason: unknown) => reason)
  expect(drift).toMatchObject({ changes: { length: 5 }, omitted: 16 })
  expect(hint).toContain('get.result.id is gone, get.result["\\u001b[31m0xxx')
  expect(hint).toContain(', and 16 more; ')
  expect(hint.length).toBeLessThan(800)
  expect(hint).toMatch(/^[ -~→]*$/)
})

test('what kind of message a new method is, is told in words that are short and steer no terminal', async () => {
  const { caller, callee } = pair()
  const kind = `\u001b[2J\u001b]0;name\u0007${'A'.repeat(500_000)}`
  callee.handle('rpc.discover', () =>
    description(
      {},
      {
        methods: [
          { name: 'other', params: [] },
          { name: 'x', params: [], 'x-kind': kind },
        ],
      },
    ),
  )
  const stubs = orders('1.0.0', { get: request(), other: notification() })
  const { hint } = await stubs
    .remote(caller)
    ['get']()
    .catch((reason: unknown) => reason)
  expect(hint).toContain('x is new (\\u001b[2J\\u001b]0;name\\u0007AAA')
  expect(hint.length).toBeLessThan(400)
  expect(hint).toMatch(/^[ -~→]*$/)
})

test('a peer that says nothing of itself is waited for one second', async () => {
  const clock = new Clock()
  const asked = deferred()
  const { remote } = misleading(
    () => {
      asked.resolve()
      return new Promise(() => {})
    },
    { runtime: clock },
  )
  const failed = remote.get().catch((reason: unknown) => reason)
  await asked.promise
  clock.advance(999)
  expect(await Promise.race([failed, Promise.resolve('waits')])).toBe('waits')
  clock.advance(1)
  expect(await failed).toMatchObject({ code: errorCodes.encoding })
})

test('an end is asked again after ten seconds', async () => {
  const clock = new Clock()
  const { remote, asked } = misleading(() => description({ type: 'string' }), { runtime: clock })
  for (const pause of [9_999, 1, 10_000]) {
    await remote.get().catch(() => {})
    clock.advance(pause)
  }
  await remote.get().catch(() => {})
  expect(asked).toHaveLength(3)
})

test('a signal and the end of the connection end the wait, and leave the error as it was', async () => {
  const asked = [deferred(), deferred()]
  const waiting = () => {
    asked.shift()?.resolve()
    return new Promise(() => {})
  }
  const [first, second] = asked
  const { remote } = misleading(waiting)
  const stop = new AbortController()
  const stopped = remote.get(undefined, { signal: stop.signal }).catch((reason: unknown) => reason)
  await first?.promise
  stop.abort()
  expect(await stopped).toMatchObject({ code: errorCodes.encoding })
  const { remote: other, callee } = misleading(waiting)
  const cut = other.get().catch((reason: unknown) => reason)
  await second?.promise
  await callee.close()
  expect(await cut).toMatchObject({ code: errorCodes.encoding })
})

test('an end that said no hello is not asked: what it says might be too long to be taken', async () => {
  const { remote, asked } = misleading(() => description({ type: 'string' }), { hello: false })
  await expect(remote.get()).rejects.toMatchObject({ code: errorCodes.encoding })
  expect(asked).toEqual([])
})

test('an application that answers rpc.discover itself goes on to', async () => {
  const { caller, callee } = pair()
  callee.handle('rpc.discover', () => 'mine')
  orders('1.0.0', { get: request() }).serve(callee, { get: () => 1 })
  expect(await caller.request('rpc.discover')).toBe('mine')
})

test('two contracts of one name are each compared by themselves', async () => {
  const { caller, callee } = pair()
  orders('3.0.0', { get: request({ result: string() }) }).serve(callee, { get: () => 'text' })
  const told: unknown[] = []
  for (const result of [number(), array()] as Any[])
    await orders('1.0.0', { get: request({ result }) })
      .remote(caller)
      .get()
      .catch(({ drift }: RpcError) => told.push(drift?.changes[0]?.was))
  expect(told).toEqual(['number', 'array'])
})

test('whatever a peer says of itself, the error is the one that the call has', async () => {
  const schema = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(
      fc.constantFrom(
        'type',
        '$ref',
        'allOf',
        'anyOf',
        'properties',
        'items',
        'enum',
        'required',
        'const',
        'nullable',
      ),
      fc.jsonValue(),
    ),
  )
  const part = fc.oneof(
    fc.jsonValue(),
    fc.record({ name: fc.jsonValue(), schema, required: fc.jsonValue() }),
  )
  const method = fc.record(
    {
      name: fc.constantFrom('get', '__proto__', 'constructor'),
      params: fc.oneof(fc.jsonValue(), fc.array(part)),
      result: part,
      'x-kind': fc.jsonValue(),
      'x-item': part,
      'x-params': part,
      'x-direction': fc.jsonValue(),
    },
    { requiredKeys: ['name'] },
  )
  const answer = fc.record({
    info: fc.record({ title: fc.jsonValue(), version: fc.oneof(fc.string(), fc.jsonValue()) }),
    methods: fc.array(method),
    components: fc.jsonValue(),
  })
  await holds(
    fc.asyncProperty(answer, async (described) => {
      const { remote } = misleading(() => described)
      const error = await remote.get().catch((reason: unknown) => reason)
      expect(error).toMatchObject({
        code: errorCodes.encoding,
        message: expect.stringMatching(/^get: result must/),
      })
      await Promise.all(peers.splice(0).map((peer) => peer.close()))
    }),
  )
})

test('a chain of references as long as a message takes leaves the error as it was', async () => {
  const length = 9_000
  const schemas = Object.fromEntries(
    Array.from({ length }, (_, n) => [
      `S${n}`,
      { type: 'object', properties: { a: { $ref: `#/components/schemas/S${n + 1}` } } },
    ]),
  )
  const link: Struct<unknown> = lazy(() => object({ a: named('Link', link) })) as Any
  const { caller, callee } = pair()
  callee.handle('get', () => 'text')
  callee.handle('rpc.discover', () =>
    description({ $ref: '#/components/schemas/S0' }, { components: { schemas } }),
  )
  const stubs = orders('1.0.0', { get: request({ result: named('Link', link) }) })
  const error = await stubs
    .remote(caller)
    .get()
    .catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: errorCodes.encoding })
})
