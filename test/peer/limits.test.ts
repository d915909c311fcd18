import {
  type Context,
  type Diagnostic,
  defaultLimits,
  errorCodes,
  type Limits,
  memoryPair,
  Peer,
  RpcError,
  type TransportListener,
} from 'bothways'
import { expect, test } from 'vitest'
import { Clock } from '../support/clock.js'
import { Raw } from '../support/raw.js'

const refused = (code: number, id: unknown = null) =>
  expect.objectContaining({ id, error: expect.objectContaining({ code }) })

/** A peer with `limits`, under a clock of its own, and the raw end that speaks to it. */
function peerWith(limits: Partial<Limits>) {
  const clock = new Clock()
  const [near, far] = memoryPair()
  const peer = new Peer(far, { limits, runtime: clock })
  peer.handle('echo', (params) => params)
  peer.handle('never', () => new Promise(() => {}))
  return { clock, peer, raw: new Raw(near) }
}

/** Two peers that have said hello, of which the far one has `limits`. */
async function greetedWith(limits: Partial<Limits>) {
  const [one, other] = memoryPair()
  const near = new Peer(one, { hello: true })
  const far = new Peer(other, { limits })
  await near.greeted
  return { near, far }
}

/** Two peers that have said hello, of which the near one, which calls, has `limits`. */
async function greetedByOneWith(limits: Partial<Limits>) {
  const [one, other] = memoryPair()
  const near = new Peer(one, { hello: true, limits })
  const far = new Peer(other)
  await near.greeted
  return { near, far }
}

test('message: text over the limit is refused, and a call over it is not sent', async () => {
  const { peer, raw } = peerWith({ message: 1_000 })
  raw.send(`{"jsonrpc":"2.0","id":1,"method":"echo","params":["${'x'.repeat(1_000)}"]}`)
  expect(await raw.next()).toEqual(refused(errorCodes.limitExceeded, 1))
  raw.send(`{"jsonrpc":"2.0","method":"echo","id":1,"params":["${'x'.repeat(1_000)}"]}`)
  expect(await raw.next()).toEqual(refused(errorCodes.limitExceeded))
  const call = peer.request('echo', ['é'.repeat(500)])
  await expect(call).rejects.toMatchObject({
    code: errorCodes.limitExceeded,
    data: { limit: 'message', value: 1_000 },
    delivery: 'unsent',
  })
  expect(() => peer.notify('echo', ['x'.repeat(1_000)])).toThrow(/"message" of 1000/)
})

test('message: a call over the limit of an end that was not greeted is answered, whatever that waits for', async () => {
  const [one, other] = memoryPair()
  const near = new Peer(one)
  const far = new Peer(other, { limits: { message: 1_000 } })
  const waiting = far.request('never')
  near.handle('never', () => new Promise(() => {}))
  const refusal = { code: errorCodes.limitExceeded, data: { limit: 'message', value: 1_000 } }
  await expect(near.request('echo', ['x'.repeat(1_000)])).rejects.toMatchObject(refusal)
  const stream = near.stream('echo', ['x'.repeat(1_000)])
  await expect(stream.result).rejects.toMatchObject(refusal)
  await near.close()
  await expect(waiting).rejects.toMatchObject({ code: errorCodes.closed })
})

test('message: input that is too long to be looked at ends the connection, and leaves no gap', async () => {
  const [one, other] = memoryPair()
  const near = new Peer(one)
  const far = new Peer(other, { limits: { message: 1_000 } })
  far.handle('count', async (_params, { input }: Context) => {
    let items = 0
    for await (const _ of input ?? []) items++
    return items
  })
  async function* items() {
    yield* ['short', 'long'.repeat(1_000), 'short']
  }
  const call = near.stream('count', undefined, { input: items() }).result
  await expect(call).rejects.toMatchObject({ code: errorCodes.closed })
  expect(await far.closed).toMatchObject({ code: 1009 })
})

test('message: a result over the limit fails its call, naming the limit', async () => {
  const { peer, raw } = peerWith({ message: 1_000 })
  peer.handle('long', () => 'x'.repeat(1_000))
  raw.send('{"jsonrpc":"2.0","id":1,"method":"long"}')
  expect(await raw.next()).toEqual(refused(errorCodes.limitExceeded, 1))
  expect(raw.frames[0]).toContain('\\"message\\" of 1000')
})

test('message: an end that says hello is sent no more than it said it takes', async () => {
  const { near } = await greetedWith({ message: 1_000 })
  const call = near.request('echo', ['x'.repeat(1_000)])
  await expect(call).rejects.toMatchObject({ data: { limit: 'message', value: 1_000 } })
})

test('message: what an end that takes little is sent in one turn is packed into frames that it takes', async () => {
  const [one, other] = memoryPair()
  const refusals: Diagnostic[] = []
  const near = new Peer(one, { hello: true })
  const far = new Peer(other, {
    limits: { message: 600 },
    onDiagnostic: (event) => refusals.push(event),
  })
  const heard: number[] = []
  far.on('note', ([number]) => heard.push(number))
  await near.greeted
  const numbers = Array.from({ length: 100 }, (_, index) => index)
  for (const number of numbers) near.notify('note', [number, '€'.repeat(number)])
  await near.flush()
  expect(heard).toEqual(numbers)
  expect(refusals).toEqual([])
})

test('message: an end that takes little is answered with the limit where a result is over it', async () => {
  const { near, far } = await greetedByOneWith({ message: 1_000 })
  far.handle('long', () => 'x'.repeat(1_000))
  far.handle('echo', (params) => params)
  await expect(near.request('long')).rejects.toMatchObject({
    code: errorCodes.limitExceeded,
    data: { limit: 'message', value: 1_000 },
    remote: true,
  })
  expect(await near.request('echo', [1])).toEqual([1])
})

test('message: an error too long for an end that takes little arrives without its data, cut to what it takes', async () => {
  const { near, far } = await greetedByOneWith({ message: 1_000 })
  const data = { why: 'x'.repeat(1_000) }
  far.handle('explain', () => Promise.reject(new RpcError(7, 'no', { data })))
  far.handle('shout', () => Promise.reject(new RpcError(8, '€'.repeat(2_000))))
  const explained = await near.request('explain').catch((reason: RpcError) => reason)
  expect(explained).toMatchObject({ code: 7, message: 'no', data: undefined })
  const shouted = await near.request('shout').catch((reason: RpcError) => reason)
  expect(shouted).toMatchObject({ code: 8, message: expect.stringMatching(/^€{100,300}$/) })
})

test('nesting: an end that takes few levels is told where a result is too deep, and is sent no deep data', async () => {
  const { near, far } = await greetedByOneWith({ nesting: 4 })
  far.handle('deep', () => [[[[]]]])
  far.handle('refuse', () => Promise.reject(new RpcError(7, 'no', { data: [[[]]] })))
  far.handle('echo', (params) => params)
  const deep = near.request('deep')
  await expect(deep).rejects.toMatchObject({ code: errorCodes.internal, remote: true })
  await expect(deep).rejects.toThrow(
    'the result of "deep" cannot be sent: /0/0/0 is nested too deep',
  )
  const refusal = await near.request('refuse').catch((reason: RpcError) => reason)
  expect(refusal).toMatchObject({ code: 7, message: 'no', data: undefined })
  expect(await near.request('echo', [[[]]])).toEqual([[[]]])
})

test('nesting: deeper calls and deeper params are refused', async () => {
  const { peer, raw } = peerWith({ nesting: 4 })
  raw.send(`{"jsonrpc":"2.0","id":1,"method":"echo","params":[[[]]]}`)
  expect(await raw.next()).toMatchObject({ id: 1, result: [[[]]] })
  raw.send(`{"jsonrpc":"2.0","id":1,"method":"echo","params":[[[[]]]]}`)
  expect(await raw.next()).toEqual(refused(errorCodes.limitExceeded, 1))
  raw.send(`{"jsonrpc":"2.0","method":"echo","id":1,"params":[[[[]]]]}`)
  expect(await raw.next()).toEqual(refused(errorCodes.limitExceeded))
  await expect(peer.request('echo', [[[[]]]])).rejects.toMatchObject({ code: errorCodes.encoding })
})

test('nesting: a call that left before the other end had said what it takes is answered', async () => {
  const [one, other] = memoryPair()
  const near = new Peer(one, { hello: true })
  new Peer(other, { limits: { nesting: 4 }, handlers: { echo: (params) => params } })
  await expect(near.request('echo', [[[[]]]])).rejects.toMatchObject({
    code: errorCodes.limitExceeded,
    data: { limit: 'nesting', value: 4 },
  })
})

test('nesting: items that are too deep end the connection, and leave no gap', async () => {
  async function* items() {
    yield* [1, [[[[[[]]]]]], 3]
  }
  const calls = [
    (peer: Peer) => peer.stream('items').result,
    (peer: Peer) => peer.stream('count', undefined, { input: items() }).result,
  ]
  for (const [index, call] of calls.entries()) {
    const ends = memoryPair()
    const handlers = { items, count: (_: unknown, { input }: Context) => input }
    const peers = ends.map(
      (end, at) => new Peer(end, { handlers, limits: { nesting: at === index ? 8 : 64 } }),
    )
    await expect(call(peers[0] as Peer)).rejects.toMatchObject({ code: errorCodes.closed })
    expect(await peers[index]?.closed).toMatchObject({ code: 1009 })
  }
})

test('nesting: an answer that is too deep fails the call that waits for it, and is not answered', async () => {
  const { peer, raw } = peerWith({ nesting: 4 })
  const call = peer.request('echo')
  await raw.next()
  raw.send('{"jsonrpc":"2.0","id":1,"result":[[[[]]]]}')
  await expect(call).rejects.toMatchObject({ code: errorCodes.protocol, method: 'echo' })
  await expect(call).rejects.toThrow('"nesting" of 4')
  expect(await raw.fence()).toEqual([])
})

test('batch: one error for all of a batch that is too long, and nothing runs', async () => {
  const { raw } = peerWith({ batch: 2 })
  const entry = '{"jsonrpc":"2.0","id":1,"method":"never"}'
  raw.send(`[${entry},${entry},${entry}]`)
  expect(await raw.fence()).toEqual([refused(errorCodes.limitExceeded)])
  expect(raw.frames[0]).toContain('\\"batch\\" of 2')
})

test('batch: the calls that are too many for one batch are not sent, and say so', async () => {
  const { peer, raw } = peerWith({ batch: 2 })
  const outcomes = peer.batch([1, 2, 3].map((value) => ({ method: 'echo', params: [value] })))
  const sent = (await raw.next()) as { id: number; params: [number] }[]
  raw.send(
    JSON.stringify(sent.map(({ id, params }) => ({ jsonrpc: '2.0', id, result: params[0] }))),
  )
  expect(await outcomes).toMatchObject([
    { value: 1 },
    { value: 2 },
    { status: 'rejected', reason: { delivery: 'unsent', data: { limit: 'batch', value: 2 } } },
  ])
})

test('batch: the calls that would take a batch over the limit of a message are not sent, and say so', async () => {
  const { peer, raw } = peerWith({ message: 1_000 })
  const outcomes = peer.batch([1, 2, 3].map(() => ({ method: 'echo', params: ['x'.repeat(400)] })))
  const sent = (await raw.next()) as { id: number }[]
  raw.send(JSON.stringify(sent.map(({ id }) => ({ jsonrpc: '2.0', id, result: true }))))
  expect(raw.frames[0]?.length).toBeLessThanOrEqual(1_000)
  expect(await outcomes).toMatchObject([
    { value: true },
    { value: true },
    {
      status: 'rejected',
      reason: { delivery: 'unsent', data: { limit: 'message', value: 1_000 } },
    },
  ])
})

test('batch: answers that would take the reply over the limit of a message say so in their place', async () => {
  const { peer, raw } = peerWith({ message: 1_000 })
  peer.handle('long', () => 'é'.repeat(300))
  raw.send(JSON.stringify([1, 2].map((id) => ({ jsonrpc: '2.0', id, method: 'long' }))))
  expect(await raw.next()).toEqual([
    { jsonrpc: '2.0', id: 1, result: 'é'.repeat(300) },
    refused(errorCodes.limitExceeded, 2),
  ])
  expect(new TextEncoder().encode(raw.frames[0]).length).toBeLessThanOrEqual(1_000)
})

/** A peer whose other end, which is raw, said hello, and that it takes `inbound` calls at once and no frames. */
async function framelessWith(inbound: number) {
  const [one, other] = memoryPair()
  const peer = new Peer(one, { hello: true })
  const raw = new Raw(other)
  const { id } = (await raw.next()) as { id: number }
  const result = { protocol: 1, features: ['meta'], limits: { inbound } }
  raw.send(JSON.stringify({ jsonrpc: '2.0', id, result }))
  await peer.greeted
  const answer = (id: number) => ({ jsonrpc: '2.0', id, result: id })
  return { peer, raw, answer }
}

test('batch: the calls of one keep their place behind what waits for room', async () => {
  const { peer, raw, answer } = await framelessWith(1)
  const calls = ['a', 'b'].map((method) => peer.request(method))
  const outcomes = peer.batch([{ method: 'c' }, { method: 'd', notify: true }, { method: 'e' }])
  for (const method of ['a', 'b', 'c', 'd', 'e']) {
    const call = (await raw.next()) as { method: string; id?: number }
    expect(call.method).toBe(method)
    if (call.id !== undefined) raw.send(JSON.stringify(answer(call.id)))
  }
  expect(await Promise.all(calls)).toHaveLength(2)
  expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'sent', 'fulfilled'])
})

test('batch: more calls than the other end takes at once leave one by one', async () => {
  const { peer, raw, answer } = await framelessWith(2)
  const call = { method: 'work' }
  const two = peer.batch([call, call])
  const array = (await raw.next()) as { id: number }[]
  raw.send(JSON.stringify(array.map(({ id }) => answer(id))))
  expect(await two).toMatchObject([{ status: 'fulfilled' }, { status: 'fulfilled' }])
  const three = peer.batch([call, call, call])
  const [first, second] = [await raw.next(), await raw.next()] as { id: number }[]
  expect(await raw.fence()).toEqual([])
  for (const id of [first?.id, second?.id]) raw.send(JSON.stringify(answer(id as number)))
  raw.send(JSON.stringify(answer(((await raw.next()) as { id: number }).id)))
  expect((await three).map(({ status }) => status)).toEqual(Array(3).fill('fulfilled'))
})

test('method and id: longer ones are refused', async () => {
  const { raw } = peerWith({ method: 8, id: 8 })
  raw.send('{"jsonrpc":"2.0","id":"123456789","method":"echo"}')
  expect(await raw.next()).toEqual(refused(errorCodes.invalidRequest))
  raw.send('{"jsonrpc":"2.0","id":"12345678","method":"123456789"}')
  expect(await raw.next()).toEqual(refused(errorCodes.invalidRequest, '12345678'))
})

test('inbound: a request too many is refused as busy, naming the limit', async () => {
  const { raw } = peerWith({ inbound: 2 })
  for (const id of [1, 2, 3]) raw.send(`{"jsonrpc":"2.0","id":${id},"method":"never"}`)
  expect(await raw.next()).toEqual(refused(errorCodes.busy, 3))
  expect(raw.frames[0]).toContain('\\"inbound\\" of 2')
})

test('inbound: notifications that are being handled are no requests', async () => {
  const { raw } = peerWith({ inbound: 1 })
  raw.send('{"jsonrpc":"2.0","method":"never"}')
  raw.send('{"jsonrpc":"2.0","id":1,"method":"echo","params":[1]}')
  expect(await raw.next()).toEqual({ jsonrpc: '2.0', id: 1, result: [1] })
})

test('inbound: who was told the limit waits, and what waits goes in the order it was asked', async () => {
  const { near, far } = await greetedWith({ inbound: 2 })
  const started: number[] = []
  const finish: (() => void)[] = []
  far.handle('work', ([number]) => {
    started.push(number)
    return new Promise<void>((resolve) => finish.push(resolve))
  })
  const numbers = [1, 2, 3, 4, 5, 6]
  const calls = numbers.map((number) => near.request('work', [number]))
  for (const [index, call] of calls.entries()) {
    await expect.poll(() => started.length).toBe(Math.min(index + 2, 6))
    finish[index]?.()
    await call
  }
  expect(started).toEqual(numbers)
})

test('inbound: a call that waits for room can be aborted and timed out, and is never sent', async () => {
  const clock = new Clock()
  const [one, other] = memoryPair()
  const near = new Peer(one, { hello: true, runtime: clock })
  const far = new Peer(other, { limits: { inbound: 1 } })
  const asked: number[] = []
  far.handle('work', ([number]) => {
    asked.push(number)
    return new Promise(() => {})
  })
  await near.greeted
  const controller = new AbortController()
  const running = near.request('work', [1])
  const aborted = near.request('work', [2], { signal: controller.signal })
  const late = near.request('work', [3], { timeout: 10 })
  controller.abort('no longer')
  clock.advance(10)
  await expect(aborted).rejects.toBe('no longer')
  await expect(late).rejects.toMatchObject({ code: errorCodes.timeout, delivery: 'unsent' })
  await near.flush()
  const refusal = expect(running).rejects.toMatchObject({ delivery: 'unknown' })
  await near.close()
  await refusal
  expect(asked).toEqual([1])
})

test('inbound: what was told behind a call that waited for room leaves when that is aborted', async () => {
  const [near, far] = memoryPair()
  const caller = new Peer(near, { hello: true })
  const callee = new Peer(far, { limits: { inbound: 1 } })
  await caller.greeted
  const started = new Promise<void>((resolve) => {
    callee.handle('never', () => {
      resolve()
      return new Promise(() => {})
    })
  })
  const heard = new Promise((resolve) => callee.on('told', resolve))
  caller.request('never').catch(() => {})
  await started
  await caller.flush()
  const controller = new AbortController()
  const waiting = caller.request('never', [], { signal: controller.signal })
  caller.notify('told', [1])
  controller.abort()
  await expect(waiting).rejects.toThrow('aborted')
  expect(await heard).toEqual([1])
  await caller.close()
})

test('inbound: what was told behind a call that waits for room is told as undelivered at the end', async () => {
  const events: Diagnostic[] = []
  const [one, other] = memoryPair()
  const near = new Peer(one, { hello: true, onDiagnostic: (event) => events.push(event) })
  const far = new Peer(other, { limits: { inbound: 1 } })
  far.handle('never', () => new Promise(() => {}))
  await near.greeted
  near.notify('left', [0])
  const calls = Promise.allSettled([near.request('never'), near.request('never')])
  near.notify('first', [1])
  near.notify('second', [2])
  await far.close()
  await near.closed
  expect((await calls).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  const lost = { kind: 'undelivered', cause: { code: errorCodes.closed, delivery: 'unsent' } }
  expect(events).toMatchObject([
    { ...lost, method: 'first', message: expect.stringContaining('"first" was not sent') },
    { ...lost, method: 'second' },
  ])
  expect(near.buffered).toBe(0)
})

test('outbound: a call too many fails as busy at once, naming the limit', async () => {
  const { peer } = peerWith({ outbound: 2 })
  const waiting = Promise.allSettled([peer.request('never'), peer.request('never')])
  await expect(peer.request('never')).rejects.toMatchObject({
    code: errorCodes.busy,
    delivery: 'unsent',
    data: { limit: 'outbound', value: 2 },
  })
  await peer.close()
  expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})

test('unsent: notify throws where too much waits, and a single large one may leave', async () => {
  const { peer, raw } = peerWith({ unsent: 1_000 })
  peer.notify('note', ['x'.repeat(2_000)])
  expect(() => peer.notify('note')).toThrow(
    expect.objectContaining({ code: errorCodes.limitExceeded }),
  )
  expect(() => peer.notify('note')).toThrow(/"unsent" of 1000/)
  await raw.next()
  peer.notify('note')
  expect(await raw.next()).toEqual({ jsonrpc: '2.0', method: 'note' })
})

test('unsent: requests wait instead, and nothing more is taken in until there is room', async () => {
  const { peer, raw } = peerWith({ unsent: 1_000 })
  peer.notify('note', ['x'.repeat(2_000)])
  const calls = [1, 2, 3].map((value) => peer.request('echo', [value]))
  for (const value of [1, 2, 3]) {
    let { method, id } = (await raw.next()) as { method: string; id?: number }
    while (method !== 'echo')
      ({ method, id } = (await raw.next()) as { method: string; id?: number })
    raw.send(JSON.stringify({ jsonrpc: '2.0', id, result: value }))
  }
  expect(await Promise.all(calls)).toEqual([1, 2, 3])
})

test('invalid: the budget is counted over its period, and then the connection closes with 1008', async () => {
  const { clock, peer, raw } = peerWith({ invalid: 2, invalidPeriod: 1_000 })
  for (let period = 0; period < 3; period++) {
    raw.send('{')
    raw.send('7')
    expect(await raw.fence()).toHaveLength(2)
    clock.advance(1_001)
  }
  for (let sent = 0; sent < 3; sent++) raw.send('{')
  expect(await peer.closed).toMatchObject({ code: 1008 })
  expect((await raw.closed).code).toBe(1008)
})

test('hello: an end that does not answer in time is foreign, and calls went on all the while', async () => {
  const { clock, raw, near } = silentEnd()
  const { id } = (await raw.next()) as { id: number }
  const call = near.request('echo')
  raw.send(`{"jsonrpc":"2.0","id":${((await raw.next()) as { id: number }).id},"result":1}`)
  expect(await call).toBe(1)
  clock.advance(defaultLimits.hello)
  expect(await near.greeted).toMatchObject({ foreign: true, error: { code: errorCodes.timeout } })
  expect(await raw.next()).toMatchObject({ method: '$/cancelRequest', params: { id } })
})

function silentEnd() {
  const clock = new Clock()
  const [one, other] = memoryPair()
  return { clock, near: new Peer(one, { hello: true, runtime: clock }), raw: new Raw(other) }
}

test('stall: bytes at the limit that stand still close the connection with 4008, and those that move do not', async () => {
  const clock = new Clock()
  const slow = new SlowTransport()
  const peer = new Peer(slow, { runtime: clock, limits: { unsent: 1_000, stall: 100 } })
  await slow.started
  peer.notify('note', ['x'.repeat(2_000)])
  expect(() => peer.notify('note')).toThrow()
  const flushed = peer.flush()
  slow.leave(1)
  clock.advance(100)
  expect(peer.state).toBe('open')
  clock.advance(100)
  expect(await peer.closed).toMatchObject({ code: 4008 })
  await flushed
  expect(clock.timers).toBe(0)
})

test('stall: a batch that stands still closes the connection with 4008', async () => {
  const clock = new Clock()
  const slow = new SlowTransport()
  const peer = new Peer(slow, { runtime: clock, limits: { unsent: 1_000, stall: 100 } })
  await slow.started
  const outcomes = peer.batch([{ method: 'long', params: ['x'.repeat(2_000)] }])
  clock.advance(100)
  expect(await peer.closed).toMatchObject({ code: 4008 })
  expect(await outcomes).toMatchObject([{ reason: { code: errorCodes.closed } }])
})

test('stall: a peer that closes while it takes in what waited sets no timer any more', async () => {
  const clock = new Clock()
  const slow = new SlowTransport()
  const peer = new Peer(slow, { runtime: clock, limits: { unsent: 1_000 } })
  const ran: string[] = []
  peer.on('first', () => {
    ran.push('first')
    peer.notify('note', ['x'.repeat(2_000)])
    void peer.close()
  })
  peer.on('second', () => ran.push('second'))
  await slow.started
  peer.notify('note', ['x'.repeat(2_000)])
  slow.arrive('{"jsonrpc":"2.0","method":"first"}')
  slow.arrive('{"jsonrpc":"2.0","method":"second"}')
  expect(ran).toEqual([])
  slow.drain()
  await peer.closed
  expect(ran).toEqual(['first'])
  expect(clock.timers).toBe(0)
})

test('held: a long call is counted whole, however many answers come in one frame with it', async () => {
  const slow = new SlowTransport()
  const peer = new Peer(slow, { limits: { unsent: 1_000, held: 5_000 } })
  await slow.started
  peer.notify('note', ['x'.repeat(2_000)])
  const call = { jsonrpc: '2.0', method: 'note', params: ['x'.repeat(2_500)] }
  const answers = Array.from({ length: 20 }, () => ({ jsonrpc: '2.0', id: 1, result: 1 }))
  slow.arrive(JSON.stringify([call, ...answers]))
  expect(peer.state).toBe('open')
  slow.arrive(JSON.stringify([call, ...answers]))
  expect(peer.state).toBe('closed')
  expect(await peer.closed).toMatchObject({ code: 4008 })
})

test('held: what was taken in counts no more', async () => {
  const slow = new SlowTransport()
  const peer = new Peer(slow, { limits: { unsent: 1_000, held: 5_000 } })
  let heard = 0
  peer.on('note', () => heard++)
  await slow.started
  for (let round = 0; round < 10; round++) {
    peer.notify('note', ['x'.repeat(2_000)])
    const call = { jsonrpc: '2.0', method: 'note', params: ['x'.repeat(1_500)] }
    slow.arrive(JSON.stringify([call, call, call]))
    expect(heard).toBe(3 * round)
    slow.drain()
  }
  expect(heard).toBe(30)
  expect(peer.state).toBe('open')
})

test('frames: one of 128 messages is taken, and a longer one is refused as invalid', async () => {
  const { peer, raw } = peerWith({ invalid: 1 })
  let heard = 0
  peer.on('note', () => heard++)
  raw.send(
    '{"jsonrpc":"2.0","id":1,"method":"rpc.hello","params":{"protocol":1,"features":["frames"]}}',
  )
  expect(await raw.next()).toMatchObject({ id: 1, result: { protocol: 1 } })
  const frameOf = (length: number) =>
    JSON.stringify(Array(length).fill({ jsonrpc: '2.0', method: 'note' }))
  raw.send(frameOf(128))
  expect(await raw.fence()).toEqual([])
  expect(heard).toBe(128)
  raw.send(frameOf(129))
  expect(await raw.next()).toEqual(refused(errorCodes.invalidRequest))
  raw.send(frameOf(129))
  expect(await peer.closed).toMatchObject({ code: 1008 })
  expect(heard).toBe(128)
})

test('held: one that asks and asks and reads no answer is closed with 4008', async () => {
  const slow = new SlowTransport()
  let ran = 0
  const peer = new Peer(slow, { limits: { unsent: 1_000, held: 5_000 } })
  peer.handle('long', () => {
    ran++
    return 'x'.repeat(2_000)
  })
  await slow.started
  for (let id = 1; id <= 200 && peer.state === 'open'; id++) {
    slow.arrive(`{"jsonrpc":"2.0","id":${id},"method":"long"}`)
  }
  expect(await peer.closed).toMatchObject({ code: 4008, reason: expect.stringContaining('5000') })
  expect(ran).toBe(1)
})

test('what waits because it is not sent yet counts as buffered', async () => {
  const slow = new SlowTransport()
  const peer = new Peer(slow, { limits: { unsent: 1_000 } })
  await slow.started
  const waiting = [1, 2, 3].map((id) => peer.request('long', [id, 'x'.repeat(2_000)]))
  expect(peer.buffered).toBeGreaterThan(6_000)
  await peer.close()
  for (const call of waiting) await expect(call).rejects.toMatchObject({ code: errorCodes.closed })
})

/** A transport into which nobody reaches, whose bytes leave when told to. */
class SlowTransport {
  buffered = 0
  readonly started: Promise<void>
  #resolve: () => void = () => {}
  #listener: TransportListener | undefined

  constructor() {
    this.started = new Promise((resolve) => (this.#resolve = resolve))
  }

  start(listener: TransportListener): void {
    this.#listener = listener
    this.#resolve()
  }

  send(frame: string | Uint8Array): void {
    this.buffered += frame.length
  }

  arrive(frame: string): void {
    this.#listener?.frame(frame)
  }

  /** Lets all leave that waits, and says so. */
  drain(): void {
    this.buffered = 0
    this.#listener?.writable()
  }

  leave(bytes: number): void {
    this.buffered -= bytes
  }

  close(reason = { code: 1000, reason: '' }): void {
    this.#listener?.closed(reason)
  }
}
