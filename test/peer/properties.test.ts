import { errorCodes, memoryPair, Peer, RpcError } from 'bothways'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Clock } from '../support/clock.js'
import { messagesIn } from '../support/frames.js'
import { isLegalAnswer } from '../support/legal.js'
import { holds } from '../support/property.js'
import { Raw } from '../support/raw.js'
import { tap } from '../support/tap.js'

/** What `peer` answers to `frames`, as far as it answers at once; its budget for bad input is without end. */
async function answersTo(frames: readonly (string | Uint8Array)[]): Promise<unknown[]> {
  const [one, other] = memoryPair()
  const peer = new Peer(one, { limits: { invalid: Number.POSITIVE_INFINITY } })
  peer.handle('echo', (params) => params)
  peer.handle('later', async () => 'later')
  peer.on('note', () => {})
  const raw = new Raw(other)
  for (const frame of frames) raw.send(frame)
  const answers = await raw.fence()
  await peer.close()
  return answers
}

const id = fc.oneof(fc.string(), fc.double(), fc.integer(), fc.constant(null), fc.jsonValue())

/** Messages that are nearly right: each member may be there, wrong, or missing. */
const message = fc.record(
  {
    jsonrpc: fc.oneof({ weight: 9, arbitrary: fc.constant('2.0') }, fc.jsonValue()),
    id,
    method: fc.oneof(
      fc.constantFrom(
        'echo',
        'later',
        'note',
        'nobody',
        'rpc.hello',
        '$/cancelRequest',
        '__proto__',
      ),
      fc.jsonValue(),
    ),
    params: fc.jsonValue(),
    meta: fc.jsonValue(),
    result: fc.jsonValue(),
    error: fc.oneof(fc.record({ code: fc.integer(), message: fc.string() }), fc.jsonValue()),
  },
  { requiredKeys: [] },
)

test('any JSON is answered with legal JSON-RPC or with nothing', () =>
  holds(
    fc.asyncProperty(fc.array(fc.json(), { maxLength: 5 }), async (frames) => {
      expect((await answersTo(frames)).filter((answer) => !isLegalAnswer(answer))).toEqual([])
    }),
  ))

test('any text and any bytes are answered with legal JSON-RPC or with nothing', () =>
  holds(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array()), { maxLength: 5 }),
      async (frames) => {
        expect((await answersTo(frames)).filter((answer) => !isLegalAnswer(answer))).toEqual([])
      },
    ),
  ))

test('messages that are nearly right, alone and in batches, are answered with legal JSON-RPC or with nothing', () =>
  holds(
    fc.asyncProperty(
      fc.array(fc.oneof(message, fc.array(message, { maxLength: 4 })), { maxLength: 5 }),
      async (messages) => {
        const answers = await answersTo(messages.map((value) => JSON.stringify(value)))
        expect(answers.filter((answer) => !isLegalAnswer(answer))).toEqual([])
      },
    ),
    500,
  ))

test('a message cut off or changed anywhere is answered with legal JSON-RPC or with nothing', () => {
  const text =
    '[{"jsonrpc":"2.0","id":1,"method":"echo","params":[1]},{"jsonrpc":"2.0","method":"note"}]'
  return holds(
    fc.asyncProperty(
      fc.nat(text.length),
      fc.string({ maxLength: 3 }),
      fc.nat(5),
      async (at, put, cut) => {
        const answers = await answersTo([text.slice(0, at) + put + text.slice(at + cut)])
        expect(answers.filter((answer) => !isLegalAnswer(answer))).toEqual([])
      },
    ),
  )
})

test('JSON arrives as JSON.stringify would have sent it', () =>
  holds(
    fc.asyncProperty(fc.array(fc.jsonValue({ maxDepth: 10 })), async (params) => {
      const [one, other] = memoryPair()
      const peer = new Peer(one)
      const raw = new Raw(other)
      peer.notify('note', params)
      const whole = { jsonrpc: '2.0', method: 'note', params }
      expect(await raw.nextText()).toBe(JSON.stringify(whole))
      await peer.close()
    }),
  ))

test('whatever the params are, they are refused as such or arrive as JSON.stringify has them', () =>
  holds(
    fc.asyncProperty(
      fc.array(
        fc.anything({ withBigInt: true, withMap: true, withSet: true, withNullPrototype: true }),
      ),
      async (params) => {
        const [one, other] = memoryPair()
        const peer = new Peer(one)
        const raw = new Raw(other)
        try {
          peer.notify('note', params)
        } catch (reason) {
          expect(reason).toMatchObject({ code: errorCodes.encoding, delivery: 'unsent' })
          return
        }
        expect(await raw.nextText()).toBe(
          JSON.stringify({ jsonrpc: '2.0', method: 'note', params }),
        )
      },
    ),
  ))

/** What happens to one call, or to the connection. */
const happening = fc.oneof(
  fc.record({ what: fc.constantFrom('answer', 'fail', 'abort', 'malformed'), call: fc.nat(9) }),
  fc.record({ what: fc.constant('advance'), call: fc.nat(30) }),
  fc.record({ what: fc.constantFrom('close', 'drop'), call: fc.constant(0) }),
)

test('every call settles exactly once, whatever happens and in whatever order, and nothing is left', () =>
  holds(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 10 }),
      fc.array(happening, { maxLength: 15 }),
      fc.boolean(),
      async (count, happenings, isPatient) => {
        const clock = new Clock()
        const [one, other] = memoryPair()
        const peer = new Peer(one, { runtime: clock })
        const raw = new Raw(other)
        const controllers = Array.from({ length: count }, () => new AbortController())
        const settled: number[] = []
        const calls = controllers.map(({ signal }, index) =>
          peer
            .request('work', [], { signal, ...(!isPatient && { timeout: 10 * (index + 1) }) })
            .then(
              () => settled.push(index),
              () => settled.push(index),
            ),
        )
        for (const { what, call } of happenings) {
          const answer = { jsonrpc: '2.0', id: call + 1 }
          if (what === 'answer') raw.send(JSON.stringify({ ...answer, result: call }))
          if (what === 'fail')
            raw.send(JSON.stringify({ ...answer, error: { code: 1, message: 'no' } }))
          if (what === 'malformed') raw.send(JSON.stringify({ ...answer, error: null }))
          if (what === 'abort') controllers[call]?.abort()
          if (what === 'advance') clock.advance(call)
          if (what === 'close') void peer.close()
          if (what === 'drop') other.close({ code: 1006, reason: '' })
        }
        await peer.close()
        await Promise.all(calls)
        expect(settled.sort((a, b) => a - b)).toEqual(controllers.map((_, index) => index))
        expect(clock.timers).toBe(0)
      },
    ),
    500,
  ))

test('frames packed by one end and unpacked by the other keep the order of what was sent', () =>
  holds(
    fc.asyncProperty(
      fc.array(fc.array(fc.oneof(fc.nat(50), fc.constant(9_000)), { maxLength: 300 }), {
        maxLength: 5,
      }),
      async (turns) => {
        const [one, other] = memoryPair()
        const left: string[] = []
        const near = new Peer(tap(one, left), { hello: true })
        const far = new Peer(other)
        const heard: number[] = []
        far.on('note', ([number]) => heard.push(number))
        far.handle('call', ([number]) => heard.push(number))
        await near.greeted
        let number = 0
        const calls: Promise<unknown>[] = []
        for (const lengths of turns) {
          for (const length of lengths) {
            const params = [number++, 'x'.repeat(length)]
            if (number % 3 === 0) calls.push(near.request('call', params))
            else near.notify('note', params)
          }
          await Promise.resolve()
        }
        await Promise.all(calls)
        await near.flush()
        expect(heard).toEqual(Array.from({ length: number }, (_, index) => index))
        for (const frame of left) expect(messagesIn(frame)).toBeLessThanOrEqual(128)
        await near.close()
      },
    ),
    50,
  ))

test('an error that is thrown arrives with its code, message and data, or as internal', () =>
  holds(
    fc.asyncProperty(fc.integer(), fc.string(), fc.jsonValue(), async (code, text, data) => {
      const [one, other] = memoryPair()
      const near = new Peer(one)
      const far = new Peer(other)
      far.handle('fail', () => {
        throw new RpcError(code, text, { data })
      })
      const failure = await near.request('fail').catch((reason: RpcError) => reason)
      const isReserved = code >= -32_768 && code <= -32_100
      const isNamed = Object.values<number>(errorCodes).includes(code)
      const told = isReserved && !isNamed ? errorCodes.internal : code
      expect(failure).toMatchObject({ code: told, message: text, remote: true })
      await near.close()
    }),
  ))
