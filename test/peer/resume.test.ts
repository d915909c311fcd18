import { memoryPair, Peer, type PeerOptions } from 'bothways'
import { expect, test } from 'vitest'
import { Raw } from '../support/raw.js'

/** A peer that was greeted by a raw end with `limits`. */
async function greeted(limits: object, options: PeerOptions = {}) {
  const [near, far] = memoryPair()
  const peer = new Peer(near, { hello: true, ...options })
  const raw = new Raw(far)
  const { id } = (await raw.next()) as { id: number }
  const result = { protocol: 1, features: ['frames', 'meta'], limits }
  raw.send(JSON.stringify({ jsonrpc: '2.0', id, result }))
  await peer.greeted
  return { peer, raw }
}

const request = (id: unknown, method: string) => ({ jsonrpc: '2.0', id, method })
const result = (id: unknown) => ({ jsonrpc: '2.0', id, result: 1 })

/** The messages of the next frame. */
const messages = async (raw: Raw) => [await raw.next()].flat() as { id: number; method?: string }[]

test('what is cancelled while what waited is handled loses nothing, and repeats nothing', async () => {
  const handled: string[] = []
  const { peer, raw } = await greeted(
    { inbound: 2 },
    {
      handlers: {
        work: (_params, { remote }) => remote.request('nested'),
        last: () => handled.push('last'),
      },
    },
  )
  peer.on('note', () => handled.push('note'))
  for (const method of ['r1', 'r2', 'r3', 'r4']) peer.request(method).catch(() => {})
  const [one, two] = await messages(raw)
  raw.send(JSON.stringify(request('w', 'work')))
  await peer.request('nobody', undefined, { timeout: 0 }).catch(() => {})
  const cancel = { jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 'w' } }
  const note = { jsonrpc: '2.0', method: 'note' }
  raw.send(JSON.stringify([result(one?.id), cancel, note, result(two?.id), request('q', 'last')]))
  const answered: unknown[] = []
  while (!answered.includes('q'))
    for (const { id, method } of await messages(raw)) if (method === undefined) answered.push(id)
  expect([handled, answered]).toEqual([
    ['note', 'last'],
    ['w', 'q'],
  ])
})

test('a handler that takes back a request of this end runs once', async () => {
  const controller = new AbortController()
  let runs = 0
  const { peer, raw } = await greeted(
    { inbound: 2 },
    {
      handlers: {
        stop: () => {
          controller.abort()
          return ++runs
        },
      },
    },
  )
  for (const method of ['r1', 'r2', 'r3']) peer.request(method).catch(() => {})
  peer.request('r4', undefined, { signal: controller.signal }).catch(() => {})
  const [one] = await messages(raw)
  raw.send(JSON.stringify([result(one?.id), request('s', 'stop'), request('t', 'stop')]))
  const answered: unknown[] = []
  while (!answered.includes('t'))
    for (const { id, method } of await messages(raw)) if (method === undefined) answered.push(id)
  expect([answered, runs]).toEqual([['s', 't'], 2])
})

test('a ping of an end that takes hardly anything is answered, and ends no process', async () => {
  const [near, far] = memoryPair()
  const peer = new Peer(near)
  const raw = new Raw(far)
  const hello = { protocol: 1, features: [], limits: { message: 10 } }
  raw.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'rpc.hello', params: hello }))
  await raw.next()
  // Behind an answer, it is handled in a later turn.
  raw.send(JSON.stringify(result(99)))
  raw.send(JSON.stringify(request(2, 'rpc.ping')))
  expect(await raw.next()).toEqual({ jsonrpc: '2.0', id: 2, result: null })
  expect(peer.state).toBe('open')
})

test('answers that wait for the rest of their batch count towards what is held', async () => {
  const [near, far] = memoryPair()
  const peer = new Peer(near, {
    limits: { held: 100_000 },
    handlers: { big: () => 'x'.repeat(30_000), never: () => new Promise(() => {}) },
  })
  const raw = new Raw(far)
  for (let n = 0; n < 4; n++)
    raw.send(JSON.stringify([request(2 * n, 'big'), request(2 * n + 1, 'never')]))
  expect(await peer.closed).toMatchObject({ code: 4008 })
})

test('a transport that throws ends the peer, and all that waits', async () => {
  const peer = new Peer({
    start() {},
    close() {},
    send() {
      throw new Error('the channel is closed')
    },
    buffered: 0,
  })
  await expect(peer.request('any')).rejects.toThrow('the channel is closed')
  expect(() => peer.notify('any')).toThrow('the channel is closed')
})
