import { errorCodes, memoryPair, Peer, RpcError } from 'bothways'
import { defineContract, type Request } from 'bothways/contract'
import { ekko } from 'bothways/dialects'
import { describe, expect, onTestFinished, test } from 'vitest'
import { converse } from './support.js'

const uuid = expect.stringMatching(
  /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
)
const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)

interface Heard {
  readonly messageId: string
  readonly correlationId: string
}

test('a request is an action with ids that are UUIDs, and the response to it settles the call', async () => {
  const { peer, say, heard } = converse(ekko)
  const call = peer.request('getUserById', [123], {
    meta: { channel: 'database-service', by: 'test' },
  })
  const { messageId, correlationId, ...rest } = (await heard()) as Heard
  expect(rest).toEqual({
    type: 'request',
    channel: 'database-service',
    action: 'getUserById',
    data: 123,
    timestamp,
    metadata: { by: 'test' },
  })
  expect([messageId, correlationId]).toEqual([uuid, messageId])
  say({
    messageId: 'x',
    type: 'Response',
    channel: '',
    data: { id: 123 },
    error: null,
    correlationId,
  })
  expect(await call).toEqual({ id: 123 })
})

test.each([
  [undefined, undefined],
  [[], undefined],
  [[7], 7],
  [
    [1, 'a'],
    [1, 'a'],
  ],
  [{ name: 'Ada' }, { name: 'Ada' }],
])('of the arguments %j the data is %j', async (params, data) => {
  const { peer, heard } = converse(ekko)
  peer.request('act', params).catch(() => {})
  expect(await heard()).toMatchObject({ action: 'act', ...(data !== undefined && { data }) })
})

test.each([
  [null, undefined],
  [123, [123]],
  ['a', ['a']],
  [{ name: 'Ada' }, [{ name: 'Ada' }]],
  [
    [1, 2],
    [1, 2],
  ],
])('the data %j is the arguments %j', async (data, params) => {
  const { say, heard } = converse(ekko)
  say({ messageId: 'm', type: 'request', channel: 'c', action: 'echo', data, correlationId: 'q' })
  expect(await heard()).toEqual({
    messageId: 'm',
    type: 'response',
    channel: 'c',
    action: 'echo',
    data: { params, meta: { channel: 'c' } },
    timestamp,
    correlationId: 'q',
  })
})

test('the type is read in any case, and a request that correlates with nothing is not answered', async () => {
  const { peer, say, heard } = converse(ekko)
  const told = new Promise((resolve) => peer.on('log', resolve))
  say({
    messageId: 'm',
    type: 'Request',
    channel: '',
    action: 'log',
    data: 'a',
    correlationId: null,
  })
  expect(await told).toEqual(['a'])
  say({ messageId: 'n', type: 'REQUEST', channel: '', action: 'echo', correlationId: 'q' })
  expect(await heard()).toMatchObject({ correlationId: 'q' })
})

test('an event has the name of its channel, both ways', async () => {
  const { peer, say, heard } = converse(ekko)
  const told = new Promise((resolve) =>
    peer.on('user.created', (params, { meta }) => resolve([params, meta])),
  )
  say({ type: 'event', channel: 'user.created', data: { id: 1 }, metadata: { hop: 1 } })
  expect(await told).toEqual([{ id: 1 }, { hop: 1 }])
  peer.notify('order.completed', { orderId: 456, total: 99.99 })
  expect(await heard()).toEqual({
    messageId: uuid,
    type: 'event',
    channel: 'order.completed',
    data: { orderId: 456, total: 99.99 },
    timestamp,
  })
})

test.each([{ data: 7 }, { data: [1] }, { data: [1, 2] }, { data: [] }])(
  'an event carries one value, which may be an array: $data',
  async ({ data }) => {
    const { peer, say, heard } = converse(ekko)
    const told = new Promise((resolve) => peer.on('changed', resolve))
    say({ type: 'event', channel: 'changed', data })
    expect(await told).toEqual([data])
    peer.notify('changed', [data])
    expect(await heard()).toMatchObject({ type: 'event', channel: 'changed', data })
  },
)

/** Two ends of ours, of which one says what it was given. */
function both() {
  const [near, far] = memoryPair()
  const [caller, service] = [near, far].map((end) => new Peer(end, { dialect: ekko })) as [
    Peer,
    Peer,
  ]
  onTestFinished(() => caller.close())
  service.handle('echo', (params, { meta }) => ({ params, meta }))
  return { caller, service }
}

test.each([[[]], [[[]]], [[[1]]], [[[1, 2]]], [[1, 2]], [[[1], [2]]], [[[[1, 2]]]]])(
  'between two ends of ours the arguments %j of a call are those that were given',
  async (params) => {
    const { caller } = both()
    const received = { meta: { channel: 'default' }, ...(params.length > 0 && { params }) }
    expect(await caller.request('echo', params)).toEqual(received)
  },
)

test.each([[[1, 2]], [[[1, 2]]], [[[1], [2]]], [[1]]])(
  'and so are the arguments %j of a notification',
  async (params) => {
    const { caller, service } = both()
    const told = new Promise((resolve) =>
      service.on('changed', (received, { meta }) => resolve([received, meta])),
    )
    caller.notify('changed', params)
    expect(await told).toEqual([params, {}])
  },
)

test('one argument that is a list is its data, as EkkoJS has it, and its metadata says that it is one', async () => {
  const { peer, heard } = converse(ekko)
  peer.request('sum', [[1, 2]], { meta: { by: 'test' } }).catch(() => {})
  expect(await heard()).toMatchObject({
    data: [1, 2],
    metadata: { by: 'test', 'rpc.arguments': 1 },
  })
})

test('a method of a contract whose only param is a list is called with several items', async () => {
  const { caller, service } = both()
  const sums = defineContract<{ sum: Request<{ of: number[] }, number> }, Record<never, never>>(
    'sums',
    '1.0.0',
    { service: { sum: { positions: ['of'] } }, client: {} },
  )
  sums.serve(service, { sum: ({ of }) => of.reduce((sum, item) => sum + item, 0) })
  expect(await sums.remote(caller).sum({ of: [1, 2, 3] })).toBe(6)
})

test('channels are subscribed to and left by notifications, both ways', async () => {
  const { peer, say, heard } = converse(ekko)
  for (const type of ['subscribe', 'unsubscribe']) {
    const told = new Promise((resolve) => peer.on(`ekko.${type}`, resolve))
    say({ type: type.toUpperCase(), channel: 'user.created' })
    expect(await told).toEqual({ channel: 'user.created' })
    peer.notify(`ekko.${type}`, { channel: 'notifications' })
    expect(await heard()).toEqual({ messageId: uuid, type, channel: 'notifications', timestamp })
  }
  expect(() => peer.notify('ekko.subscribe', ['notifications'])).toThrow('names one channel')
})

test('a ping is answered with a pong, and asked by ekko.ping', async () => {
  const { peer, say, heard } = converse(ekko)
  say({ messageId: 'm', type: 'Ping', channel: '' })
  expect(await heard()).toEqual({
    messageId: uuid,
    type: 'pong',
    channel: '',
    timestamp,
    correlationId: 'm',
  })
  const pinged = peer.request('ekko.ping')
  const { messageId } = (await heard()) as Heard
  say({ messageId: 'n', type: 'Pong', channel: '', correlationId: messageId })
  expect(await pinged).toBeNull()
})

describe('errors', () => {
  test.each([
    ['UNKNOWN_ERROR', errorCodes.internal],
    ['INVALID_MESSAGE', errorCodes.invalidRequest],
    ['METHOD_NOT_FOUND', errorCodes.methodNotFound],
    ['INVALID_PARAMETERS', errorCodes.invalidParams],
    ['SERVICE_UNAVAILABLE', errorCodes.unavailable],
    ['TIMEOUT', errorCodes.timeout],
    ['PERMISSION_DENIED', errorCodes.forbidden],
    ['SERIALIZATION_ERROR', errorCodes.encoding],
    ['CONNECTION_ERROR', errorCodes.closed],
    ['4001', 4001],
  ])('%s is %i, both ways', async (code, number) => {
    const { peer, say, heard } = converse(ekko)
    const call = peer.request('act')
    const { correlationId } = (await heard()) as Heard
    say({ type: 'response', correlationId, error: { code, message: 'no', details: [1] } })
    await expect(call).rejects.toMatchObject({
      code: number,
      message: 'no',
      data: [1],
      remote: true,
    })
    peer.handle('refuse', () => {
      throw new RpcError(number, 'no', { data: [1] })
    })
    say({ messageId: 'm', type: 'request', channel: '', action: 'refuse', correlationId: 'q' })
    expect(await heard()).toMatchObject({
      type: 'response',
      correlationId: 'q',
      error: { code, message: 'no', details: [1] },
    })
  })

  test('a word that is no code of ours is kept, on its way in and on its way through', async () => {
    const { peer, say, heard } = converse(ekko)
    const call = peer.request('act')
    const { messageId } = (await heard()) as Heard
    const error = { code: 'CHANNEL_NOT_FOUND', message: 'no such channel', details: 'x' }
    // As the design has it, an error names the message it is about, and nothing else does.
    say({ messageId, type: 'response', error })
    const reason = await call.catch((caught) => caught)
    expect(reason).toMatchObject({
      code: errorCodes.internal,
      data: { code: 'CHANNEL_NOT_FOUND', details: 'x' },
    })
    peer.handle('pass', () => Promise.reject(reason))
    say({ messageId: 'm', type: 'request', channel: '', action: 'pass', correlationId: 'q' })
    expect(await heard()).toMatchObject({ error })
  })

  test.each([[{ toString: 1 }], [[]], [null]])(
    'a code that is %j settles the call all the same',
    async (code) => {
      const { peer, say, heard } = converse(ekko)
      const call = peer.request('act')
      const { correlationId } = (await heard()) as Heard
      say({ type: 'response', correlationId, error: { code, message: 'no' } })
      await expect(call).rejects.toMatchObject({ code: errorCodes.internal, message: 'no' })
    },
  )

  test.each([{}, { type: 'shout' }, { type: 7 }, [], 'x'])(
    '%j is answered as an invalid message',
    async (message) => {
      const { say, heard } = converse(ekko)
      say(message)
      expect(await heard()).toMatchObject({
        type: 'response',
        correlationId: null,
        error: { code: 'INVALID_MESSAGE' },
      })
    },
  )

  test('a request without an action, or with one that nobody handles, is refused by its id', async () => {
    const { say, heard } = converse(ekko)
    say({ messageId: 'm', type: 'request', channel: '', correlationId: 'q' })
    expect(await heard()).toMatchObject({ error: { code: 'INVALID_MESSAGE' } })
    say({ messageId: 'm', type: 'request', channel: '', action: 'ech', correlationId: 'q' })
    expect(await heard()).toMatchObject({ correlationId: 'q', error: { code: 'METHOD_NOT_FOUND' } })
  })

  test('a response to nobody is told to onDiagnostic', async () => {
    const { say, heard, diagnostics } = converse(ekko)
    for (const correlationId of [1, '1', 'x'])
      say({ messageId: 'm', type: 'response', correlationId, data: 1 })
    say({ messageId: 'm', type: 'ping', channel: '' })
    await heard()
    expect(diagnostics.map(({ kind }) => kind)).toEqual(Array(3).fill('unknownResponse'))
  })
})
