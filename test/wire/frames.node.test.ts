import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { errorCodes, type Peer } from 'bothways'
import { type ListenOptions, listen } from 'bothways/node'
import { connect } from 'bothways/websocket'
import { expect, onTestFinished, test } from 'vitest'
import { Clock } from '../support/clock.js'
import { Tcp } from '../support/tcp.node.js'
import { expand, type Input } from '../vectors/expand.js'

type Headers = Readonly<Record<string, string | readonly string[] | number>>

interface Vector {
  readonly id: string
  readonly title: string
  readonly input: Input | { readonly handshake: Headers }
  readonly expect: {
    readonly messages?: number
    readonly pongs?: number
    readonly connection?: 'open' | { readonly close: number }
    readonly http?: number
  }
}

const vectors = (
  JSON.parse(readFileSync('test/vectors/bad-input.json', 'utf8')).vectors as Vector[]
).filter(({ id }) => id.startsWith('W-'))

/** Vectors that have a test of their own below. */
const told = ['W-36', 'W-40', 'W-43', 'W-46', 'W-HS-10', 'W-HS-12']

/** What is run elsewhere, or not at all, and why. */
const left: Readonly<Record<string, string>> = {
  'W-42': 'silence.node.test.ts: a client that has gone without a word is given up',
  'W-47': 'connections that redial come with sessions',
}

test('every vector of a WebSocket server is run, or left out with a reason', () => {
  const run = [...frames, ...handshakes].map(({ id }) => id)
  const all = [...run, ...told, ...Object.keys(left)].sort()
  expect(all).toEqual(vectors.map(({ id }) => id).sort())
})

const frames = vectors.filter(({ input }) => isFrames(input))
const handshakes = vectors.filter(
  ({ id, input }) => typeof input === 'object' && 'handshake' in input && !told.includes(id),
)

function isFrames(input: Vector['input']): boolean {
  return typeof input === 'object' && ('frame' in input || 'cat' in input)
}

test.each(frames)('$id: $title', async ({ input, expect: expected }) => {
  let messages = 0
  const { port } = await start({}, (peer) => peer.on('update', () => messages++))
  const tcp = await upgraded(port)
  tcp.socket.write(expand(input as Input))
  const { connection, pongs = 0 } = expected
  if (connection === 'open') tcp.socket.write(expand({ frame: { op: 9, payload: 'fence' } }))
  const heard: string[] = []
  let code: number | undefined
  for (let frame = await tcp.frame(); frame !== undefined; frame = await tcp.frame()) {
    if (frame.op === 8) code = frame.payload.readUInt16BE(0)
    else heard.push(frame.payload.toString())
    if (frame.op === 8 || heard.at(-1) === 'fence') break
  }
  expect(code).toBe(typeof connection === 'object' ? connection.close : undefined)
  if (connection === 'open') expect(heard).toHaveLength(pongs + 1)
  expect(messages).toBe(expected.messages)
})

test.each(handshakes)('$id: $title', async ({ id, input, expect: expected }) => {
  const { handshake } = input as { handshake: Headers }
  const isLocal = id.startsWith('W-HOST')
  const { port } = await start(
    isLocal ? {} : { allowOrigins: ['https://app.test'], allowHosts: ['hub.test'] },
  )
  const tcp = dial(port)
  tcp.socket.write(requestText(handshake))
  const head = await tcp.head()
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${expected.http} `))
  if (id === 'W-HS-01') expect(head.toLowerCase()).not.toContain('sec-websocket-extensions')
  if (expected.http === 101) return
  const whole = head + (await tcp.rest())
  expect(whole).not.toContain('secret-canary')
})

function requestText(headers: Headers): string {
  const method = 'POST' in headers ? 'POST' : 'GET'
  const lines = Object.entries(headers).flatMap(([name, value]) => {
    if (name === method) return []
    if (name === 'extraHeaders')
      return Array.from({ length: Number(value) }, (_, index) => `X-${index}: 1`)
    return [value].flat().map((text) => `${name}: ${text}`)
  })
  return `${method} ${headers[method]} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`
}

test('W-HS-10: half a request and then silence is given up', async () => {
  const { port } = await start()
  const tcp = dial(port)
  tcp.socket.write('GET / HTTP/1.1\r\n')
  expect(await tcp.rest()).toMatch(/^HTTP\/1.1 408 /)
}, 30_000)

test('W-HS-12: a client that resets in the middle of its handshake harms nobody', async () => {
  const { port, url } = await start({}, (peer) => peer.handle('echo', (params) => params))
  const tcp = dial(port)
  await once(tcp.socket, 'connect')
  tcp.socket.write('GET / HTTP/1.1\r\nUpg')
  tcp.socket.resetAndDestroy()
  const peer = await connect(url)
  expect(await peer.request('echo', [1])).toEqual([1])
  await peer.close()
})

test('W-36: whoever pings and reads nothing is let go, by either end', async () => {
  const { input } = vectors.find(({ id }) => id === 'W-36') as Vector
  const { port, next } = await start()
  const tcp = await upgraded(port)
  const server = await next
  tcp.socket.pause().write(expand(input as Input))
  expect((await server.closed).code).toBe(1006)

  const url = await bareServer((socket) => {
    // A server masks nothing.
    const ping = Buffer.concat([Buffer.from([0x89, 125]), Buffer.alloc(125, 'p')])
    socket.pause().write(Buffer.concat(Array(5_000).fill(ping)))
  })
  expect((await (await connect(url)).closed).code).toBe(1006)
})

/** A server that grants WebSockets and leaves each, as a bare socket, to `taken`. */
async function bareServer(taken: (socket: Socket) => void): Promise<string> {
  const server = createTcpServer((socket) => {
    onTestFinished(() => void socket.destroy())
    socket
      .on('error', () => {})
      .once('data', (request) => {
        const key = /sec-websocket-key: (\S+)/i.exec(String(request))?.[1]
        const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept.digest('base64')}\r\n\r\n`,
        )
        taken(socket)
      })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a server that resets in the middle of a call is gone, and the cause is told', async () => {
  const url = await bareServer((socket) => socket.once('data', () => socket.resetAndDestroy()))
  const peer = await connect(url, { hello: false })
  await expect(peer.request('never')).rejects.toMatchObject({
    code: errorCodes.closed,
    delivery: 'unknown',
    message: expect.stringContaining('ECONNRESET'),
  })
  expect(await peer.closed).toEqual({ code: 1006, reason: 'read ECONNRESET' })
})

test('a client that is gone with a call unread is told of with the cause', async () => {
  const { port, next } = await start()
  const tcp = await upgraded(port)
  const peer = await next
  tcp.socket.pause()
  const call = peer.request('never', ['x'.repeat(900_000)])
  await new Promise((resolve) => setImmediate(resolve))
  // What was not read makes the system reset the connection.
  tcp.socket.destroy()
  await expect(call).rejects.toMatchObject({
    code: errorCodes.closed,
    delivery: 'unknown',
    message: expect.stringMatching(/ECONNRESET|EPIPE/),
  })
  expect(await peer.closed).toEqual({
    code: 1006,
    reason: expect.stringMatching(/^(read|write) (ECONNRESET|EPIPE)$/),
  })
})

test('W-40: a client that stops reading is closed with 4008, and what is kept for it is bounded', async () => {
  const clock = new Clock()
  const { port, next } = await start({ runtime: clock })
  const tcp = await upgraded(port)
  const peer = await next
  tcp.socket.pause()
  let produced = 0
  const line = 'x'.repeat(65_536)
  await expect(async () => {
    for (; produced < 536_870_912; produced += line.length) {
      peer.notify('line', [line])
      await new Promise((resolve) => setImmediate(resolve))
    }
  }).rejects.toMatchObject({ code: errorCodes.limitExceeded })
  expect(peer.buffered).toBeLessThanOrEqual(1_048_576)
  const told = new Promise((resolve) => peer.onState(resolve))
  clock.advance(10_000)
  expect(await told).toBe('closed')
  tcp.socket.destroy()
  expect(await peer.closed).toMatchObject({ code: 4008 })
})

test('W-43: a long reason is cut to 123 bytes, on a character', async () => {
  const { port, next } = await start()
  const tcp = await upgraded(port)
  const peer = await next
  void peer.close({ code: 1008, reason: '😀'.repeat(40) })
  const frame = await tcp.frame()
  expect(frame?.payload.readUInt16BE(0)).toBe(1008)
  const reason = new TextDecoder('utf-8', { fatal: true }).decode(frame?.payload.subarray(2))
  expect(reason).toBe('😀'.repeat(30))
})

test('W-46: a redirect is not followed', async () => {
  const server = createServer().on('upgrade', (_, socket) => {
    socket.end('HTTP/1.1 302 Found\r\nLocation: ws://evil.example\r\nContent-Length: 0\r\n\r\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  await expect(connect(`ws://127.0.0.1:${port}`)).rejects.toMatchObject({
    code: errorCodes.unavailable,
    message: expect.stringContaining('302'),
  })
})

test('a message in more pieces than any network makes of it is refused, and one in fewer is taken', async () => {
  const { limits, allowed } = { limits: { message: 51_200 }, allowed: 1_024 + 100 }
  for (const pieces of [allowed, allowed + 1]) {
    const { near, far } = await dripping({ limits })
    const text = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'nobody', pad: 'x'.repeat(2_000) })
    const bytes = expand({ frame: { payload: text } })
    const head = 8
    let arrived = once(far, 'data')
    near.socket.write(bytes.subarray(0, head))
    for (let sent = head; sent < head + pieces - 1; sent++) {
      await arrived
      arrived = once(far, 'data')
      near.socket.write(bytes.subarray(sent, sent + 1))
    }
    await arrived
    near.socket.write(bytes.subarray(head + pieces - 1))
    const frame = await near.frame()
    expect(frame?.op).toBe(pieces > allowed ? 8 : 1)
    if (pieces > allowed) expect(frame?.payload.readUInt16BE(0)).toBe(1008)
  }
})

/** A WebSocket by its bytes, and the socket at which these arrive. */
async function dripping(options: ListenOptions) {
  const server = createServer()
  const connected = once(server, 'connection')
  const { port } = await start({ ...options, server })
  onTestFinished(() => void server.close())
  const near = await upgraded(port)
  near.socket.setNoDelay(true)
  const [far] = (await connected) as [Socket]
  return { near, far }
}

/** A TCP connection to this machine that ends with the test. */
function dial(port: number): Tcp {
  const tcp = new Tcp(port)
  onTestFinished(() => void tcp.socket.destroy())
  return tcp
}

/** The same, once it is a WebSocket. */
async function upgraded(port: number): Promise<Tcp> {
  const tcp = dial(port)
  await tcp.upgrade(port)
  return tcp
}

/** Listens on a free port, and ends with the test. */
async function start(options: ListenOptions = {}, onPeer: (peer: Peer) => void = () => {}) {
  let resolve = (_: Peer) => {}
  const next = new Promise<Peer>((settle) => (resolve = settle))
  const server = await listen({ port: 0, ...options }, (peer) => {
    onPeer(peer)
    resolve(peer)
  })
  onTestFinished(() => server.close())
  return { url: server.url, port: Number(new URL(server.url).port), next }
}
