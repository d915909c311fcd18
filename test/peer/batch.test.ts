import {
  type Diagnostic,
  errorCodes,
  type Interceptor,
  memoryPair,
  type OutboundCall,
  Peer,
  type PeerOptions,
  RpcError,
} from 'bothways'
import { describe, expect, test } from 'vitest'
import { Clock } from '../support/clock.js'
import { Raw } from '../support/raw.js'
import { tap } from '../support/tap.js'

interface Message {
  readonly id: number
  readonly method: string
  readonly params?: unknown
}

/** A peer under a clock of its own, and the raw end that it speaks to in plain JSON-RPC. */
function foreign(options: PeerOptions = {}) {
  const clock = new Clock()
  const diagnostics: Diagnostic[] = []
  const [near, far] = memoryPair()
  const onDiagnostic = (event: Diagnostic) => diagnostics.push(event)
  const peer = new Peer(near, { runtime: clock, onDiagnostic, ...options })
  return { peer, raw: new Raw(far), clock, diagnostics }
}

/** A peer whose other end, which is raw, said hello, and that it takes `meta` and `inbound` calls at once, but no frames. */
async function frameless(inbound: number, options: PeerOptions = {}) {
  const [near, far] = memoryPair()
  const peer = new Peer(near, { hello: true, ...options })
  const raw = new Raw(far)
  const { id } = (await raw.next()) as Message
  const result = { protocol: 1, features: ['meta'], limits: { inbound } }
  raw.send(JSON.stringify({ jsonrpc: '2.0', id, result }))
  await peer.greeted
  return { peer, raw }
}

const answer = ({ id, method }: Message) => ({ jsonrpc: '2.0', id, result: `${method} done` })

const refusal = (message: string) => ({
  jsonrpc: '2.0',
  id: null,
  error: { code: -32600, message },
})

/** Answers the next frame, a call or a batch of them, and returns it. */
async function answerNext(raw: Raw) {
  const frame = (await raw.next()) as Message | Message[]
  const answers = Array.isArray(frame) ? frame.filter(({ id }) => id).map(answer) : answer(frame)
  raw.send(JSON.stringify(answers))
  return frame
}

const a = { method: 'a' }
const b = { method: 'b' }
const told = { method: 'told', notify: true }
const done = (method: string) => ({ status: 'fulfilled', value: `${method} done` })
const failed = (message: string) => ({ status: 'rejected', reason: { message } })

describe('interceptors', () => {
  test('stand around every call and notification of a batch, which leaves as one array', async () => {
    const seen: string[] = []
    const signing: Interceptor<OutboundCall> = (call, next) => {
      seen.push(`${call.kind} ${call.method}`)
      return next({ ...call, method: `v2.${call.method}`, params: { signed: call.method } })
    }
    const { peer, raw } = foreign({ outbound: [signing] })
    const outcomes = peer.batch([a, told, b])
    expect(await answerNext(raw)).toMatchObject([
      { method: 'v2.a', params: { signed: 'a' } },
      { method: 'v2.told', params: { signed: 'told' } },
      { method: 'v2.b', params: { signed: 'b' } },
    ])
    expect(await outcomes).toEqual([done('v2.a'), { status: 'sent' }, done('v2.b')])
    expect(seen).toEqual(['request a', 'notification told', 'request b'])
    expect(raw.frames).toHaveLength(1)
  })

  test('change what comes of a call of a batch', async () => {
    const loud: Interceptor<OutboundCall> = async (call, next) => `${await next(call)}!`
    const { peer, raw } = foreign({ outbound: [loud] })
    const outcomes = peer.batch([a])
    await answerNext(raw)
    expect(await outcomes).toEqual([{ status: 'fulfilled', value: 'a done!' }])
  })

  test('answer and refuse calls of a batch, which are not sent', async () => {
    const guard: Interceptor<OutboundCall> = (call, next) => {
      if (call.method === 'cached') return 'from the cache'
      if (call.method.startsWith('secret')) throw new RpcError(403, `no ${call.method}`)
      return next(call)
    }
    const { peer, raw } = foreign({ outbound: [guard] })
    const outcomes = peer.batch([
      { method: 'cached' },
      a,
      { method: 'secret.ask' },
      { method: 'secret.tell', notify: true },
    ])
    expect(await answerNext(raw)).toMatchObject([{ method: 'a' }])
    const ends = [
      { status: 'fulfilled', value: 'from the cache' },
      done('a'),
      failed('no secret.ask'),
      failed('no secret.tell'),
    ]
    expect(await outcomes).toMatchObject(ends)
    expect(await peer.batch([{ method: 'cached' }])).toEqual([ends[0]])
    await raw.fence()
    expect(raw.frames).toHaveLength(2)
  })

  test('let a call leave by itself where they go on with it later', async () => {
    let token: (value: string) => void = () => {}
    const signing: Interceptor<OutboundCall> = async (call, next) => {
      if (call.method === 'b') return next(call)
      const signed = await new Promise((resolve) => (token = resolve))
      return next({ ...call, params: { signed } })
    }
    const { peer, raw } = foreign({ outbound: [signing] })
    const outcomes = peer.batch([a, b, b])
    expect(await answerNext(raw)).toMatchObject([{ method: 'b' }, { method: 'b' }])
    token('ada')
    expect(await answerNext(raw)).toMatchObject({ method: 'a', params: { signed: 'ada' } })
    expect(await outcomes).toEqual([done('a'), done('b'), done('b')])
  })

  test('that are async and refuse a notification of a batch are heard of in its outcome', async () => {
    const guard: Interceptor<OutboundCall> = async ({ method }) => {
      throw new RpcError(403, `no ${method}`)
    }
    const { peer, diagnostics } = foreign({ outbound: [guard] })
    expect(await peer.batch([told, a])).toMatchObject([failed('no told'), failed('no a')])
    expect(diagnostics).toEqual([])
  })

  test('that try a call of a batch again send it by itself', async () => {
    const retrying: Interceptor<OutboundCall> = (call, next) =>
      Promise.resolve(next(call)).catch(() => next(call))
    const { peer, raw } = foreign({ outbound: [retrying] })
    const outcomes = peer.batch([a])
    const [call] = (await raw.next()) as [Message]
    raw.send(JSON.stringify([{ ...refusal('later'), id: call.id }]))
    expect(await answerNext(raw)).toMatchObject({ method: 'a' })
    expect(await outcomes).toEqual([done('a')])
  })

  test('give a call of a batch its timeout, its signal and its meta', async () => {
    const clock = new Clock()
    const abort = new AbortController()
    const own = { a: { timeout: 50 }, b: { signal: abort.signal }, c: { meta: { trace: 'x' } } }
    const bounding: Interceptor<OutboundCall> = (call, next) =>
      next({ ...call, options: own[call.method as keyof typeof own] })
    const { peer, raw } = await frameless(10, { outbound: [bounding], runtime: clock })
    const outcomes = peer.batch([a, b, { method: 'c' }])
    const [first, second, third] = (await raw.next()) as Message[]
    expect([first, third]).toMatchObject([{ meta: { timeoutMs: 50 } }, { meta: { trace: 'x' } }])
    clock.advance(50)
    abort.abort(new Error('never mind'))
    expect(await raw.fence()).toMatchObject([
      { method: '$/cancelRequest', params: { id: first?.id } },
      { method: '$/cancelRequest', params: { id: second?.id } },
    ])
    raw.send(JSON.stringify([answer(third as Message)]))
    expect(await outcomes).toMatchObject([
      { status: 'rejected', reason: { code: errorCodes.timeout, delivery: 'unknown' } },
      failed('never mind'),
      done('c'),
    ])
  })

  test('send what they call themselves meanwhile by itself, behind what they let pass', async () => {
    const asking: Interceptor<OutboundCall> = (call, next) => {
      if (call.method === 'b') peer.notify('log')
      return next(call)
    }
    const [near, far] = memoryPair()
    const left: string[] = []
    const peer = new Peer(tap(near, left), { outbound: [asking] })
    const raw = new Raw(far)
    await raw.fence()
    left.length = 0
    const outcomes = peer.batch([a, b])
    expect(left.map((text) => JSON.parse(text))).toMatchObject([
      [{ method: 'a' }, { method: 'b' }],
      { method: 'log' },
    ])
    await answerNext(raw)
    expect(await outcomes).toEqual([done('a'), done('b')])
  })

  test('that go on twice send no more at once than the other end takes', async () => {
    const twice: Interceptor<OutboundCall> = async (call, next) =>
      (await Promise.all([next(call), next(call)]))[1]
    const { peer, raw } = await frameless(3, { outbound: [twice] })
    const outcomes = peer.batch([a, b])
    const array = (await raw.next()) as Message[]
    expect(array).toMatchObject([{ method: 'a' }, { method: 'a' }, { method: 'b' }])
    expect(await raw.fence()).toEqual([])
    raw.send(JSON.stringify(array.map(answer)))
    expect(await answerNext(raw)).toMatchObject({ method: 'b' })
    expect(await outcomes).toEqual([done('a'), done('b')])
  })

  test('that end a call of a batch before it leaves keep it from leaving', async () => {
    const abort = new AbortController()
    const ending: Interceptor<OutboundCall> = (call, next) => {
      if (call.method === 'b') abort.abort(new Error('never mind'))
      return next({ ...call, options: call.method === 'a' ? { signal: abort.signal } : {} })
    }
    const { peer, raw } = foreign({ outbound: [ending] })
    const outcomes = peer.batch([a, b])
    expect(await answerNext(raw)).toMatchObject([{ method: 'b' }])
    expect(await outcomes).toMatchObject([failed('never mind'), done('b')])
  })

  test('that close the peer meanwhile leave no call unsettled and no notification untold', async () => {
    const closing: Interceptor<OutboundCall> = (call, next) => {
      if (call.method === 'b') void peer.close()
      return next(call)
    }
    const { peer, diagnostics } = foreign({ outbound: [closing] })
    const closed = {
      status: 'rejected',
      reason: { code: errorCodes.closed, delivery: 'unsent' },
    }
    expect(await peer.batch([a, told, b])).toMatchObject([closed, { status: 'sent' }, closed])
    expect(diagnostics).toMatchObject([{ kind: 'undelivered', method: 'told' }])
  })
})

test('what is no call fails in its place, and the others of the batch are made', async () => {
  const { peer, raw } = foreign()
  const outcomes = peer.batch([a, null as never, b])
  await answerNext(raw)
  expect(await outcomes).toMatchObject([done('a'), { status: 'rejected' }, done('b')])
})

test('a batch is as long as a message may be, in bytes, and no longer', async () => {
  const call = { method: 'note', params: ['é'.repeat(100)] }
  const { peer, raw } = foreign()
  void peer.batch([call, call, call])
  const { length } = new TextEncoder().encode(await raw.nextText())
  for (const [message, fitting] of [
    [length, 3],
    [length - 1, 2],
  ] as const) {
    const { peer, raw } = foreign({ limits: { message } })
    const outcomes = peer.batch([call, call, call])
    expect(await answerNext(raw)).toHaveLength(fitting)
    expect((await outcomes).filter(({ status }) => status === 'fulfilled')).toHaveLength(fitting)
  }
})

test('a batch leaves whole where nothing else waits to leave, as one long message does', async () => {
  const call = { method: 'long', params: ['x'.repeat(600)] }
  const { peer, raw } = foreign({ limits: { unsent: 1_000 } })
  const outcomes = peer.batch([call, call])
  expect(await answerNext(raw)).toHaveLength(2)
  expect(await outcomes).toEqual([done('long'), done('long')])
})

describe('an error without an id', () => {
  test('for each of two batches fails both', async () => {
    const { peer, raw, diagnostics } = foreign()
    const batches = [peer.batch([a, b]), peer.batch([a])]
    raw.send(JSON.stringify(refusal('one')))
    raw.send(JSON.stringify(refusal('two')))
    expect(await Promise.all(batches)).toMatchObject([
      [failed('one'), failed('one')],
      [failed('two')],
    ])
    expect(diagnostics).toMatchObject([{ kind: 'errorWithoutId', message: '-32600: one' }])
  })

  test('fails the one batch that is left of two when the other is answered', async () => {
    const { peer, raw } = foreign()
    const [one, two] = [peer.batch([a, b]), peer.batch([a])]
    await raw.next()
    raw.send(JSON.stringify(refusal('no')))
    await answerNext(raw)
    expect(await two).toEqual([done('a')])
    expect(await one).toMatchObject([failed('no'), failed('no')])
  })

  test('is for no batch that was sent after it arrived', async () => {
    const { peer, raw } = foreign()
    const [one, two] = [peer.batch([a]), peer.batch([a])]
    raw.send(JSON.stringify(refusal('first')))
    await raw.fence()
    const three = peer.batch([b])
    raw.send(JSON.stringify(refusal('second')))
    await raw.fence()
    const [call] = JSON.parse(raw.frames[0] ?? '') as [Message]
    raw.send(JSON.stringify([answer(call)]))
    expect(await one).toEqual([done('a')])
    expect(await two).toMatchObject([failed('first')])
    expect(await three).toMatchObject([failed('second')])
  })

  test('fails no batch where another that was given up may be meant', async () => {
    const { peer, raw, clock } = foreign({ timeout: 100 })
    const late = peer.batch([a])
    clock.advance(100)
    expect(await late).toMatchObject([{ reason: { code: errorCodes.timeout } }])
    const [, cancel] = [await raw.next(), await raw.next()]
    expect(cancel).toMatchObject({ method: '$/cancelRequest' })
    const outcomes = peer.batch([b])
    raw.send(JSON.stringify(refusal('too late')))
    await answerNext(raw)
    expect(await outcomes).toEqual([done('b')])
  })

  test('is for one of the last 100 batches, however many were given up before', async () => {
    const { peer, raw, clock } = foreign({ timeout: 100 })
    for (let count = 0; count < 150; count++) void peer.batch([a])
    clock.advance(100)
    await raw.fence()
    for (let count = 0; count < 120; count++) raw.send(JSON.stringify(refusal(`no ${count}`)))
    await raw.fence()
    const outcomes = peer.batch([b])
    raw.send(JSON.stringify(refusal('no more')))
    await raw.fence()
    expect(await outcomes).toMatchObject([failed('no 99')])
    const batches = [peer.batch([a]), peer.batch([b])]
    await answerNext(raw)
    await answerNext(raw)
    expect(await Promise.all(batches)).toEqual([[done('a')], [done('b')]])
  })

  test('fails what is left of a batch of which a call was given up', async () => {
    const abort = new AbortController()
    const giving: Interceptor<OutboundCall> = (call, next) =>
      next({ ...call, options: call.method === 'a' ? { signal: abort.signal } : {} })
    const { peer, raw } = foreign({ outbound: [giving] })
    const outcomes = peer.batch([a, b])
    abort.abort(new Error('never mind'))
    raw.send(JSON.stringify(refusal('no')))
    expect(await outcomes).toMatchObject([failed('never mind'), failed('no')])
  })

  test('among the answers to a batch fails the call that has none, and no other', async () => {
    const { peer, raw } = foreign()
    const [one, two] = [peer.batch([a, b]), peer.batch([a])]
    const [, call] = (await raw.next()) as [Message, Message]
    raw.send(JSON.stringify([refusal('too deep'), answer(call)]))
    expect(await one).toMatchObject([failed('too deep'), done('b')])
    await answerNext(raw)
    expect(await two).toEqual([done('a')])
  })

  test('among the answers to all calls of a batch fails nobody, and is reported', async () => {
    const { peer, raw, diagnostics } = foreign()
    const [one, two] = [peer.batch([a, told]), peer.batch([b])]
    const [call] = (await raw.next()) as [Message]
    raw.send(JSON.stringify([refusal('what was told'), answer(call)]))
    expect(await one).toEqual([done('a'), { status: 'sent' }])
    await answerNext(raw)
    expect(await two).toEqual([done('b')])
    expect(diagnostics).toMatchObject([
      { kind: 'errorWithoutId', message: '-32600: what was told' },
    ])
  })

  test('for each call, in one array, fails one batch', async () => {
    const { peer, raw } = foreign()
    const batches = [peer.batch([a, b]), peer.batch([a, b])]
    await raw.next()
    raw.send(JSON.stringify([refusal('too deep'), refusal('too deep')]))
    await answerNext(raw)
    expect(await batches[1]).toEqual([done('a'), done('b')])
    expect(await batches[0]).toMatchObject([failed('too deep'), failed('too deep')])
  })

  test('is what a peer answers to a call of a batch that it cannot look at', async () => {
    const [one, other] = memoryPair()
    new Peer(one, { limits: { nesting: 8 }, handlers: { a: () => 'a done', b: () => 'b done' } })
    const deep = JSON.parse(`${'['.repeat(10)}${']'.repeat(10)}`)
    const peer = new Peer(other)
    expect(await peer.batch([{ method: 'a', params: deep }, b])).toMatchObject([
      {
        status: 'rejected',
        reason: { code: errorCodes.limitExceeded, data: { limit: 'nesting' } },
      },
      done('b'),
    ])
  })
})
