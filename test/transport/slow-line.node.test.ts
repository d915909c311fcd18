import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { defaultLimits, errorCodes, Peer, type Transport } from 'bothways'
import { streamTransport } from 'bothways/node'
import { type WebSocketLike, webSocketTransport } from 'bothways/websocket'
import { expect, onTestFinished, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { Clock } from '../support/clock.js'
import { certificates, freePath, open } from '../support/sockets.node.js'

/** A transport of this end and what it stands on, and the bare socket of the other, which reads when it is told to. */
interface Line {
  readonly transport: Transport
  readonly socket: Socket
  readonly reader: Socket
  /** The bytes of a message that the bare socket sends. */
  readonly frame: (text: string) => Buffer
}

const line = (text: string) => Buffer.from(`${text}\n`)

/** A message of a client, whose mask changes nothing. */
function webSocketFrame(text: string): Buffer {
  const head = Buffer.alloc(14)
  head.set([0x81, 0xff])
  head.writeUInt32BE(text.length, 6)
  return Buffer.concat([head, Buffer.from(text)])
}

const limits = { message: 100_000_000 }
const framing = { limits, frameTimeout: Infinity }

async function listening(server: Server, where: { path: string } | { port: number }) {
  onTestFinished(() => void server.close())
  await once(server.listen({ ...where, host: '127.0.0.1' }), 'listening')
  return server.address() as { port: number }
}

/** A connection to `server`, whose event `event` tells of its end. */
async function accepted(
  runtime: Clock,
  server: Server,
  event: string,
  dial: () => Promise<Socket>,
): Promise<Line> {
  const [[socket], reader] = await Promise.all([once(server, event), dial()])
  onTestFinished(() => void socket.destroy())
  onTestFinished(() => void reader.destroy())
  reader.on('error', () => {})
  const transport = streamTransport(socket, { runtime, ...framing })
  return { transport, socket, reader, frame: line }
}

const lines: Readonly<Record<string, (clock: Clock) => Promise<Line>>> = {
  async TCP(runtime) {
    const server = createServer({ allowHalfOpen: true })
    const { port } = await listening(server, { port: 0 })
    return accepted(runtime, server, 'connection', () => open({ port }))
  },
  async TLS(runtime) {
    const server = createTlsServer({ ...certificates.server, allowHalfOpen: true })
    const { port } = await listening(server, { port: 0 })
    const address = { port, tls: { ca: certificates.ca } }
    return accepted(runtime, server, 'secureConnection', () => open(address))
  },
  async 'a unix socket'(runtime) {
    const [server, path] = [createServer({ allowHalfOpen: true }), freePath()]
    await listening(server, { path })
    return accepted(runtime, server, 'connection', () => open({ path }))
  },
  async WebSocket(runtime) {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const reader = await open({ port: (server.address() as { port: number }).port })
    onTestFinished(() => void reader.destroy())
    reader.on('error', () => {})
    reader.write(
      'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    )
    const [[socket, { socket: stream }]] = await Promise.all([
      once(server, 'connection'),
      once(reader, 'data'),
    ])
    onTestFinished(() => (socket as WebSocket).terminate())
    return {
      transport: webSocketTransport(socket as WebSocketLike, runtime, () => stream),
      socket: stream,
      reader,
      frame: webSocketFrame,
    }
  },
}

/** Reads at least `bytes`, and then nothing more. */
async function read(reader: Socket, bytes: number): Promise<void> {
  const end = reader.bytesRead + bytes
  reader.resume()
  while (reader.bytesRead < end) await once(reader, 'data')
  reader.pause()
}

test.each(Object.entries(lines))(
  'one message that takes longer than `stall` to leave is no standstill while it moves, over %s',
  async (_kind, lineUnder) => {
    const clock = new Clock()
    const { transport, reader } = await lineUnder(clock)
    reader.pause()
    const peer = new Peer(transport, { runtime: clock, limits })
    // More than the system takes at once.
    const call = peer.request('store', ['x'.repeat(40_000_000)])
    const ended = expect(call).rejects.toMatchObject({ code: errorCodes.closed })
    const waiting = peer.buffered
    for (let part = 0; part < 5; part++) {
      const before = transport.written as number
      while (transport.written === before) await read(reader, 500_000)
      clock.advance(defaultLimits.stall - 1)
      expect([peer.state, peer.buffered]).toEqual(['open', waiting])
    }
    clock.advance(2 * defaultLimits.stall)
    await ended
    clock.advance(defaultLimits.stall)
    expect(await peer.closed).toMatchObject({ code: 4008 })
  },
)

test.each(Object.entries(lines).filter(([kind]) => kind !== 'WebSocket'))(
  'the last answer to an end that sends no more is waited for while it moves, over %s',
  async (_kind, lineUnder) => {
    const clock = new Clock()
    const { transport, socket, reader, frame } = await lineUnder(clock)
    reader.pause()
    const peer = new Peer(transport, { runtime: clock, limits })
    peer.handle('load', () => 'x'.repeat(40_000_000))
    reader.end(frame('{"jsonrpc":"2.0","id":1,"method":"load"}'))
    await expect.poll(() => socket.readableEnded).toBe(true)
    expect(peer.buffered).toBeGreaterThan(limits.message / 10)
    for (let part = 0; part < 5; part++) {
      const before = transport.written as number
      while (transport.written === before) await read(reader, 500_000)
      clock.advance(defaultLimits.stall - 1)
      expect(peer.state).toBe('open')
    }
    clock.advance(4 * defaultLimits.stall)
    expect(await peer.closed).toMatchObject({ code: 4008 })
  },
)

test.each(Object.entries(lines))(
  'one answer that takes longer than `silence` to arrive is no silence while it comes, over %s',
  async (_kind, lineUnder) => {
    const clock = new Clock()
    const { transport, socket, reader, frame } = await lineUnder(clock)
    const peer = new Peer(transport, { runtime: clock })
    onTestFinished(() => void peer.close())
    const hello = { protocol: 1, features: ['meta'] }
    reader.write(
      frame(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'rpc.hello', params: hello })),
    )
    await expect.poll(() => peer.takesMeta).toBe(true)
    const call = peer.request('load')
    const answer = frame(JSON.stringify({ jsonrpc: '2.0', id: 1, result: 'x'.repeat(100_000) }))
    for (let at = 0; at < answer.length; at += 10_000) {
      const before = socket.bytesRead
      reader.write(answer.subarray(at, at + 10_000))
      await expect.poll(() => socket.bytesRead).toBeGreaterThan(before)
      clock.advance(defaultLimits.silence - 10_000)
      expect(peer.state).toBe('open')
    }
    expect(await call).toHaveLength(100_000)
  },
)
