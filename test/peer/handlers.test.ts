import { type Diagnostic, errorCodes, memoryPair, Peer, type PeerOptions, RpcError } from 'bothways'
import { expect, test } from 'vitest'
import { Raw } from '../support/raw.js'

function peerWith(options: PeerOptions = {}) {
  const [one, other] = memoryPair()
  return { peer: new Peer(one, options), raw: new Raw(other) }
}

test('a listener that registers itself again is told once a notification', async () => {
  const { peer, raw } = peerWith()
  let told = 0
  const listen = () => {
    told++
    registration.dispose()
    if (told < 10) registration = peer.on('note', listen)
  }
  let registration = peer.on('note', listen)
  raw.send('{"jsonrpc":"2.0","method":"note"}')
  await raw.fence()
  expect(told).toBe(1)
})

test('disposing of a listener twice leaves those that came later', async () => {
  const { peer, raw } = peerWith()
  const first = peer.on('note', () => {})
  first.dispose()
  let told = 0
  peer.on('note', () => told++)
  first.dispose()
  raw.send('{"jsonrpc":"2.0","method":"note"}')
  await raw.fence()
  expect(told).toBe(1)
})

test('one listener that throws keeps nothing from the others, and is diagnosed', async () => {
  const events: Diagnostic[] = []
  const { peer, raw } = peerWith({ onDiagnostic: (event) => events.push(event) })
  let told = 0
  peer.on('note', () => {
    throw new Error('no')
  })
  peer.on('note', () => told++)
  peer.on('note', () => Promise.reject(undefined))
  raw.send('{"jsonrpc":"2.0","method":"note"}')
  await raw.fence()
  expect(told).toBe(1)
  expect(events.map(({ kind, method }) => ({ kind, method }))).toEqual([
    { kind: 'listenerFailed', method: 'note' },
    { kind: 'listenerFailed', method: 'note' },
  ])
})

test('a notification runs the handler of a request where nobody listens, and its result is nobody’s', async () => {
  const { peer, raw } = peerWith()
  const handled: unknown[] = []
  peer.handle('note', (params, { kind }) => handled.push([params, kind]))
  raw.send('{"jsonrpc":"2.0","method":"note","params":[1]}')
  expect(await raw.fence()).toEqual([])
  expect(handled).toEqual([[[1], 'notification']])
})

test('a request of a method that has only listeners is refused', async () => {
  const { peer, raw } = peerWith()
  peer.on('note', () => {})
  raw.send('{"jsonrpc":"2.0","id":1,"method":"note"}')
  expect(await raw.next()).toMatchObject({ id: 1, error: { code: errorCodes.methodNotFound } })
})

test('a notification that nobody listens to is diagnosed, and one that onUnhandled takes is not', async () => {
  const events: Diagnostic[] = []
  const onDiagnostic = (event: Diagnostic) => events.push(event)
  const { raw } = peerWith({ onDiagnostic })
  raw.send('{"jsonrpc":"2.0","method":"nobody"}')
  expect(await raw.fence()).toEqual([])
  const told = {
    kind: 'unheardNotification',
    method: 'nobody',
    message: 'nobody listens to "nobody"',
  }
  expect(events).toEqual([told])
  const taken: string[] = []
  const gateway = peerWith({ onDiagnostic, onUnhandled: (_, { method }) => taken.push(method) })
  gateway.raw.send('{"jsonrpc":"2.0","method":"nobody"}')
  await gateway.raw.fence()
  expect(taken[0]).toBe('nobody')
  expect(events).toEqual([told])
})

test('a method has one handler, and the names of the protocol have none', () => {
  const { peer } = peerWith()
  const first = peer.handle('echo', () => {})
  expect(() => peer.handle('echo', () => {})).toThrow('"echo" has a handler already')
  first.dispose()
  peer.handle('echo', () => {})
  for (const method of ['rpc.hello', 'rpc.made.up', '$/cancelRequest'])
    expect(() => peer.handle(method, () => {})).toThrow(/belongs to the protocol/)
})

test.each([
  [
    'an error whose message is a symbol',
    () => Object.assign(new Error('no'), { message: Symbol('no') }),
  ],
  [
    'an error whose message throws',
    () => Object.defineProperty(new Error('no'), 'message', { get: fail }),
  ],
  ['an object without prototype', () => Object.create(null)],
  ['a function', () => fail],
  ['a symbol', () => Symbol('no')],
  ['null', () => null],
  [
    'an RpcError whose data is a cycle',
    () => {
      const data: { self?: unknown } = {}
      data.self = data
      return new RpcError(1, 'no', { data })
    },
  ],
  ['an RpcError whose code is no integer', () => new RpcError(1.5, 'no')],
])('a handler that throws %s has failed like any other', async (_, make) => {
  const { peer, raw } = peerWith()
  peer.handle('throws', () => {
    throw make()
  })
  peer.handle('rejects', () => Promise.reject(make()))
  raw.send('{"jsonrpc":"2.0","id":1,"method":"throws"}')
  expect(await raw.next()).toMatchObject({
    id: 1,
    error: { code: expect.any(Number), message: expect.any(String) },
  })
  raw.send('{"jsonrpc":"2.0","id":2,"method":"rejects"}')
  expect(await raw.next()).toMatchObject({
    id: 2,
    error: { code: expect.any(Number), message: expect.any(String) },
  })
})

function fail(): never {
  throw new Error('not even that')
}

test('a malformed request with an id that this end waits for settles nothing of this end', async () => {
  const { peer, raw } = peerWith()
  const call = peer.request('echo')
  await raw.next()
  raw.send('{"jsonrpc":"1.0","id":1,"method":"echo"}')
  expect(await raw.next()).toMatchObject({ id: 1, error: { code: errorCodes.invalidRequest } })
  raw.send('{"jsonrpc":"2.0","id":1,"result":"the answer"}')
  expect(await call).toBe('the answer')
})

test('an answer with neither result nor error fails the call it is for', async () => {
  const { peer, raw } = peerWith()
  const call = peer.request('echo')
  await raw.next()
  raw.send('{"jsonrpc":"2.0","id":1}')
  await expect(call).rejects.toMatchObject({ code: errorCodes.protocol, method: 'echo' })
})

test('the data of an error arrives as it was thrown, whatever it is', async () => {
  for (const data of [[1, 2], 'text', 7, false, { a: 1 }]) {
    const { peer, raw } = peerWith()
    peer.handle('throws', () => {
      throw new RpcError(7, 'no', { data })
    })
    raw.send('{"jsonrpc":"2.0","id":1,"method":"throws"}')
    expect(await raw.next()).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: { code: 7, message: 'no', data },
    })
  }
})

/** What `peer` is told where its call of "other" is answered with `error`. */
async function answeredWith(peer: Peer, raw: Raw, error: object): Promise<RpcError> {
  const call = peer.request('other').catch((reason: RpcError) => reason)
  const { id } = (await raw.next()) as { id: number }
  raw.send(JSON.stringify({ jsonrpc: '2.0', id, error: { message: 'no', ...error } }))
  return (await call) as RpcError
}

test('whether a call was delivered is believed only of our own codes, and a hint only where it is text', async () => {
  const { peer, raw } = peerWith()
  const data = { delivery: 'unsent', hint: 'try again' }
  const ours = await answeredWith(peer, raw, { code: errorCodes.busy, data })
  expect(ours).toMatchObject({ delivery: 'unsent', hint: 'try again', data })
  for (const code of [7, errorCodes.internal, errorCodes.methodNotFound, errorCodes.timeout + 1]) {
    const theirs = await answeredWith(peer, raw, { code, data })
    expect(theirs).toMatchObject({ hint: 'try again', data })
    expect(theirs.delivery).toBeUndefined()
  }
  const madeUp = { delivery: 'lost', hint: 7 }
  const odd = await answeredWith(peer, raw, { code: errorCodes.busy, data: madeUp })
  expect([odd.hint, odd.delivery, odd.data]).toEqual([undefined, undefined, madeUp])
})

test('the failure of a call that a handler made says nothing of whether the handler’s own call was delivered', async () => {
  const { peer, raw } = peerWith()
  peer.handle('outer', (_, { remote }) => remote.request('inner'))
  peer.handle('late', (_, { remote }) => remote.request('inner', [1n]))
  raw.send('{"jsonrpc":"2.0","id":"a","method":"outer"}')
  const { id } = (await raw.next()) as { id: number }
  const data = { reason: 'busy', delivery: 'unsent', hint: 'later' }
  const error = { code: errorCodes.busy, message: 'no', data }
  raw.send(JSON.stringify({ jsonrpc: '2.0', id, error }))
  expect(await raw.next()).toEqual({
    jsonrpc: '2.0',
    id: 'a',
    error: { ...error, data: { reason: 'busy', hint: 'later' } },
  })
  raw.send('{"jsonrpc":"2.0","id":"b","method":"late"}')
  const own = (await raw.next()) as { error: { code: number; data: object } }
  expect(own.error.code).toBe(errorCodes.encoding)
  expect(own.error.data).not.toHaveProperty('delivery')
})

test('a gateway passes on what it was answered as it is', async () => {
  const { raw } = peerWith({
    onUnhandled: (params, { method, remote }) => remote.request(method, params),
  })
  raw.send('{"jsonrpc":"2.0","id":"a","method":"anything"}')
  const { id } = (await raw.next()) as { id: number }
  const error = { code: errorCodes.calleeLost, message: 'gone', data: { delivery: 'unsent' } }
  raw.send(JSON.stringify({ jsonrpc: '2.0', id, error }))
  expect(await raw.next()).toEqual({ jsonrpc: '2.0', id: 'a', error })
})

test('an error of our own keeps data that is an array', async () => {
  const { peer, raw } = peerWith()
  peer.handle('throws', () => {
    throw new RpcError(errorCodes.busy, 'later', { data: [1, 2] })
  })
  raw.send('{"jsonrpc":"2.0","id":1,"method":"throws"}')
  expect(await raw.next()).toMatchObject({ error: { code: errorCodes.busy, data: [1, 2] } })
})

test('flush waits for calls that the other end had no room for, and for what is sent meanwhile', async () => {
  const [one, other] = memoryPair()
  const near = new Peer(one, { hello: true })
  const far = new Peer(other, { limits: { inbound: 1 } })
  far.handle('work', async ([number]) => number)
  await near.greeted
  const calls = [1, 2, 3].map((number) => near.request('work', [number]))
  const flushed = near.flush()
  queueMicrotask(() => near.notify('note'))
  await flushed
  expect(near.buffered).toBe(0)
  expect(await Promise.all(calls)).toEqual([1, 2, 3])
})

test('flush resolves when the calls that waited for room are given up', async () => {
  const [one, other] = memoryPair()
  const near = new Peer(one, { hello: true })
  new Peer(other, { limits: { inbound: 1 }, handlers: { never: () => new Promise(() => {}) } })
  await near.greeted
  const controller = new AbortController()
  const waiting = [near.request('never'), near.request('never', [], { signal: controller.signal })]
  const settled = Promise.allSettled(waiting)
  const flushed = near.flush()
  await Promise.resolve()
  controller.abort()
  await flushed
  await near.close()
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})
