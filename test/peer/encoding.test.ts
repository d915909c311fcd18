import { errorCodes, memoryPair, Peer, type PeerOptions, RpcError } from 'bothways'
import { expect, test } from 'vitest'
import { Clock } from '../support/clock.js'
import { Raw } from '../support/raw.js'
import { tap } from '../support/tap.js'

function pairWith(options: PeerOptions = {}) {
  const left: string[] = []
  const clock = new Clock()
  const [one, other] = memoryPair()
  const near = new Peer(tap(one, left), { runtime: clock, ...options })
  return { clock, left, near, other }
}

function fail(): never {
  throw new RpcError(errorCodes.forbidden, 'not even that')
}

test.each([
  ['a getter', Object.defineProperty({}, 'name', { enumerable: true, get: fail })],
  ['a toJSON', { toJSON: fail }],
  ['a getter of toJSON', Object.defineProperty({}, 'toJSON', { get: fail })],
  ['a proxy', new Proxy({}, { ownKeys: fail })],
])('%s that throws fails the call it is in, and no other', async (_, value) => {
  const { near, other } = pairWith()
  const far = new Peer(other, { handlers: { echo: (params) => params, bad: () => [value] } })
  const unsent = { code: errorCodes.encoding, delivery: 'unsent' }
  await expect(near.request('echo', [value])).rejects.toMatchObject(unsent)
  expect(() => near.notify('echo', [value])).toThrow(expect.objectContaining(unsent))
  const answered = near.request('bad')
  await expect(answered).rejects.toMatchObject({ code: errorCodes.internal, remote: true })
  await expect(answered).rejects.toThrow('the result of "bad" cannot be sent')
  expect(await near.request('echo', [1])).toEqual([1])
  await far.close()
})

test('toJSON is asked twice, to be looked at and to be written, and what it gives is not asked again', () => {
  const { near, left } = pairWith()
  const asked: string[] = []
  class Price {
    toJSON() {
      asked.push('price')
      return { price: 1, __proto__: { toJSON: () => asked.push('what it gave') } }
    }
  }
  near.notify('note', [new Price()])
  expect(asked).toEqual(['price', 'price'])
  expect(left).toEqual(['{"jsonrpc":"2.0","method":"note","params":[{"price":1}]}'])
})

test('what is inherited is not written, so that it is not looked at either', () => {
  const { near, left } = pairWith()
  class Node {
    declare root: Node
    declare parent: Node
    readonly name = 'a'
  }
  const node = new Node()
  // Two ways on at each of 64 levels: whoever goes them all never comes back.
  Object.assign(Node.prototype, { root: node, parent: node })
  Object.defineProperty(Node.prototype, 'size', { enumerable: true, get: fail })
  near.notify('note', [node])
  expect(left).toEqual(['{"jsonrpc":"2.0","method":"note","params":[{"name":"a"}]}'])
})

test('a list that grows while it is looked at is written as long as it is then', () => {
  const { near, left } = pairWith()
  let asked = 0
  const list: unknown[] = [{ toJSON: () => (asked++ < 10 ? list.push({ toJSON: grow }) : 0) }]
  const grow = () => (asked++ < 10 ? list.push({ toJSON: grow }) : 0)
  near.notify('note', list)
  expect(left).toEqual(['{"jsonrpc":"2.0","method":"note","params":[3,4]}'])
})

test.each([
  ['a bigint', () => 1n, '/items/0 is a bigint'],
  ['a bigint within', () => ({ count: 1n }), '/items/0/count is a bigint'],
  ['a Map', () => new Map(), '/items/0 is a Map'],
  ['a Date, which nobody asks for its text any more', () => new Date(0), '/items/0 is a Date'],
])('a toJSON that gives %s is refused, saying where', (_, toJSON, message) => {
  const { near, left } = pairWith()
  expect(() => near.notify('note', { items: [{ toJSON }] })).toThrow(message)
  expect(left).toEqual([])
})

test('a method that is no text fails its own call, and none of its frame', async () => {
  const { near, other } = pairWith({ hello: true })
  new Peer(other, { handlers: { echo: (params) => params } })
  await near.greeted
  const method = undefined as unknown as string
  const unsent = { code: errorCodes.encoding, message: 'a method is a string', delivery: 'unsent' }
  const first = near.request('echo', [1])
  const refused = expect(near.request(method)).rejects.toMatchObject(unsent)
  await expect(near.stream(method).result).rejects.toMatchObject(unsent)
  expect(() => near.notify(method)).toThrow(expect.objectContaining(unsent))
  expect(await Promise.all([first, near.request('echo', [2])])).toEqual([[1], [2]])
  await refused
})

test('params that close the peer while they are encoded leave nothing behind', async () => {
  const { near, left, clock } = pairWith()
  const closing = { toJSON: () => void near.close() }
  const unsent = { code: errorCodes.closed, delivery: 'unsent' }
  await expect(near.request('a', [closing], { timeout: 10 })).rejects.toMatchObject(unsent)
  expect(() => near.notify('a', [closing])).toThrow(expect.objectContaining(unsent))
  expect(clock.timers).toBe(0)
  expect(left).toEqual([])
})

test('a notification that closes the peer while it is encoded is not sent', () => {
  const { near, left } = pairWith()
  const closing = { toJSON: () => void near.close() }
  const unsent = { code: errorCodes.closed, delivery: 'unsent' }
  expect(() => near.notify('a', [closing])).toThrow(expect.objectContaining(unsent))
  expect(left).toEqual([])
})

test('params that abort their own signal while they are encoded leave nothing behind', async () => {
  const { near, left, clock } = pairWith()
  const controller = new AbortController()
  const { signal } = controller
  const aborting = { toJSON: () => controller.abort('changed my mind') }
  await expect(near.request('a', [aborting], { signal, timeout: 10 })).rejects.toBe(
    'changed my mind',
  )
  expect(clock.timers).toBe(0)
  expect(left).toEqual([])
})

test('params that make a call while they are encoded count it: there are never more than "outbound"', async () => {
  const { near, left } = pairWith({ limits: { outbound: 1 } })
  const inner: Promise<unknown>[] = []
  const calling = { toJSON: () => void inner.push(near.request('inner')) }
  const busy = { code: errorCodes.busy, delivery: 'unsent', method: 'outer' }
  await expect(near.request('outer', [calling])).rejects.toMatchObject(busy)
  const settled = Promise.allSettled(inner)
  await near.close()
  await settled
  expect(left.map((text) => JSON.parse(text).method)).toEqual(['inner'])
})

test('params of a batch that close the peer while they are encoded settle every call of it', async () => {
  const { near, left } = pairWith()
  const outcomes = near.batch([
    { method: 'a' },
    { method: 'b', params: [{ toJSON: () => void near.close() }] },
  ])
  const closed = { status: 'rejected', reason: { code: errorCodes.closed } }
  expect(await outcomes).toMatchObject([closed, closed])
  expect(left.length).toBeLessThanOrEqual(1)
})

test('a foreign end that reads nothing is sent no batch over the limit of unsent bytes', async () => {
  const { near, other } = pairWith({ limits: { unsent: 1_000 } })
  near.notify('note', ['x'.repeat(900)])
  const [outcome] = await near.batch([{ method: 'long', params: ['x'.repeat(200)] }])
  expect(outcome).toMatchObject({
    status: 'rejected',
    reason: { code: errorCodes.limitExceeded, delivery: 'unsent', data: { limit: 'unsent' } },
  })
  const raw = new Raw(other)
  expect(await raw.next()).toMatchObject({ method: 'note' })
  expect(raw.frames).toHaveLength(1)
})
