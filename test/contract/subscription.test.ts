import { type Diagnostic, errorCodes, memoryPair, Peer, type PeerOptions } from 'bothways'
import {
  type Check,
  contract,
  defineContract,
  integer,
  literal,
  object,
  type Stream,
  type Streams,
  stream,
  string,
  subscription,
  union,
} from 'bothways/contract'
import { Hub } from 'bothways/hub'
import { expect, expectTypeOf, onTestFinished, test } from 'vitest'
import {
  earlyNotifications,
  subscriptions,
  unreadItems,
  unsubscribeWait,
} from '../../src/contract/limits.js'
import { deferred, enter } from '../hub/support.js'
import { Clock } from '../support/clock.js'
import { Raw } from '../support/raw.js'

interface Head {
  number: number
}
interface Log {
  data: string
}
interface NodeService {
  subscribe: Streams<
    [Stream<{ kind: 'heads' }, Head>, Stream<{ kind: 'logs'; topic?: string }, Log>]
  >
}

const checkMember =
  (name: string, type: 'number' | 'string'): Check =>
  (value) => {
    const member = (value as Record<string, unknown>)[name]
    if (typeof member === type) return undefined
    return { path: `/${name}`, expected: `a ${type}`, value: member }
  }

const names = { unsubscribe: 'unsubscribe', notification: 'subscription' }
const chain = defineContract<NodeService, Record<never, never>>('chain', '1.0.0', {
  service: {
    subscribe: {
      kind: 'stream',
      positions: ['kind', 'topic'],
      subscription: subscription(names),
      kinds: {
        by: 'kind',
        items: { heads: checkMember('number', 'number'), logs: checkMember('data', 'string') },
      },
    },
  },
  client: {},
})

/** A ledger in other words: by name, with numbers for ids, and with a second notification. */
const ledger = contract('ledger', '1.0.0', {
  service: {
    follow: stream({
      params: object({ account: string() }),
      item: union([
        object({ amount: integer() }),
        object({ notification: literal('ledger.undone'), result: object({ count: integer() }) }),
      ]),
      subscription: subscription({
        unsubscribe: 'leave',
        unsubscribeParam: 'which',
        notification: 'ledger.entry',
        id: 'follower',
        item: 'entry',
        others: ['ledger.undone'],
        numeric: true,
      }),
    }),
  },
})

/** Somebody else's node, written out by hand, and who subscribes to it. */
function foreign(options: PeerOptions = {}) {
  const [near, far] = memoryPair()
  const told: Diagnostic[] = []
  const peer = new Peer(near, { ...options, onDiagnostic: (event) => told.push(event) })
  onTestFinished(() => peer.close())
  return { peer, remote: chain.remote(peer), node: new Raw(far), told }
}

const say = (message: object) => JSON.stringify({ jsonrpc: '2.0', ...message })
const answer = (id: unknown, result: unknown) => say({ id, result })
const notice = (subscription: string, result: unknown) =>
  say({ method: 'subscription', params: { subscription, result } })

async function taken<T>(items: AsyncIterable<T>, count: number): Promise<T[]> {
  const seen: T[] = []
  for await (const item of items) if (seen.push(item) === count) break
  return seen
}

test('a stream is subscribed to, fed by notifications and unsubscribed from, by letter', async () => {
  const { remote, node } = foreign()
  const heads = taken(remote.subscribe({ kind: 'heads' }), 2)
  expect(await node.next()).toEqual({
    jsonrpc: '2.0',
    id: 1,
    method: 'subscribe',
    params: ['heads'],
  })
  node.send(answer(1, 'a'))
  node.send(notice('a', { number: 1 }))
  node.send(notice('a', { number: 2 }))
  expect(await node.next()).toEqual({
    jsonrpc: '2.0',
    id: 2,
    method: 'unsubscribe',
    params: ['a'],
  })
  node.send(answer(2, true))
  expect(await heads).toEqual([{ number: 1 }, { number: 2 }])
})

test('its items are typed by what is asked for, and checked so', async () => {
  const { remote, node } = foreign()
  const logs = remote.subscribe({ kind: 'logs', topic: 't' })
  expectTypeOf(remote.subscribe({ kind: 'heads' })).toExtend<AsyncIterable<Head>>()
  expectTypeOf(logs).toExtend<AsyncIterable<Log>>()
  // @ts-expect-error there is no such kind
  expectTypeOf(remote.subscribe).toBeCallableWith({ kind: 'blocks' })
  const first = logs[Symbol.asyncIterator]().next()
  node.send(answer(1, 'a'))
  node.send(notice('a', { data: 42 }))
  await expect(first).rejects.toMatchObject({
    code: errorCodes.encoding,
    message: 'subscribe: item.data must be a string, got the number 42',
  })
})

test('many on one connection are told apart, also where notifications come before the answers', async () => {
  const { remote, node, told } = foreign()
  const [one, other] = [remote.subscribe({ kind: 'heads' }), remote.subscribe({ kind: 'heads' })]
  const both = Promise.all([taken(one, 2), taken(other, 2)])
  await node.fence()
  node.send(notice('b', { number: 1 }))
  node.send(notice('a', { number: 10 }))
  node.send(answer(2, 'b'))
  node.send(notice('b', { number: 2 }))
  node.send(answer(1, 'a'))
  node.send(notice('a', { number: 20 }))
  for (const id of [3, 4]) {
    expect(await node.next()).toMatchObject({ id, method: 'unsubscribe' })
    node.send(answer(id, true))
  }
  expect(await both).toEqual([
    [{ number: 10 }, { number: 20 }],
    [{ number: 1 }, { number: 2 }],
  ])
  expect(told).toEqual([])
})

test('its words may be others: by name, with numbers for ids and a second notification', async () => {
  const { peer, node } = foreign()
  const entries = taken(ledger.remote(peer).follow({ account: 'ada' }), 2)
  expect(await node.next()).toMatchObject({ method: 'follow', params: { account: 'ada' } })
  node.send(answer(1, 7))
  node.send(say({ method: 'ledger.entry', params: { follower: 7, entry: { amount: 1 } } }))
  node.send(say({ method: 'ledger.undone', params: [7, { count: 1 }] }))
  expect(await node.next()).toMatchObject({ method: 'leave', params: { which: 7 } })
  node.send(answer(2, true))
  expect(await entries).toEqual([
    { amount: 1 },
    { notification: 'ledger.undone', result: { count: 1 } },
  ])
})

test('leaving waits until the other end has let go, and tells where it has not', async () => {
  const { remote, node } = foreign()
  const heads = taken(remote.subscribe({ kind: 'heads' }), 1)
  node.send(answer(1, 'a'))
  node.send(notice('a', { number: 1 }))
  expect(await node.next()).toMatchObject({ id: 1 })
  expect(await node.next()).toMatchObject({ id: 2, method: 'unsubscribe' })
  node.send(say({ id: 2, error: { code: -32000, message: 'not now' } }))
  await expect(heads).rejects.toMatchObject({ code: -32000, message: 'not now' })
})

test('leaving ends after ten seconds, or the timeout of the stream, where nobody answers', async () => {
  const clock = new Clock()
  const { remote, node } = foreign({ runtime: clock })
  const left = async (id: number, options: { timeout?: number }, wait: number) => {
    const heads = taken(remote.subscribe({ kind: 'heads' }, options), 1)
    const failure = heads.catch((reason: unknown) => reason)
    node.send(answer(id, 'a'))
    node.send(notice('a', { number: 1 }))
    expect(await node.next()).toMatchObject({ method: 'subscribe' })
    expect(await node.next()).toMatchObject({ method: 'unsubscribe' })
    clock.advance(wait - 1)
    expect(clock.timers).toBeGreaterThan(0)
    clock.advance(1)
    expect(await failure).toMatchObject({ code: errorCodes.timeout, method: 'unsubscribe' })
  }
  await left(1, {}, unsubscribeWait)
  await node.fence()
  await left(3, { timeout: 500 }, 500)
})

test('what is left before its id is known is unsubscribed from once it is', async () => {
  const { remote, node } = foreign()
  const abort = new AbortController()
  const heads = remote.subscribe({ kind: 'heads' }, { signal: abort.signal })
  abort.abort(new Error('enough'))
  await expect(heads.result).rejects.toThrow('enough')
  expect(await node.next()).toMatchObject({ id: 1, method: 'subscribe' })
  node.send(answer(1, 'late'))
  expect(await node.next()).toMatchObject({ method: 'unsubscribe', params: ['late'] })
})

test('leaving before the other end has answered waits for nothing, and lets go once the answer comes', async () => {
  const { remote, node, told } = foreign()
  const items = remote.subscribe({ kind: 'heads' })[Symbol.asyncIterator]()
  expect(await items.return?.()).toMatchObject({ done: true })
  await remote.subscribe({ kind: 'heads' })[Symbol.asyncDispose]()
  await remote.subscribe({ kind: 'heads' }).toReadable().cancel()
  const sent = await node.fence()
  expect(sent.map((message) => (message as { method: string }).method)).toEqual(
    Array(3).fill('subscribe'),
  )
  for (let number = 0; number <= earlyNotifications; number++) node.send(notice('a', { number }))
  for (const [index, id] of ['a', 'b', 'c'].entries()) {
    node.send(answer(index + 1, id))
    node.send(notice(id, { number: 1 }))
    const { id: call, ...rest } = (await node.next()) as { id: number }
    expect(rest).toMatchObject({ method: 'unsubscribe', params: [id] })
    node.send(notice(id, { number: 2 }))
    node.send(answer(call, true))
  }
  expect(await node.fence()).toEqual([])
  expect(told).toEqual([])
})

test('what was left unanswered and is then not let go is told of when it goes on', async () => {
  const { remote, node, told } = foreign()
  await remote.subscribe({ kind: 'heads' })[Symbol.asyncDispose]()
  node.send(answer(1, 'a'))
  expect(await node.next()).toMatchObject({ method: 'subscribe' })
  expect(await node.next()).toMatchObject({ id: 2, method: 'unsubscribe' })
  node.send(say({ id: 2, error: { code: -32000, message: 'not now' } }))
  await node.fence()
  node.send(notice('a', { number: 1 }))
  await expect.poll(() => told.length).toBe(1)
  expect(told).toMatchObject([{ kind: 'listenerFailed', cause: { cause: { message: 'not now' } } }])
})

test('what is aborted before it is asked for is not asked for', async () => {
  const { remote, node } = foreign()
  const signal = AbortSignal.abort(new Error('never mind'))
  const heads = remote.subscribe({ kind: 'heads' }, { signal })
  await expect(heads.closed).rejects.toThrow('never mind')
  await heads[Symbol.asyncDispose]()
  expect(await node.fence()).toEqual([])
})

test('a refusal is thrown by the loop, and an answer that is no id as well', async () => {
  const { remote, node } = foreign()
  const [refused, odd] = [remote.subscribe({ kind: 'heads' }), remote.subscribe({ kind: 'heads' })]
  node.send(say({ id: 1, error: { code: -32001, message: 'no heads here' } }))
  node.send(answer(2, { id: 'a' }))
  await expect(taken(refused, 1)).rejects.toMatchObject({ code: -32001, remote: true })
  await expect(taken(odd, 1)).rejects.toMatchObject({
    code: errorCodes.encoding,
    message: 'subscribe: result must be the id of a subscription, got an object',
  })
})

test('an id that is in use already is refused, and the stream that has it goes on', async () => {
  const { remote, node } = foreign()
  const [first, second] = [remote.subscribe({ kind: 'heads' }), remote.subscribe({ kind: 'logs' })]
  const heads = first[Symbol.asyncIterator]()
  node.send(answer(1, 'a'))
  node.send(answer(2, 'a'))
  await expect(taken(second, 1)).rejects.toMatchObject({
    code: errorCodes.protocol,
    message: '"subscribe" was answered with an id that is in use',
  })
  node.send(notice('a', { number: 1 }))
  expect(await heads.next()).toEqual({ done: false, value: { number: 1 } })
  expect(await node.fence()).toMatchObject([{ method: 'subscribe' }, { method: 'subscribe' }])
  node.close({ code: 1006, reason: 'gone' })
  await expect(heads.next()).rejects.toMatchObject({ code: errorCodes.closed })
})

test('the end of the connection is thrown after the items before it', async () => {
  const { remote, node } = foreign()
  const heads = remote.subscribe({ kind: 'heads' })[Symbol.asyncIterator]()
  node.send(answer(1, 'a'))
  node.send(notice('a', { number: 1 }))
  await node.fence()
  node.close({ code: 1006, reason: 'gone' })
  expect(await heads.next()).toEqual({ done: false, value: { number: 1 } })
  await expect(heads.next()).rejects.toMatchObject({
    code: errorCodes.closed,
    message: 'what "subscribe" subscribed to ended: the connection closed (1006, gone)',
  })
})

test('an answer that is handed on only after the end of the connection ends its stream with that', async () => {
  const closed = deferred()
  const held = async (call: unknown, next: (call: never) => unknown) => {
    const id = await next(call as never)
    await closed.promise
    return id
  }
  const { peer, remote, node } = foreign({ outbound: [held] })
  const heads = remote.subscribe({ kind: 'heads' })[Symbol.asyncIterator]()
  node.send(answer(1, 'a'))
  node.send(notice('a', { number: 1 }))
  await node.fence()
  node.close({ code: 1006, reason: 'gone' })
  await peer.closed
  closed.resolve()
  expect(await heads.next()).toEqual({ done: false, value: { number: 1 } })
  await expect(heads.next()).rejects.toMatchObject({ code: errorCodes.closed })
})

test('a notification for nobody is told to onDiagnostic', async () => {
  const { remote, node, told } = foreign()
  const heads = remote.subscribe({ kind: 'heads' })
  const first = heads[Symbol.asyncIterator]().next()
  node.send(notice('stranger', { number: 0 }))
  node.send(answer(1, 'a'))
  node.send(notice('nobody', { number: 0 }))
  node.send(notice('a', { number: 1 }))
  expect(await first).toEqual({ done: false, value: { number: 1 } })
  const causes = () => told.map(({ kind, cause }) => `${kind} ${(cause as Error).message}`).sort()
  await expect
    .poll(causes)
    .toEqual([
      'listenerFailed a notification for subscription "nobody", which nobody has',
      'listenerFailed a notification for subscription "stranger", which nobody has',
    ])
})

test("what still comes while it is being left is nobody's loss, and nothing listens after that", async () => {
  const { remote, node, told } = foreign()
  const heads = taken(remote.subscribe({ kind: 'heads' }), 1)
  node.send(answer(1, 'a'))
  node.send(notice('a', { number: 1 }))
  expect(await node.next()).toMatchObject({ method: 'subscribe' })
  expect(await node.next()).toMatchObject({ method: 'unsubscribe' })
  node.send(notice('a', { number: 2 }))
  node.send(answer(2, true))
  expect(await heads).toEqual([{ number: 1 }])
  expect(told).toEqual([])
  node.send(notice('a', { number: 3 }))
  await node.fence()
  expect(told).toMatchObject([{ kind: 'unheardNotification', method: 'subscription' }])
})

test('a reader that stands still loses its subscription, after all that could be kept', async () => {
  const { remote, node } = foreign()
  const heads = remote.subscribe({ kind: 'heads' })
  node.send(answer(1, 'a'))
  for (let number = 1; number <= unreadItems + 1; number++) node.send(notice('a', { number }))
  expect(await node.next()).toMatchObject({ method: 'subscribe' })
  expect(await node.next()).toMatchObject({ method: 'unsubscribe', params: ['a'] })
  const seen: unknown[] = []
  const reading = (async () => {
    for await (const head of heads) seen.push(head)
  })()
  await expect(reading).rejects.toMatchObject({
    code: errorCodes.lagged,
    data: { limit: 'unreadItems', value: unreadItems },
  })
  expect(seen).toHaveLength(unreadItems)
})

test('items that are too long to keep end it as too many do', async () => {
  const { remote, node } = foreign({ limits: { message: 16_000_000 } })
  const logs = remote.subscribe({ kind: 'logs' })
  node.send(answer(1, 'a'))
  for (const data of ['a', 'b', 'c']) node.send(notice('a', { data: data.repeat(2_200_000) }))
  expect(await node.next()).toMatchObject({ method: 'subscribe' })
  expect(await node.next()).toMatchObject({ method: 'unsubscribe' })
  const lengths: number[] = []
  const reading = (async () => {
    for await (const { data } of logs) lengths.push(data.length)
  })()
  await expect(reading).rejects.toMatchObject({ code: errorCodes.lagged })
  expect(lengths).toEqual([2_200_000, 2_200_000])
})

test('more than may come before the answer fails what waits for it, naming the limit', async () => {
  const { remote, node } = foreign()
  const heads = remote.subscribe({ kind: 'heads' })
  for (let number = 0; number <= earlyNotifications; number++) node.send(notice('a', { number }))
  await expect(heads.closed).rejects.toMatchObject({
    code: errorCodes.lagged,
    data: { limit: 'earlyNotifications', value: earlyNotifications },
  })
  expect(await node.next()).toMatchObject({ method: 'subscribe' })
  node.send(answer(1, 'a'))
  expect(await node.next()).toMatchObject({ method: 'unsubscribe', params: ['a'] })
})

test('early notifications are kept up to so many characters, too', async () => {
  const { remote, node } = foreign({ limits: { message: 8_000_000 } })
  const heads = remote.subscribe({ kind: 'logs' })
  for (const data of ['a', 'b', 'c']) node.send(notice('a', { data: data.repeat(2_000_000) }))
  await expect(heads.closed).rejects.toMatchObject({
    code: errorCodes.lagged,
    data: { limit: 'earlyCharacters', value: 4_194_304 },
  })
})

test('a web stream of it unsubscribes when it is cancelled, and await using when its block ends', async () => {
  const { remote, node } = foreign()
  const reader = remote.subscribe({ kind: 'heads' }).toReadable().getReader()
  node.send(answer(1, 'a'))
  node.send(notice('a', { number: 1 }))
  expect(await reader.read()).toEqual({ done: false, value: { number: 1 } })
  const cancelled = reader.cancel()
  expect(await node.next()).toMatchObject({ method: 'subscribe' })
  expect(await node.next()).toMatchObject({ method: 'unsubscribe', params: ['a'] })
  node.send(answer(2, true))
  await cancelled
  const disposed = remote.subscribe({ kind: 'heads' })[Symbol.asyncDispose]()
  node.send(answer(3, 'b'))
  expect(await node.next()).toMatchObject({ method: 'subscribe' })
  expect(await node.next()).toMatchObject({ method: 'unsubscribe', params: ['b'] })
  node.send(answer(4, true))
  await disposed
})

/** A node of ours, and somebody else who subscribes to it. */
function served() {
  const [near, far] = memoryPair()
  const told: Diagnostic[] = []
  const peer = new Peer(far, { onDiagnostic: (event) => told.push(event) })
  onTestFinished(() => peer.close())
  return { peer, client: new Raw(near), told }
}

test('a service answers with an id, notifies of what its handler yields, and stops when told', async () => {
  const { peer, client } = served()
  const cleaned = deferred<string>()
  chain.serve(peer, {
    async *subscribe({ kind }, { signal }) {
      signal.addEventListener('abort', () => cleaned.resolve(`${kind} left`))
      yield { number: 1 }
      yield { number: 2 }
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    },
  })
  client.send(say({ id: 1, method: 'subscribe', params: ['heads'] }))
  expect(await client.next()).toEqual({ jsonrpc: '2.0', id: 1, result: '0x1' })
  for (const number of [1, 2])
    expect(await client.next()).toEqual({
      jsonrpc: '2.0',
      method: 'subscription',
      params: { subscription: '0x1', result: { number } },
    })
  client.send(say({ id: 2, method: 'unsubscribe', params: ['0x1'] }))
  expect(await client.next()).toEqual({ jsonrpc: '2.0', id: 2, result: true })
  expect(await cleaned.promise).toBe('heads left')
  client.send(say({ id: 3, method: 'unsubscribe', params: ['0x1'] }))
  expect(await client.next()).toEqual({ jsonrpc: '2.0', id: 3, result: false })
})

test('a service notifies in the words of its contract', async () => {
  const { peer, client } = served()
  ledger.serve(peer, {
    async *follow({ account }) {
      yield { amount: account.length }
      yield { notification: 'ledger.undone', result: { count: 1 } }
    },
  })
  client.send(say({ id: 1, method: 'follow', params: { account: 'ada' } }))
  expect(await client.next()).toMatchObject({ id: 1, result: 1 })
  expect(await client.next()).toEqual({
    jsonrpc: '2.0',
    method: 'ledger.entry',
    params: { follower: 1, entry: { amount: 3 } },
  })
  expect(await client.next()).toEqual({
    jsonrpc: '2.0',
    method: 'ledger.undone',
    params: { follower: 1, entry: { count: 1 } },
  })
})

test('params that do not fit are refused, and a handler that throws is told to onDiagnostic', async () => {
  const { peer, client, told } = served()
  ledger.serve(peer, {
    // biome-ignore lint/correctness/useYield: it fails before.
    async *follow() {
      throw new Error('the ledger burnt')
    },
  })
  client.send(say({ id: 1, method: 'follow', params: { account: 1 } }))
  expect(await client.next()).toMatchObject({ id: 1, error: { code: errorCodes.invalidParams } })
  client.send(say({ id: 2, method: 'follow', params: { account: 'ada' } }))
  expect(await client.next()).toMatchObject({ id: 2, result: 1 })
  await client.fence()
  expect(told).toMatchObject([{ kind: 'handlerFailed', method: 'follow' }])
  expect(told.map(({ cause }) => (cause as Error).message)).toEqual(['the ledger burnt'])
})

test('a service that yields faster than the other end reads waits, and loses nothing', async () => {
  const [near, far] = memoryPair()
  const peer = new Peer(far, { limits: { unsent: 2_000 } })
  onTestFinished(() => peer.close())
  chain.serve(peer, {
    async *subscribe() {
      for (let number = 1; number <= 500; number++) yield { number }
    },
  })
  const client = new Raw(near)
  client.send(say({ id: 1, method: 'subscribe', params: ['heads'] }))
  await client.next()
  for (let number = 1; number <= 500; number++)
    expect(await client.next()).toMatchObject({ params: { result: { number } } })
})

test('what is unsubscribed from is left, also where the answer never leaves', async () => {
  const { peer, client } = served()
  const cleaned = deferred<string>()
  peer.handle('never', () => new Promise(() => {}))
  chain.serve(peer, {
    async *subscribe(_params, { signal }) {
      signal.addEventListener('abort', () => cleaned.resolve('left'))
      yield { number: 1 }
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    },
  })
  client.send(say({ id: 1, method: 'subscribe', params: ['heads'] }))
  await client.next()
  // One answer to both, which never comes.
  client.send(
    `[${say({ id: 2, method: 'unsubscribe', params: ['0x1'] })},${say({ id: 3, method: 'never' })}]`,
  )
  expect(await cleaned.promise).toBe('left')
})

test('what cannot be notified of ends its source, which cleans up', async () => {
  const { peer, client, told } = served()
  const cleaned = deferred<string>()
  chain.serve(peer, {
    async *subscribe() {
      try {
        for (;;) yield { number: 1n as unknown as number }
      } finally {
        cleaned.resolve('cleaned')
      }
    },
  })
  client.send(say({ id: 1, method: 'subscribe', params: ['heads'] }))
  expect(await cleaned.promise).toBe('cleaned')
  await expect.poll(() => told).toMatchObject([{ kind: 'handlerFailed' }])
})

test('the end of the connection ends what it subscribed to', async () => {
  const { peer, client } = served()
  const left = deferred<unknown>()
  chain.serve(peer, {
    async *subscribe(_params, { signal }) {
      signal.addEventListener('abort', () => left.resolve('left'))
      yield { number: 1 }
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    },
  })
  client.send(say({ id: 1, method: 'subscribe', params: ['heads'] }))
  await client.next()
  await client.next()
  client.close()
  expect(await left.promise).toBe('left')
})

test('more subscriptions than are served at once are refused as busy, naming the limit', async () => {
  const { peer, client } = served()
  chain.serve(peer, {
    async *subscribe(_params, { signal }) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    },
  })
  const ask = (id: number) => client.send(say({ id, method: 'subscribe', params: ['heads'] }))
  for (let id = 1; id <= subscriptions; id++) {
    ask(id)
    expect(await client.next()).toMatchObject({ id, result: expect.any(String) })
  }
  ask(-1)
  expect(await client.next()).toMatchObject({
    id: -1,
    error: { code: errorCodes.busy, data: { limit: 'subscriptions', value: subscriptions } },
  })
  client.send(say({ id: -2, method: 'unsubscribe', params: ['0x1'] }))
  expect(await client.next()).toMatchObject({ result: true })
  ask(-3)
  expect(await client.next()).toMatchObject({ id: -3, result: expect.any(String) })
})

test('both ends of a contract speak it to one another, and stream through a hub', async () => {
  const handlers = {
    async *subscribe() {
      yield { number: 1, data: 'one' }
      yield { number: 2, data: 'two' }
    },
  }
  const expected = [
    { number: 1, data: 'one' },
    { number: 2, data: 'two' },
  ]
  const [near, far] = memoryPair()
  chain.serve(new Peer(far), handlers)
  expect(await taken(chain.remote(new Peer(near)).subscribe({ kind: 'heads' }), 2)).toEqual(
    expected,
  )

  const hub = new Hub()
  const node = await enter(hub, 'node')
  await node.provide(chain, handlers)
  const page = await enter(hub, 'page')
  const through = page.service(chain).subscribe({ kind: 'heads' })
  expect(await taken(through, 3)).toEqual(expected)
})

test('a description says how it is subscribed to', async () => {
  const { peer, client } = served()
  chain.serve(peer, { async *subscribe() {} })
  client.send(say({ id: 1, method: 'rpc.discover' }))
  expect(await client.next()).toMatchObject({
    result: { methods: [{ name: 'subscribe', 'x-stream': { binding: 'subscription', ...names } }] },
  })
})
