import {
  type CloseReason,
  defaultLimits,
  errorCodes,
  type Peer,
  type PeerOptions,
  RpcError,
} from 'bothways'
import { messagePack } from 'bothways/msgpack'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Clock } from '../support/clock.js'
import type { MakePair, Pair } from '../support/pair.js'
import { respond, unencodable } from '../support/responder.js'

/** One thing that must hold of every transport. */
interface Row {
  readonly claim: string
  readonly near?: PeerOptions
  readonly prove: (near: Peer, ends: Ends) => Promise<unknown>
}

interface Ends extends Pair {
  /** What an end sees where the other closes with 4321 and "as you wish". */
  readonly hungUp: CloseReason
  /** Why the far end's handler of "never" was told to stop; nothing where that end lives in another thread. */
  readonly stopped: () => unknown
}

/**
 * What must hold of two peers over any transport, in plain JSON-RPC and after `rpc.hello`. Where the transport has no
 * words for a close, `hungUp` is what is seen in place of its code and reason.
 */
export function conformance(
  name: string,
  makePair: MakePair,
  hungUp: CloseReason = { code: 4321, reason: 'as you wish' },
): void {
  describe.each([{ hello: false }, { hello: true }])(`${name}, hello: $hello`, ({ hello }) => {
    test.each(rows)('$claim', async ({ near, prove }) => {
      const pair = await makePair({ ...near, hello }, {})
      onTestFinished(async () => {
        await pair.dispose()
      })
      const stopped = pair.far && respond(pair.far)
      if (hello) expect(await pair.near.greeted).toMatchObject({ foreign: false })
      await prove(pair.near, { ...pair, hungUp, stopped: () => stopped?.next })
    })
  })
  describe(`${name}, with a codec at both ends`, () => {
    test.each(bytesRows)('$claim', async ({ prove }) => {
      const codec = messagePack()
      const pair = await makePair({ hello: true, codec }, { codec })
      onTestFinished(async () => {
        await pair.dispose()
      })
      if (pair.far) respond(pair.far)
      const { said } = await pair.near.greeted
      expect(said).toMatchObject({ features: expect.arrayContaining(['frames', 'bytes']) })
      await prove(pair.near)
    })
  })
}

/** What must hold of bytes over any transport, where both ends have a codec. */
const bytesRows: readonly { readonly claim: string; prove(near: Peer): Promise<unknown> }[] = [
  {
    claim: 'bytes arrive as they are, among whatever else, and stay with whoever sent them',
    prove: async (near) => {
      const whole = Uint8Array.from({ length: 70_000 }, (_, index) => index)
      const params = {
        none: new Uint8Array(0),
        part: whole.subarray(10, 20),
        list: [whole, 'ä😀', 1.5, null, { deep: [Uint8Array.of(255)] }],
      }
      expect(await near.request('echo', params)).toEqual(params)
      expect(whole.length).toBe(70_000)
      expect(await near.request('echo', [whole])).toEqual([whole])
    },
  },
  {
    claim: 'what is changed after it was sent arrives as it was',
    prove: async (near) => {
      const bytes = new Uint8Array(1_000)
      const answer = near.request('echo', [bytes])
      bytes.fill(1)
      expect(await answer).toEqual([new Uint8Array(1_000)])
    },
  },
  {
    claim: 'calls with bytes and calls without keep their order',
    prove: async (near) => {
      const calls = Array.from({ length: 100 }, (_, index) => {
        const params = index % 3 === 0 ? [index, Uint8Array.of(index)] : [index]
        return index % 5 === 0 ? near.notify('note', params) : near.request('order', params)
      })
      await Promise.all(calls)
      expect(await near.request('ordered')).toEqual(Array.from({ length: 100 }, (_, n) => n))
    },
  },
  {
    claim: 'streams of bytes go both ways at once, whole and in order',
    prove: async (near) => {
      async function* chunks() {
        for (let n = 0; n < 64; n++) yield n % 4 === 0 ? n : new Uint8Array(30_000).fill(n)
      }
      let count = 0
      for await (const item of near.stream('echoStream', {}, { input: chunks() })) {
        const [byte, length] = item instanceof Uint8Array ? [item[9], item.length] : [item, 30_000]
        if (byte === count && length === 30_000) count++
      }
      expect(count).toBe(64)
    },
  },
  {
    claim: 'leaving a stream of bytes leaves the connection as it was',
    prove: async (near) => {
      async function* endless() {
        for (;;) yield new Uint8Array(10_000)
      }
      for await (const _ of near.stream('echoStream', {}, { input: endless() })) break
      expect(await near.request('echo', [Uint8Array.of(1)])).toEqual([Uint8Array.of(1)])
    },
  },
  {
    claim: 'what cannot cross the wire beside bytes fails its own call, saying where',
    prove: async (near) => {
      const failures = [
        [{ bytes: Uint8Array.of(1), items: [0, 1n] }, '/items/1 is a bigint'],
        [[Uint8Array.of(1), new Float32Array(1)], '/1 is a Float32Array'],
        [[Uint8Array.of(1), '\ud800'], 'half of a surrogate pair'],
      ] as const
      for (const [params, where] of failures) {
        const failure = near.request('echo', params)
        const unsent = { code: errorCodes.encoding, method: 'echo', delivery: 'unsent' }
        await expect(failure).rejects.toMatchObject(unsent)
        await expect(failure).rejects.toThrow(where)
        expect(() => near.notify('echo', params)).toThrow(where)
      }
      expect(await near.request('echo', [1])).toEqual([1])
    },
  },
  {
    claim: 'bytes over the limit are refused where they are sent, naming it',
    prove: async (near) => {
      const limit = defaultLimits.message
      const refused = { code: errorCodes.limitExceeded, data: { limit: 'message', value: limit } }
      await expect(near.request('echo', [new Uint8Array(limit)])).rejects.toMatchObject(refused)
      const almost = new Uint8Array(limit - 1_000)
      const [back] = await near.request<[Uint8Array]>('echo', [almost])
      expect(back.length).toBe(almost.length)
    },
  },
]

const clock = new Clock()

const rows: readonly Row[] = [
  {
    claim: 'a method that is not there is refused, with the nearest name as a hint',
    prove: async (near) => {
      const refused = {
        code: errorCodes.methodNotFound,
        hint: 'did you mean "greet"?',
        remote: true,
      }
      await expect(near.request('gret')).rejects.toMatchObject(refused)
    },
  },
  {
    claim: 'what a handler throws arrives as its message, and an RpcError whole',
    prove: async (near) => {
      await expect(near.request('throwTypeError')).rejects.toMatchObject({
        code: errorCodes.internal,
        message: 'bad id 7',
      })
      await expect(near.request('throwRpcError')).rejects.toMatchObject({
        code: 4001,
        message: 'no',
        data: { a: 1 },
      })
    },
  },
  {
    claim: 'a handler that rejects with undefined or 0 has failed like any other',
    prove: async (near) => {
      const { internal: code } = errorCodes
      await expect(near.request('rejectUndefined')).rejects.toMatchObject({ code })
      await expect(near.request('rejectZero')).rejects.toMatchObject({ code })
    },
  },
  {
    claim: 'a handler that returns nothing answers null',
    prove: async (near) => expect(await near.request('answerNothing')).toBeNull(),
  },
  {
    claim:
      'a link that drops rejects what waits at once, naming the method, and aborts the handler',
    prove: async (near, { far, drop, stopped }) => {
      const waiting = near.request('never')
      await near.request('started')
      drop()
      const closed = { code: errorCodes.closed, method: 'never', delivery: 'unknown' }
      await expect(waiting).rejects.toMatchObject(closed)
      await expect(waiting).rejects.toThrow(/"never"/)
      await near.closed
      expect(near.state).toBe('closed')
      await far?.closed
      expect(await stopped()).toEqual(far && expect.stringContaining('the connection closed'))
    },
  },
  {
    claim: 'a call after close fails at once and was not sent',
    prove: async (near) => {
      await near.close()
      const closed = { code: errorCodes.closed, method: 'echo', delivery: 'unsent' }
      await expect(near.request('echo')).rejects.toMatchObject(closed)
      expect(() => near.notify('echo')).toThrow(expect.objectContaining(closed))
      await near.flush()
      await near.close()
    },
  },
  {
    claim: 'close rejects every call that waits, before anything else has to happen',
    prove: async (near) => {
      const waiting = Array.from({ length: 3 }, () => near.request('never'))
      const closing = near.close(new RpcError(errorCodes.unavailable, 'enough'))
      for (const call of waiting)
        await expect(call).rejects.toMatchObject({ code: errorCodes.closed, method: 'never' })
      await closing
    },
  },
  {
    claim: 'the end that is closed upon learns the code and the reason',
    prove: async (near, { hungUp }) => {
      const waiting = near.request('hangUp')
      await expect(waiting).rejects.toMatchObject({ code: errorCodes.closed, method: 'hangUp' })
      expect(await near.closed).toEqual(hungUp)
    },
  },
  {
    claim: 'both ends may close at once',
    prove: async (near, { far }) => {
      const refused = expect(near.request('never')).rejects.toMatchObject({
        code: errorCodes.closed,
      })
      await Promise.all([near.close(), far?.close()])
      await refused
      expect(await near.closed).toEqual({ code: 1000, reason: '' })
    },
  },
  ...Object.entries(unencodable).map(([kind, { make, where }]) => ({
    claim: `a result that cannot be encoded (${kind}) fails its call alone, saying where`,
    prove: async (near: Peer) => {
      const failure = near.request('answerUnencodable', [kind])
      await expect(failure).rejects.toMatchObject({ code: errorCodes.internal, remote: true })
      await expect(failure).rejects.toThrow(where)
      expect(make()).toBeDefined()
      expect(await near.request('echo', [1])).toEqual([1])
    },
  })),
  ...Object.entries(unencodable).map(([kind, { make, where }]) => ({
    claim: `params that cannot be encoded (${kind}) fail their call alone, saying where`,
    prove: async (near: Peer) => {
      const params = { value: make() }
      const failure = near.request('echo', params)
      await expect(failure).rejects.toMatchObject({ code: errorCodes.encoding, delivery: 'unsent' })
      await expect(failure).rejects.toThrow(where)
      expect(() => near.notify('echo', params)).toThrow(where)
      expect(await near.request('echo', [1])).toEqual([1])
    },
  })),
  {
    claim: 'a call whose signal was aborted before rejects with its reason and is not sent',
    prove: async (near) => {
      const reason = new Error('changed my mind')
      const options = { signal: AbortSignal.abort(reason) }
      await expect(near.request('order', [1], options)).rejects.toBe(reason)
      expect(await near.request('ordered')).toEqual([])
    },
  },
  {
    claim: 'aborting a call rejects it with the reason at once and aborts the handler',
    prove: async (near) => {
      const controller = new AbortController()
      const waiting = near.request('never', [], { signal: controller.signal })
      await near.request('started')
      const stopped = near.request('stopped')
      controller.abort('changed my mind')
      await expect(waiting).rejects.toBe('changed my mind')
      expect(await stopped).toBe('"never" was cancelled by its caller')
    },
  },
  {
    claim: 'aborting after the answer changes nothing',
    prove: async (near) => {
      const controller = new AbortController()
      const answer = await near.request('echo', [1], { signal: controller.signal })
      controller.abort()
      expect(answer).toEqual([1])
      expect(await near.request('echo', [2])).toEqual([2])
    },
  },
  {
    claim: 'a timeout rejects the call and aborts the handler',
    near: { runtime: clock },
    prove: async (near) => {
      const waiting = near.request('never', [], { timeout: 1_000 })
      await near.request('started')
      const stopped = near.request('stopped')
      clock.advance(999)
      expect(await near.request('echo', [1])).toEqual([1])
      clock.advance(1)
      await expect(waiting).rejects.toMatchObject({ code: errorCodes.timeout, method: 'never' })
      expect(await stopped).toBe('"never" was cancelled by its caller')
    },
  },
  {
    claim: 'both ends call each other a thousand times at once',
    prove: async (near) => {
      near.handle('double', ([value]) => 2 * value)
      const times = 1_000
      const sum = near.request('sumOf', [times])
      const echoes = await Promise.all(
        Array.from({ length: times }, (_, index) => near.request('echo', [index])),
      )
      expect(echoes).toEqual(Array.from({ length: times }, (_, index) => [index]))
      expect(await sum).toBe(times * (times - 1))
    },
  },
  {
    claim: 'a stream arrives whole and in order, with progress before it and its result behind',
    prove: async (near) => {
      const seen: unknown[] = []
      const onProgress = (value: unknown) => seen.push(value)
      const stream = near.stream('stream', { to: 2_000 }, { onProgress })
      for await (const item of stream) seen.push(item)
      expect(seen).toEqual([2_000, ...Array.from({ length: 2_000 }, (_, n) => n)])
      expect(await stream.result).toBe('the end')
    },
  },
  {
    claim: 'a stream of long items arrives whole, as far as it is read',
    prove: async (near) => {
      const text = 'ä'.repeat(50_000)
      let count = 0
      for await (const item of near.stream('stream', { to: 40, text }))
        if (item === `${count}${text}`) count++
      expect(count).toBe(40)
    },
  },
  {
    claim: 'leaving a stream ends it at the other end',
    prove: async (near) => {
      for await (const item of near.stream<number>('stream', { to: 1e9 })) if (item === 100) break
      expect(await near.request('stopped')).toBe('the stream was left')
    },
  },
  {
    claim: 'both ends stream at once',
    prove: async (near) => {
      async function* numbers() {
        for (let n = 0; n < 1_000; n++) yield n
      }
      let count = 0
      for await (const item of near.stream('echoStream', {}, { input: numbers() }))
        if (item === count) count++
      expect(count).toBe(1_000)
    },
  },
  {
    claim: 'a link that drops fails a stream, and the source of its input cleans up',
    prove: async (near, { drop }) => {
      let wake = () => {}
      const cleaned = new Promise<void>((resolve) => (wake = resolve))
      async function* endless() {
        try {
          for (let n = 0; ; n++) yield n
        } finally {
          wake()
        }
      }
      const stream = near.stream('echoStream', {}, { input: endless() })
      const items = stream[Symbol.asyncIterator]()
      await items.next()
      drop()
      await expect(stream.result).rejects.toMatchObject({
        code: errorCodes.closed,
        message: expect.stringContaining('echoStream'),
      })
      await cleaned
    },
  },
  {
    claim: 'a handler calls its caller back',
    prove: async (near) => {
      near.handle('confirm', ({ name }) => name === 'Ada')
      expect(await near.request('greet', { name: 'Ada' })).toBe('Hello Ada')
      expect(await near.request('greet', { name: 'Bob' })).toBe('Bye')
    },
  },
  {
    claim: 'handlers and listeners start in the order of sending',
    prove: async (near) => {
      const numbers = Array.from({ length: 100 }, (_, index) => index)
      const calls = numbers.map((number) =>
        number % 3 === 0 ? near.notify('note', [number]) : near.request('order', [number]),
      )
      await Promise.all(calls)
      expect(await near.request('ordered')).toEqual(numbers)
    },
  },
  {
    claim: 'who awaited an answer has gone on before a later notification is handled',
    prove: async (near) => {
      const happened: string[] = []
      const later = new Promise<void>((resolve) => {
        near.on('later', () => {
          happened.push('later')
          resolve()
        })
      })
      const ask = async () => near.request('answerThenTell')
      happened.push(String(await ask()))
      await later
      expect(happened).toEqual(['answer', 'later'])
    },
  },
  {
    claim: 'a notification that nobody listens to is silent',
    prove: async (near) => {
      near.notify('nobody', { listens: true })
      expect(await near.request('tellMe', { method: 'nobody', params: [] })).toBeNull()
      expect(await near.request('echo', [1])).toEqual([1])
    },
  },
  {
    claim: 'onUnhandled is given what nothing handles, and answers requests',
    near: { onUnhandled: (params, { kind, method }) => ({ params, kind, method }) },
    prove: async (near) => {
      const answer = await near.request('askMe', { method: 'made up', params: [1] })
      expect(answer).toEqual({ params: [1], kind: 'request', method: 'made up' })
      const refused = near.request('askMe', { method: 'rpc.made.up' })
      await expect(refused).rejects.toMatchObject({ code: errorCodes.methodNotFound })
    },
  },
  {
    claim: 'a batch is answered entry by entry, in both directions',
    prove: async (near) => {
      near.handle('double', ([value]) => 2 * value)
      const calls = [
        { method: 'echo', params: [1] },
        { method: 'tell', params: [], notify: true },
        { method: 'throwTypeError' },
        { method: 'echo', params: [1n] },
      ]
      expect(await near.batch(calls)).toMatchObject([
        { status: 'fulfilled', value: [1] },
        { status: 'sent' },
        { status: 'rejected', reason: { message: 'bad id 7' } },
        { status: 'rejected', reason: { code: errorCodes.encoding } },
      ])
      expect(await near.request('told')).toBe(1)
      const back = [
        { method: 'double', params: [4] },
        { method: 'double', params: [5] },
      ]
      expect(await near.request('batchMe', back)).toMatchObject([{ value: 8 }, { value: 10 }])
      expect(await near.batch([])).toEqual([])
    },
  },
  {
    claim:
      '100,000 notifications that nobody reads are bounded, and flush waits until they have left',
    prove: async (near) => {
      const { accepted, refusals } = burst(near, 100_000)
      expect(refusals.length).toBeGreaterThan(0)
      for (const { code, data, hint } of refusals.slice(0, 10)) {
        expect({ code, hint }).toEqual({
          code: errorCodes.limitExceeded,
          hint: expect.stringContaining('flush'),
        })
        expect(data).toMatchObject({ limit: 'unsent', value: defaultLimits.unsent })
      }
      expect(near.buffered).toBeLessThanOrEqual(defaultLimits.unsent)
      await near.flush()
      expect(near.buffered).toBe(0)
      near.notify('tell', ['there is room again'])
      expect(await near.request('told')).toBe(accepted + 1)
    },
  },
  {
    claim: 'flush resolves whether or not anything waits, and after a single message',
    prove: async (near) => {
      await near.flush()
      near.notify('tell', ['x'.repeat(50_000)])
      await near.flush()
      expect(near.buffered).toBe(0)
      expect(await near.request('told')).toBe(1)
    },
  },
]

/** Sends as many notifications in one turn; returns how many were taken, and what the rest were refused with. */
function burst(near: Peer, count: number): { accepted: number; refusals: RpcError[] } {
  const line = 'x'.repeat(100)
  const refusals: RpcError[] = []
  for (let sent = 0; sent < count; sent++) {
    try {
      near.notify('tell', { line })
    } catch (reason) {
      refusals.push(RpcError.from(reason))
    }
  }
  return { accepted: count - refusals.length, refusals }
}
