import { type Diagnostic, errorCodes, type Peer, type RpcError } from 'bothways'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Clock } from '../support/clock.js'
import type { MakeRawPair } from '../support/pair.js'
import { Raw } from '../support/raw.js'
import { type Input, textOrBytes } from '../vectors/expand.js'
import { Fixtures } from '../vectors/fixtures.js'
import { badInput, specification } from '../vectors/vectors.js'

interface Vector {
  readonly id: string
  readonly title: string
  readonly input: Input | { readonly steps: readonly Step[] } | Repeated
  readonly expect: Expected
  readonly mustNotContain?: readonly string[]
}

interface Example {
  readonly id: string
  readonly name: string
  readonly send: string
  readonly receive: unknown
  readonly handlerRuns: number
}

interface Repeated {
  readonly repeatMessage: string
  readonly from: number
  readonly to: number
}

/** One thing that a scenario does: what is not there is not done. */
interface Step {
  readonly send?: string
  readonly expect?: unknown
  readonly sendCalls?: number
  readonly method?: string
  readonly call?: string
  readonly timeoutMs?: number
  readonly receive?: string
  readonly waitMs?: number
}

interface Expected {
  readonly reply?: unknown
  readonly replies?: unknown
  readonly connection?: unknown
  readonly handlerRuns?: number
  readonly replyBytesMax?: number
  readonly pending?: string
  readonly settles?: { readonly resolve?: unknown; readonly reject?: string }
  readonly frames?: number
  readonly counter?: string
}

/** Where a transport is stricter than a peer, or has codes of its own. */
export interface WireOptions {
  /** How a message of one byte over the limit ends the connection, where it does not reach the peer. */
  readonly tooBig?: number
  /** The code that a peer that closes with 1008 is seen to have used. */
  readonly policy: number
  /** Whether a message is a line, so that vectors of none or several are not run. */
  readonly isLine?: boolean
  /** Whether the peer knows no batches, as in a dialect. Default false. */
  readonly isBatchless?: boolean
}

/**
 * Where docs/protocol.md, which is normative, differs from a vector: what it says instead, and why. Bounds on memory
 * and processor time (memBytesMax, cpuMsMax) are no gates here: the benchmarks measure them.
 */
const overruled: Readonly<Record<string, { readonly why: string; readonly expect: Expected }>> = {
  'J-NUM-01': {
    why: 'a result that JSON would turn into null fails its call, saying where',
    expect: { reply: { jsonrpc: '2.0', error: { code: errorCodes.internal }, id: 1 } },
  },
  'J-NUM-03': {
    why: 'a result that JSON would turn into null fails its call, saying where',
    expect: { reply: { jsonrpc: '2.0', error: { code: errorCodes.internal }, id: 1 } },
  },
  'J-RESP-17': {
    why: 'an answer to an id that was settled is late, and dropped in silence: no unknownResponse',
    expect: { settles: { resolve: 'first' } },
  },
}

const vectors = (JSON.parse(badInput).vectors as Vector[]).filter(({ id }) => id.startsWith('J-'))

/** What an array is answered with where there are no batches. */
const refusedArray: Expected = {
  reply: { jsonrpc: '2.0', error: { code: errorCodes.invalidRequest }, id: null },
  handlerRuns: 0,
}

/** The examples of section 7 of the specification, each with the one frame it is answered with, if any. */
const examples = JSON.parse(specification).examples as readonly Example[]

/** Scenarios that are told in words; each has a test of its own: here, in volume.test.ts, J-FLOW-09 in hello.test.ts. */
const told = [
  'J-FLOW-09',
  'J-FLOW-01',
  'J-FLOW-02',
  'J-FLOW-04',
  'J-FLOW-06',
  'J-FLOW-07',
  'J-FLOW-08',
  'J-SIZE-02',
]

/** What must hold of the letters on the wire, over any transport that carries text. */
export function wire(
  name: string,
  makeRawPair: MakeRawPair,
  { tooBig, policy, isLine = false, isBatchless = false }: WireOptions,
): void {
  const start = () => startScene(makeRawPair)
  const fits = (input: unknown) => !isLine || isOneLine(input)
  const isRefused = (input: unknown) => isBatchless && isArray(input)

  describe(`the wire over ${name}`, () => {
    test.each(examples.filter(({ send }) => fits(send)))(
      '$id: $name',
      async ({ send, receive, handlerRuns }) => {
        const { raw, fixtures } = await start()
        raw.send(send)
        const answer = isRefused(send) ? refusedArray.reply : receive
        expect(await raw.fence()).toEqual(answer === null ? [] : [matching(withoutTexts(answer))])
        expect(fixtures.runs).toBe(isRefused(send) ? 0 : handlerRuns)
      },
    )

    const ours = vectors.filter(({ id, input }) => !told.includes(id) && fits(input))
    test.each(ours)('$id: $title', async (vector) => {
      const scene = await start()
      const { raw, clock, fixtures } = scene
      const { id, input, mustNotContain = [] } = vector
      const expected = isRefused(input) ? refusedArray : (overruled[id]?.expect ?? vector.expect)
      const isSteps = typeof input === 'object' && 'steps' in input
      const calls = isSteps ? await play(scene, input.steps) : []
      if (!isSteps) raw.send(textOrBytes(input as Input))
      const replies = await raw.fence()
      clock.advance(1_000)
      replies.push(...(await raw.fence()))
      expect(replies.filter(isAnswer).map(inOrder)).toEqual(repliesIn(id, expected))
      if (expected.handlerRuns !== undefined) expect(fixtures.runs).toBe(expected.handlerRuns)
      for (const text of raw.frames) {
        for (const secret of mustNotContain) expect(text).not.toContain(secret)
        if (expected.replyBytesMax) expect(text.length).toBeLessThanOrEqual(expected.replyBytesMax)
      }
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
      for (const call of calls) await proveSettled(raw, call, expected)
      if (expected.counter === 'unknownResponse+1')
        expect(scene.diagnosed).toContain('unknownResponse')
    })

    test('J-SIZE-02: one byte over the limit of a message is refused', async () => {
      const { raw } = await start()
      raw.send(textOrBytes(inputOf('J-SIZE-02') as Input))
      if (tooBig !== undefined) return expect(await raw.closed).toMatchObject({ code: tooBig })
      expect(await raw.fence()).toEqual([failure(errorCodes.limitExceeded, null)])
    })

    // docs/protocol.md allows 1,024 requests at once where the vector says 256.
    test('J-FLOW-01: the call after 1,024 that are running is refused as busy', async () => {
      const { raw, fixtures } = await start()
      for (let id = 1; id <= 1_024; id++) raw.send(call(id, 'never'))
      raw.send(call('x', 'never'))
      expect(await raw.fence()).toEqual([failure(errorCodes.busy, 'x')])
      expect(fixtures.runs).toBe(1_024)
    })

    test('J-FLOW-06: 20 messages that are no JSON-RPC are answered, and one more closes', async () => {
      const { raw } = await start()
      for (let sent = 0; sent < 21; sent++) raw.send('{')
      expect((await raw.closed).code).toBe(policy)
      const refused = failure(errorCodes.parse, null)
      expect(raw.frames.map((text) => JSON.parse(text))).toEqual(Array(20).fill(refused))
    })

    test('J-FLOW-07: a timeout of 2^31 ms does not fire at once', async () => {
      const { raw, peer, clock } = await start()
      const waiting = peer.request('slow', [], { timeout: 2 ** 31 })
      await raw.next()
      clock.advance(2 ** 31 - 1)
      raw.send('{"jsonrpc":"2.0","id":1,"result":"slow"}')
      expect(await waiting).toBe('slow')
      expect(clock.timers).toBe(0)
    })
  })

  test('every vector of a peer is run', () => {
    const ids = vectors.map(({ id }) => id)
    expect(new Set(ids).size).toBe(150)
    const elsewhere = [...Object.keys(overruled), ...told]
    expect(elsewhere.filter((id) => !ids.includes(id))).toEqual([])
  })
}

/** A peer with the fixtures, and the raw end that speaks to it. */
interface Scene {
  readonly raw: Raw
  readonly peer: Peer
  readonly clock: Clock
  readonly fixtures: Fixtures
  /** The kinds of what the peer diagnosed. */
  readonly diagnosed: readonly string[]
}

async function startScene(makeRawPair: MakeRawPair): Promise<Scene> {
  const clock = new Clock()
  const diagnosed: string[] = []
  const onDiagnostic = ({ kind }: Diagnostic) => diagnosed.push(kind)
  const pair = await makeRawPair({ redactErrors: true, runtime: clock, onDiagnostic })
  onTestFinished(async () => {
    await pair.dispose()
  })
  const fixtures = new Fixtures(clock)
  fixtures.serve(pair.peer)
  return { raw: new Raw(pair.transport), peer: pair.peer, clock, fixtures, diagnosed }
}

/** Does what the steps say; returns the calls that they made. */
async function play(
  { raw, peer, clock }: Scene,
  steps: readonly Step[],
): Promise<Promise<unknown>[]> {
  const calls: Promise<unknown>[] = []
  for (const step of steps) {
    if (step.send !== undefined) raw.send(step.send)
    if (step.expect !== undefined) expect(await raw.next()).toEqual(step.expect)
    if (step.call !== undefined) {
      const waiting = peer.request(step.call, [], { timeout: step.timeoutMs })
      waiting.catch(() => {})
      calls.push(waiting)
      await raw.next()
    }
    if (step.receive !== undefined) {
      raw.send(step.receive)
      await raw.fence()
    }
    if (step.waitMs !== undefined) clock.advance(step.waitMs)
  }
  return calls
}

async function proveSettled(raw: Raw, call: Promise<unknown>, expected: Expected): Promise<void> {
  if (expected.pending === 'stays') {
    raw.send('{"jsonrpc":"2.0","id":1,"result":"the answer"}')
    return expect(await call).toBe('the answer')
  }
  const { resolve, reject } = expected.settles ?? {}
  if (reject === undefined) return expect(await call).toEqual(resolve)
  await expect(call).rejects.toMatchObject(rejections[reject] ?? { code: reject })
}

/** What the vectors' names of failures are here. */
const rejections: Readonly<Record<string, Partial<RpcError>>> = {
  InvalidResponse: { code: errorCodes.protocol },
  RpcError: { code: -32008, message: 'session lost', remote: true },
  Timeout: { code: errorCodes.timeout, remote: false },
}

/** The frames that `expected` asks for, in the order of their ids, with error texts left open unless they are told. */
function repliesIn(id: string, { reply, replies, frames }: Expected): unknown[] {
  const asked = replies ?? (reply === null || reply === undefined ? [] : [reply])
  const wanted = (frames === 1 ? [asked] : asked) as unknown[]
  return wanted.map((frame) =>
    inOrder(matching(id.startsWith('J-SPEC') ? withoutTexts(frame) : frame)),
  )
}

function matching(frame: unknown): unknown {
  if (Array.isArray(frame)) return frame.map(matching)
  const { error, ...rest } = frame as { error?: object }
  if (error === undefined) return rest
  return { ...rest, error: expect.objectContaining(error) }
}

/** The frame with its errors reduced to their codes: section 7 of the specification shows texts, and requires none. */
function withoutTexts(frame: unknown): unknown {
  if (Array.isArray(frame)) return frame.map(withoutTexts)
  const { error, ...rest } = frame as { error?: { code: number } }
  return error === undefined ? rest : { ...rest, error: { code: error.code } }
}

/** A batch may be answered in any order. */
function inOrder(frame: unknown): unknown {
  if (!Array.isArray(frame)) return frame
  const key = ({ id }: { id: unknown }) => JSON.stringify(id)
  return [...frame].sort((one, other) => key(one).localeCompare(key(other)))
}

function isAnswer(frame: unknown): boolean {
  return typeof frame === 'object' && frame !== null && !('method' in frame)
}

function failure(code: number, id: unknown): unknown {
  return { jsonrpc: '2.0', error: expect.objectContaining({ code }), id }
}

function call(id: unknown, method: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method })
}

/** Whether `input` is JSON text of an array. */
function isArray(input: unknown): boolean {
  if (typeof input === 'object' && input !== null && 'steps' in input) return false
  try {
    return Array.isArray(JSON.parse(String(textOrBytes(input as Input))))
  } catch {
    return false
  }
}

/** Whether `input` is one message where each is a line. */
function isOneLine(input: unknown): boolean {
  if (typeof input === 'object' && input !== null && 'steps' in input) return true
  const text = textOrBytes(input as Input)
  return typeof text !== 'string' || (text !== '' && !text.includes('\n'))
}

function inputOf(id: string): unknown {
  return vectors.find((vector) => vector.id === id)?.input
}
