import { Duplex, PassThrough, Readable, Writable } from 'node:stream'
import { errorCodes, Peer } from 'bothways'
import { streamTransport } from 'bothways/node'
import { expect, test } from 'vitest'
import { conformance } from '../suites/conformance.js'
import { Clock } from '../support/clock.js'
import { Raw } from '../support/raw.js'
import { endSeen, webStreamPeers } from '../support/streams.node.js'

conformance('a pair of web streams', webStreamPeers, endSeen)

/** A writable that keeps what it is given and takes it only when told to. */
function slowWritable() {
  const writes: string[] = []
  const waiting: (() => void)[] = []
  const writable = new Writable({
    write(chunk, _, done) {
      writes.push(String(chunk))
      waiting.push(done)
    },
  })
  return { writable, writes, take: () => waiting.shift()?.() }
}

test('what is sent while it is corked leaves in one write, anything else by itself', async () => {
  const { writable, writes, take } = slowWritable()
  const transport = streamTransport({ readable: new PassThrough(), writable })
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  transport.send('1')
  expect(writes).toEqual(['1\n'])
  transport.cork?.()
  for (const text of ['2', '3']) transport.send(text)
  take()
  await turn()
  expect(writes).toEqual(['1\n'])
  expect(transport.buffered).toBe(2)
  transport.uncork?.()
  await turn()
  expect(writes).toEqual(['1\n', '2\n3\n'])
})

test('buffered counts what the stream has not flushed, and writable is told once it has', async () => {
  const { writable, take } = slowWritable()
  const transport = streamTransport({ readable: new PassThrough(), writable })
  const drained = new Promise<void>((resolve) =>
    transport.start({ frame() {}, writable: resolve, activity() {}, closed() {} }),
  )
  transport.send('€')
  await Promise.resolve()
  expect(transport.buffered).toBe(4)
  take()
  await drained
  expect(transport.buffered).toBe(0)
})

test('what leaves slowly is no standstill, whatever its characters weigh', async () => {
  const { writable, take } = slowWritable()
  const readable = new PassThrough()
  const clock = new Clock()
  const transport = streamTransport({ readable, writable }, { runtime: clock })
  const peer = new Peer(transport, { runtime: clock })
  const answers: (() => void)[] = []
  const asked = new Promise<void>((resolve) =>
    peer.handle('later', () => {
      const answer = new Promise((settle) => answers.push(() => settle('€'.repeat(300_000))))
      if (answers.length === 3) resolve()
      return answer
    }),
  )
  for (const id of [1, 2, 3]) readable.write(`{"jsonrpc":"2.0","id":${id},"method":"later"}\n`)
  await asked
  peer.request('echo', ['€'.repeat(300_000)]).catch(() => {})
  peer.request('echo', ['€'.repeat(300_000)]).catch(() => {})
  await new Promise((resolve) => setImmediate(resolve))
  expect(peer.buffered).toBeGreaterThan(1_048_576)
  // Much more is added meanwhile than leaves, in bytes, of which three are a character.
  for (const answer of answers) answer()
  await new Promise((resolve) => setImmediate(resolve))
  take()
  clock.advance(10_000)
  expect(peer.state).toBe('open')
  clock.advance(10_000)
  expect(peer.state).toBe('closed')
  clock.advance(2_000)
  expect(await peer.closed).toMatchObject({ code: 4008 })
})

test('whoever has sent its last byte may read its answers slowly, and is left where it reads nothing', async () => {
  for (const isRead of [true, false]) {
    const { writable, writes, take } = slowWritable()
    const readable = new PassThrough()
    const clock = new Clock()
    const transport = streamTransport({ readable, writable }, { runtime: clock })
    const peer = new Peer(transport, { runtime: clock, handlers: { echo: (params) => params } })
    const text = 'x'.repeat(50_000)
    for (const id of [1, 2, 3])
      readable.write(`{"jsonrpc":"2.0","id":${id},"method":"echo","params":["${text}"]}\n`)
    readable.end()
    // The last of them is on its way, and the end has been told.
    await expect.poll(() => writes.length + clock.timers).toBe(2)
    clock.advance(0)
    clock.advance(9_000)
    expect(peer.state).toBe('open')
    if (isRead) {
      while (writable.writableLength > 0) {
        take()
        await new Promise((resolve) => setImmediate(resolve))
      }
      expect(writes.join('').match(/"id":\d/g)).toHaveLength(3)
    } else {
      clock.advance(1_000)
      clock.advance(2_000)
    }
    expect((await peer.closed).code).toBe(isRead ? 1005 : 4008)
  }
})

test('the same of web streams', async () => {
  let take = () => {}
  const writable = new WritableStream<Uint8Array>({
    write: () => new Promise<void>((resolve) => (take = resolve)),
  })
  const transport = streamTransport({ readable: new ReadableStream(), writable })
  const drained = new Promise<void>((resolve) =>
    transport.start({ frame() {}, writable: resolve, activity() {}, closed() {} }),
  )
  transport.send('€')
  await new Promise((resolve) => setImmediate(resolve))
  expect(transport.buffered).toBe(4)
  take()
  await drained
  expect(transport.buffered).toBe(0)
})

test.each([
  ['that fails to read', { readable: failing(), writable: new WritableStream() }],
  ['that fails to write', { readable: new ReadableStream(), writable: refusing() }],
  ['of Node that fails to read', { readable: Readable.from(failure()), writable: sink() }],
])('a stream %s ends with its cause', async (_, streams) => {
  const clock = new Clock()
  const raw = new Raw(streamTransport(streams as never, { runtime: clock }))
  raw.send('1')
  await new Promise((resolve) => setImmediate(resolve))
  // The half that did not fail is given as long as a close.
  clock.advance(2_000)
  expect(await raw.closed).toEqual({ code: 1006, reason: 'the stream failed: no luck' })
  expect(clock.timers).toBe(0)
})

function failing() {
  return new ReadableStream({ pull: (controller) => controller.error(new Error('no luck')) })
}

function refusing() {
  return new WritableStream({ write: () => Promise.reject(new Error('no luck')) })
}

function sink() {
  return new Writable({ write: (_, __, done) => done() })
}

async function* failure() {
  yield Buffer.from('1\n')
  throw new Error('no luck')
}

test('a web stream that is never read again is left after two seconds', async () => {
  const clock = new Clock()
  const streams = {
    readable: new ReadableStream(),
    writable: new WritableStream({ write: () => new Promise(() => {}) }),
  }
  const transport = streamTransport(streams, { runtime: clock })
  const raw = new Raw(transport)
  raw.send('1')
  raw.close({ code: 4008, reason: 'too slow' })
  clock.advance(2_000)
  expect(await raw.closed).toEqual({ code: 4008, reason: 'too slow' })
})

test('streams that have ended before are told as ended', async () => {
  const readable = new PassThrough()
  const writable = new PassThrough()
  readable.destroy()
  writable.destroy()
  expect(await new Raw(streamTransport({ readable, writable })).closed).toEqual(endSeen)
})

test('a Duplex of Node, and one that was made a pair of web streams, speak to one another', async () => {
  const [one, other] = [new PassThrough(), new PassThrough()]
  const near = new Peer(streamTransport(Duplex.from({ readable: one, writable: other })))
  const far = new Peer(
    streamTransport({
      readable: Readable.toWeb(other) as ReadableStream<Uint8Array>,
      writable: Writable.toWeb(one),
    }),
  )
  far.handle('ping', () => 'pong')
  expect(await near.request('ping')).toBe('pong')
  await near.close()
  expect(await far.closed).toEqual(endSeen)
})

test('a readable that gives text is refused in words', () => {
  const readable = new PassThrough().setEncoding('utf8')
  const make = () => streamTransport({ readable, writable: new PassThrough() })
  expect(make).toThrow(expect.objectContaining({ code: errorCodes.invalidParams }))
})

test('text with a line break and bytes that begin as text are refused where they are sent', () => {
  const transport = streamTransport({ readable: new PassThrough(), writable: new PassThrough() })
  const refused = expect.objectContaining({ code: errorCodes.encoding })
  expect(() => transport.send('{\n}')).toThrow(refused)
  expect(() => transport.send(Uint8Array.of(1))).toThrow(refused)
})
