import {
  errorCodes,
  type InboundCall,
  type Interceptor,
  memoryPair,
  type OutboundCall,
  Peer,
  type PeerOptions,
  RpcError,
} from 'bothways'
import { expect, test } from 'vitest'

function pair(near: PeerOptions, far: PeerOptions = {}) {
  const [one, other] = memoryPair()
  return { caller: new Peer(one, near), callee: new Peer(other, far) }
}

test('interceptors stand around handlers, the first outermost, and see what comes of them', async () => {
  const log: string[] = []
  const logging =
    (name: string): Interceptor<InboundCall> =>
    async (call, next) => {
      log.push(`${name}: ${call.method}`)
      const result = await next(call)
      log.push(`${name}: ${JSON.stringify(result)}`)
      return result
    }
  const { caller, callee } = pair({}, { inbound: [logging('outer'), logging('inner')] })
  callee.handle('double', ([n]) => n * 2)
  expect(await caller.request('double', [21])).toBe(42)
  expect(log).toEqual(['outer: double', 'inner: double', 'inner: 42', 'outer: 42'])
})

test('an interceptor changes params and results, answers itself, and refuses', async () => {
  const guard: Interceptor<InboundCall> = (call, next) => {
    if (call.method === 'secret') throw new RpcError(-32058, 'not for you')
    if (call.method === 'cached') return 'from the cache'
    return next({ ...call, params: { ...(call.params as object), user: 'ada' } })
  }
  const { caller, callee } = pair({}, { inbound: [guard] })
  let ran = 0
  callee.handle('whoami', ({ user }) => user)
  for (const method of ['secret', 'cached']) callee.handle(method, () => ran++)
  expect(await caller.request('whoami', {})).toBe('ada')
  expect(await caller.request('cached')).toBe('from the cache')
  await expect(caller.request('secret')).rejects.toMatchObject({ code: -32058 })
  expect(ran).toBe(0)
})

test('notifications and streams pass interceptors too', async () => {
  const seen: string[] = []
  const logging: Interceptor<InboundCall> = (call, next) => {
    seen.push(`${call.context.kind} ${call.method}`)
    return next(call)
  }
  const { caller, callee } = pair({}, { inbound: [logging] })
  callee.on('log', () => {})
  callee.handle('count', async function* () {
    yield 1
  })
  caller.notify('log')
  for await (const _ of caller.stream('count'));
  expect(seen).toEqual(['notification log', 'stream count'])
})

test('interceptors stand around what this end asks and tells, streams and call backs included', async () => {
  const seen: string[] = []
  const outbound: Interceptor<OutboundCall>[] = [
    (call, next) => {
      seen.push(`${call.kind} ${call.method}`)
      return next({ ...call, params: { ...call.params, by: 'interceptor' } })
    },
  ]
  const { caller, callee } = pair({ outbound }, { outbound })
  callee.handle('echo', (params) => params)
  callee.handle('count', async function* (params) {
    yield params
  })
  callee.handle('ask', (_params, { remote }) => remote.request('answer'))
  caller.handle('answer', (params) => params)
  expect(await caller.request('echo', { a: 1 })).toEqual({ a: 1, by: 'interceptor' })
  for await (const item of caller.stream('count')) expect(item).toEqual({ by: 'interceptor' })
  caller.notify('told')
  expect(await caller.request('ask')).toEqual({ by: 'interceptor' })
  expect(seen).toEqual([
    'request echo',
    'stream count',
    'notification told',
    'request ask',
    'request answer',
  ])
})

test('an interceptor tries a call again, and what it throws rejects the call', async () => {
  let tries = 0
  const retrying: Interceptor<OutboundCall> = (call, next) => {
    if (call.method === 'forbidden') throw new Error('not from here')
    return Promise.resolve(next(call)).catch(() => next(call))
  }
  const { caller, callee } = pair({ outbound: [retrying] })
  callee.handle('flaky', () => {
    if (tries++ === 0) throw new Error('once')
    return tries
  })
  expect(await caller.request('flaky')).toBe(2)
  await expect(caller.request('forbidden')).rejects.toThrow('not from here')
  expect(() => caller.notify('forbidden')).toThrow('not from here')
})

test('calls leave in the turn and the order they were made in, interceptors or not', async () => {
  const { caller, callee } = pair({ outbound: [(call, next) => next(call)] })
  const order: unknown[] = []
  callee.on('note', ([n]) => order.push(n))
  callee.handle('ask', ([n]) => order.push(n))
  caller.notify('note', [1])
  const asked = caller.request('ask', [2])
  caller.notify('note', [3])
  await asked
  await caller.request('nobody').catch(() => {})
  expect(order).toEqual([1, 2, 3])
})

test('an async interceptor whose notification fails raises no unhandled rejection, and tells onDiagnostic', async () => {
  const told: unknown[] = []
  const { caller } = pair({
    outbound: [async (call, next) => next(call)],
    onDiagnostic: ({ kind, cause }) => told.push([kind, cause]),
  })
  await caller.close()
  caller.notify('log')
  await expect
    .poll(() => told)
    .toEqual([['undelivered', expect.objectContaining({ code: errorCodes.closed })]])
})

test('an async interceptor of a stream is refused in words', async () => {
  const { caller } = pair({ outbound: [async (call, next) => next(call)] })
  expect(() => caller.stream('count')).toThrow(
    '"count" passed an async interceptor, and is not awaited',
  )
  await caller.close()
})
