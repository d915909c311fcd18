import {
  type Diagnostic,
  errorCodes,
  memoryPair,
  Peer,
  type PeerOptions,
  RpcError,
  type Transport,
  type TransportListener,
} from 'bothways'
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
  expect(await peer.closed).toEqual({
    code: 4008,
    reason: 'over 100000 bytes of answers wait for the rest of their batches',
  })
})

/** A transport that works until it is told to throw, and what it is given to say. */
class Breakable implements Transport {
  listener: TransportListener | undefined
  isBroken = false
  fault = new Error('the channel is closed')
  readonly buffered = 0
  start(listener: TransportListener) {
    this.listener = listener
  }
  close() {}
  send(frame: string | Uint8Array) {
    if (this.isBroken) throw this.fault
    const { id, method } = JSON.parse(String(frame))
    const result = { protocol: 1, features: ['frames', 'meta'] }
    const answer = JSON.stringify({ jsonrpc: '2.0', id, result })
    if (method === 'rpc.hello') queueMicrotask(() => this.listener?.frame(answer))
  }
}

test.each([true, false])(
  'a transport that throws ends the peer, whatever was sent and whenever (hello: %s)',
  async (hello) => {
    const transport = new Breakable()
    let finish: (() => void) | undefined
    const handlers = { slow: () => new Promise<void>((resolve) => (finish = resolve)) }
    const peer = new Peer(transport, { hello, handlers })
    if (hello) await peer.greeted
    await expect.poll(() => transport.listener).toBeDefined()
    transport.listener?.frame(JSON.stringify(request(1, 'slow')))
    await expect.poll(() => finish).toBeDefined()
    const call = expect(peer.request('any')).rejects.toThrow('the channel is closed')
    transport.isBroken = true
    // Answered with nobody there to catch what the transport throws.
    finish?.()
    expect(await peer.closed).toEqual({
      code: 1006,
      reason: 'the transport failed: the channel is closed',
    })
    await call
    expect(() => peer.notify('any')).toThrow('the channel is closed')
  },
)

test('a transport that throws before the peer has begun ends it as well', async () => {
  const transport = new Breakable()
  transport.isBroken = true
  const peer = new Peer(transport)
  await expect(peer.request('any')).rejects.toThrow('the channel is closed')
})

test('a transport that throws when it is to keep what is sent ends the peer', async () => {
  const transport = Object.assign(new Breakable(), {
    cork: () => {
      throw new Error('the cork broke')
    },
  })
  const peer = new Peer(transport, { handlers: { echo: (params) => params } })
  await expect.poll(() => transport.listener).toBeDefined()
  transport.listener?.frame(JSON.stringify([request(1, 'echo'), request(2, 'echo')]))
  peer.notify('one')
  peer.notify('other')
  expect(await peer.closed).toEqual({
    code: 1006,
    reason: 'the transport failed: the cork broke',
  })
})

test('a frame that a transport refuses when those who filled it have gone on ends the peer', async () => {
  const transport = new Breakable()
  const peer = new Peer(transport, { hello: true })
  await peer.greeted
  transport.isBroken = true
  transport.fault = new RpcError(errorCodes.encoding, 'no such frame')
  const calls = [1, 2, 3].map((number) => peer.request('any', [number]))
  const outcomes = await Promise.allSettled(calls)
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(await peer.closed).toEqual({ code: 1006, reason: 'the transport failed: no such frame' })
})

/** A transport that carries no frame with the word "secret" in it. */
function choosy(transport: Transport): Transport {
  const send = (frame: string | Uint8Array) => {
    if (String(frame).includes('secret')) throw new RpcError(errorCodes.encoding, 'no such frame')
    transport.send(frame)
  }
  return new Proxy(transport, {
    get: (_, name) => {
      const own: unknown = name === 'send' ? send : Reflect.get(transport, name)
      return typeof own === 'function' ? own.bind(transport) : own
    },
  })
}

test.each([
  ['at once', () => 'secret'],
  ['later', async () => 'secret'],
])('an answer that a transport refuses fails its call alone, given %s', async (_, tell) => {
  const [near, far] = memoryPair()
  new Peer(choosy(far), { handlers: { tell, echo: (params) => params } })
  const peer = new Peer(near)
  await expect(peer.request('tell')).rejects.toMatchObject({ message: 'no such frame' })
  expect(await peer.request('echo', [1])).toEqual([1])
})

test('a producer whose item a transport refuses fails its stream, and cleans up', async () => {
  const [near, far] = memoryPair()
  const answering = new Peer(choosy(far))
  const cleaned = new Promise<void>((resolve) => {
    answering.handle('tell', async function* () {
      try {
        for (;;) yield 'secret'.padEnd(20_000)
      } finally {
        resolve()
      }
    })
  })
  await expect(new Peer(near).stream('tell').result).rejects.toThrow('no such frame')
  await cleaned
})

test('a call that a transport refuses fails alone, and takes up no room', async () => {
  const [near, far] = memoryPair()
  new Peer(far, { handlers: { echo: (params) => params } })
  const peer = new Peer(choosy(near), { limits: { outbound: 1 } })
  await expect(peer.request('echo', ['secret'])).rejects.toThrow('no such frame')
  await expect(peer.stream('echo', ['secret']).result).rejects.toThrow('no such frame')
  expect(() => peer.notify('echo', ['secret'])).toThrow('no such frame')
  expect(await peer.request('echo', [1])).toEqual([1])
})

test('a batch that a transport refuses fails each of its calls, and takes up no room', async () => {
  const [near, far] = memoryPair()
  new Peer(far, { handlers: { echo: (params) => params } })
  const peer = new Peer(choosy(near), { limits: { outbound: 2 } })
  const calls = ['secret', 'known'].map((word) => ({ method: 'echo', params: [word] }))
  const reason = expect.objectContaining({ message: 'no such frame' })
  const refused = { status: 'rejected', reason }
  expect(await peer.batch(calls)).toEqual([refused, refused])
  expect(await peer.batch(calls.slice(1))).toEqual([{ status: 'fulfilled', value: ['known'] }])
})

test('what waited for room, and is refused by a transport then, is told, and what is behind it leaves', async () => {
  const [near, far] = memoryPair()
  const told: unknown[] = []
  const onDiagnostic = ({ kind, method, message }: Diagnostic) =>
    told.push({ kind, method, message })
  const peer = new Peer(choosy(near), { hello: true, onDiagnostic })
  const raw = new Raw(far)
  const { id } = (await raw.next()) as { id: number }
  const said = { protocol: 1, features: [], limits: { inbound: 1 } }
  raw.send(JSON.stringify({ jsonrpc: '2.0', id, result: said }))
  await peer.greeted
  const calls = ['first', 'secret', 'third'].map((word) => peer.request('echo', [word]))
  peer.notify('told', ['secret'])
  const last = peer.request('echo', ['last'])
  const refused = expect(calls[1]).rejects.toThrow('no such frame')
  for (const _ of ['first', 'third', 'last']) {
    const asked = (await raw.next()) as { id: number; params: unknown }
    raw.send(JSON.stringify({ jsonrpc: '2.0', id: asked.id, result: asked.params }))
  }
  await refused
  expect(await Promise.all([calls[0], calls[2], last])).toEqual([['first'], ['third'], ['last']])
  expect(told).toEqual([{ kind: 'undelivered', method: 'told', message: 'no such frame' }])
})
