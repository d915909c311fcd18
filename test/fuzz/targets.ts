import { type Context, memoryPair, Peer, type PeerOptions } from 'bothways'
import { messagePack } from 'bothways/msgpack'
import { type Framing, lengthPrefix, streamTransport } from 'bothways/node'
import { expect } from 'vitest'
import { bytesOf, cut, decode } from '../support/bytes.js'
import { Clock } from '../support/clock.js'
import { isLegal } from '../support/legal.js'

/** Takes any bytes, cut anywhere, as another end may send them. Rejects where a promise is broken. */
export type Target = (bytes: Uint8Array, cuts: readonly number[]) => Promise<void>

/** Bytes of one message that the targets take. */
const message = 2_000

const handlers = {
  echo: (params: unknown) => params,
  later: async () => 'later',
  never: () => new Promise(() => {}),
  fail: () => Promise.reject(new TypeError('bad id 7')),
  ask: (_: unknown, { remote }: Context) => remote.request('answer'),
  tell: (_: unknown, context: Context) => {
    context.progress(1)
    context.remote.notify('note')
  },
  count: async function* () {
    for (let n = 0; n < 100; n++) yield n
    return 'done'
  },
  sum: async (_: unknown, { input }: Context) => {
    let items = 0
    for await (const _item of input ?? []) items++
    return items
  },
}

/**
 * Bytes as they come from a stream: whatever they are, and however they are cut, the decoder finds the same frames, none
 * over the limit and all of them made of what came, or ends with one of its two errors; and a peer over the stream
 * answers nothing but JSON-RPC, and comes to an end that says why.
 */
export function framed(framing: Framing): Target {
  return async (bytes, cuts) => {
    const whole = decode(framing, [bytes], message)
    const pieces = decode(framing, cut(bytes, cuts), message)
    expect(pieces.frames).toEqual(whole.frames)
    expect(pieces.error?.reason).toBe(whole.error?.reason)
    expect([undefined, 'limitExceeded', 'protocol']).toContain(whole.error?.reason)
    const sizes = whole.frames.map((frame) => new Blob([frame as string]).size)
    expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(message)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(bytes.length)
    await spokenTo(framing, cut(bytes, cuts))
  }
}

async function spokenTo(framing: Framing, chunks: readonly Uint8Array[]): Promise<void> {
  const written: Uint8Array[] = []
  const streams = {
    readable: new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (const chunk of chunks) if (chunk.length > 0) controller.enqueue(chunk.slice())
        controller.close()
      },
    }),
    writable: new WritableStream<Uint8Array>({ write: (bytes) => void written.push(bytes) }),
  }
  const options = { limits: { message }, runtime: new Clock() }
  const peer = new Peer(streamTransport(streams, { framing, ...options }), { handlers, ...options })
  // Once the last byte has come, what is still owed has a second to leave.
  while (peer.state !== 'closed') {
    await idle()
    options.runtime.advance(1_000)
  }
  const { code } = await peer.closed
  expect([1002, 1005, 1006, 1008, 1009]).toContain(code)
  expect(options.runtime.timers).toBe(0)
  const { frames, error } = decode(framing, written)
  expect(error).toBeUndefined()
  for (const frame of frames) expectLegal(frame)
}

/**
 * Lines as the frames that a peer is sent, which has calls and streams of its own open: it sends nothing but JSON-RPC,
 * all that it asked for settles when it closes, and no timer is left.
 */
export const peer: Target = (bytes) => hears(new TextDecoder().decode(bytes).split('\n'))

const codec = messagePack()
const greeting = JSON.stringify({
  jsonrpc: '2.0',
  id: 'hello',
  method: 'rpc.hello',
  params: { protocol: 1, features: ['frames', 'runs', 'meta', 'bytes'] },
})

/** The same of frames of MessagePack, each behind its length, to a peer that has agreed on them. */
export const packed: Target = (bytes) => {
  const { frames } = decode(lengthPrefix(), [bytes])
  const asBytes = frames.map((frame) => (typeof frame === 'string' ? bytesOf(frame) : frame))
  return hears([greeting, ...asBytes], { codec })
}

async function hears(
  frames: readonly (string | Uint8Array)[],
  options: PeerOptions = {},
): Promise<void> {
  const clock = new Clock()
  const [one, other] = memoryPair()
  const limits = { message, invalid: 1_000, inbound: 8, waiting: 2, streamItems: 8, nesting: 16 }
  const near = new Peer(one, { handlers, limits, runtime: clock, hello: true, ...options })
  near.handle('serial', handlers.later, { schedule: 'serial' })
  near.handle('latest', handlers.later, { schedule: 'latest' })
  const settled = Promise.allSettled(asksOf(near))
  const answers: (string | Uint8Array)[] = []
  const ignore = () => {}
  const take = (data: string | Uint8Array) => answers.push(data)
  other.start({ frame: take, writable: ignore, activity: ignore, closed: ignore })
  for (const frame of frames) other.send(frame)
  await idle()
  clock.advance(60_000)
  await near.close()
  await settled
  await idle()
  expect(clock.timers).toBe(0)
  for (const answer of answers) expectLegal(answer)
}

/** What `near` asks for by itself, as requests 1 to 5 and beside `rpc.hello`. */
function asksOf(near: Peer): Promise<unknown>[] {
  const source = async function* () {
    yield* [1, 2, 3]
  }
  const options = { onProgress: () => {} }
  return [
    near.request('answer', undefined, options),
    read(near.stream('items', undefined, options)),
    near.stream('both', undefined, { input: source() }).result,
    near.batch([{ method: 'answer' }, { method: 'answer' }]),
  ]
}

async function read(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _item of items);
}

/** Resolves when what was sent has been handled, and whoever nobody waits for has been told of. */
async function idle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}

function expectLegal(frame: string | Uint8Array): void {
  const value = typeof frame === 'string' ? JSON.parse(frame) : codec.decode(frame, 64)
  expect(isLegal(value) ? [] : value).toEqual([])
}
