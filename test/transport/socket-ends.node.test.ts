import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  createServer,
  type NetConnectOpts,
  connect as netConnect,
  type Server,
  type Socket,
} from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import { type Diagnostic, errorCodes, type Peer } from 'bothways'
import {
  connectSocket,
  type FramingOption,
  type ListenSocketOptions,
  listenSocket,
} from 'bothways/node'
import { expect, onTestFinished, test } from 'vitest'
import { bundle } from '../support/bundle.node.js'
import { Clock } from '../support/clock.js'
import { certificates, freePath, kinds } from '../support/sockets.node.js'

const child = await bundle('socket-child.node')

/** A server of peers that echo; ends with the test. */
async function start(options: ListenSocketOptions = {}) {
  const given: ((peer: Peer) => void)[] = []
  const peers: Peer[] = []
  const server = await listenSocket(options, (peer) => {
    peer.handle('echo', (params) => params)
    peers.push(peer)
    given.shift()?.(peer)
  })
  onTestFinished(() => server.close())
  const next = () => new Promise<Peer>((resolve) => given.push(resolve))
  return { server, port: server.port, next, peers }
}

/** A bare TCP connection; ends with the test. */
async function bare(port: number, allowHalfOpen = false): Promise<Socket> {
  const socket = netConnect({ port, host: '127.0.0.1', allowHalfOpen }).on('error', () => {})
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** A bare TCP server; ends with the test. */
async function bareServer(taken: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = []
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket.on('error', () => {}))
    taken(socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as { port: number }).port
}

async function startChild() {
  const path = freePath()
  const process_ = spawn(process.execPath, [child, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void process_.kill('SIGKILL'))
  await once(process_.stdout, 'data')
  return { path, process_ }
}

test('a process that is killed in the middle of a call rejects the call', async () => {
  const { path, process_ } = await startChild()
  const peer = await connectSocket({ path })
  const call = peer.request('never')
  await peer.request('started')
  process_.kill('SIGKILL')
  await expect(call).rejects.toMatchObject({ code: errorCodes.closed, delivery: 'unknown' })
  // The system closes its socket as it would close any, or resets it where something was not read.
  expect([1005, 1006]).toContain((await peer.closed).code)
})

test('a process that is stopped and reads no more is given up with 4008, and nothing is kept for it', async () => {
  const { path, process_ } = await startChild()
  const clock = new Clock()
  const peer = await connectSocket({ path }, { runtime: clock })
  await peer.request('echo', [1])
  process_.kill('SIGSTOP')
  const line = 'x'.repeat(65_536)
  await expect(async () => {
    for (let sent = 0; sent < 1_000; sent++) {
      peer.notify('tell', [line])
      await new Promise((resolve) => setImmediate(resolve))
    }
  }).rejects.toMatchObject({ code: errorCodes.limitExceeded })
  clock.advance(10_000)
  expect(peer.state).toBe('closed')
  // It does not answer the close either.
  clock.advance(2_000)
  expect(await peer.closed).toMatchObject({ code: 4008 })
})

test('F-66: a reset in the middle of a message ends that connection, and no other', async () => {
  const { port, next } = await start({ framing: 'contentLength' })
  const [peer, socket] = await Promise.all([next(), bare(port)])
  socket.write('Content-Length: 100\r\n\r\n{"a":', () => socket.resetAndDestroy())
  expect(await peer.closed).toMatchObject({ code: 1006 })
  const other = await connectSocket({ port }, { framing: 'contentLength' })
  expect(await other.request('echo', [1])).toEqual([1])
  await other.close()
})

test('a reset is told with its cause', async () => {
  const { port, next } = await start()
  const [peer, socket] = await Promise.all([next(), bare(port)])
  socket.write('{"jsonrpc":"2.0","id":1,"method":"echo"}\n')
  await once(socket, 'data')
  setImmediate(() => socket.resetAndDestroy())
  expect(await peer.closed).toEqual({
    code: 1006,
    reason: expect.stringMatching(/^the stream failed: .*ECONNRESET/),
  })
})

test('a reset under TLS is told with its cause, and what waits rejects with it', async () => {
  const { port, next } = await start({ tls: certificates.server })
  const socket = await bare(port)
  const tls = tlsConnect({ socket, ca: certificates.ca, host: '127.0.0.1' })
  tls.on('error', () => {})
  const peer = await next()
  const call = peer.request('never')
  await once(tls, 'data')
  socket.resetAndDestroy()
  await expect(call).rejects.toMatchObject({
    code: errorCodes.closed,
    delivery: 'unknown',
    message: expect.stringContaining('ECONNRESET'),
  })
  expect(await peer.closed).toMatchObject({ code: 1006 })
})

test('an end that hangs up while much is sent to it is noticed, and calls are rejected', async () => {
  const port = await bareServer((socket) => socket.once('data', () => socket.resetAndDestroy()))
  const peer = await connectSocket({ port }, { hello: false })
  const call = peer.request('echo', ['x'.repeat(900_000)])
  await expect(call).rejects.toMatchObject({ code: errorCodes.closed })
  expect((await peer.closed).code).toBe(1006)
})

test('an end that sends no more has its answers, and then the end', async () => {
  const { port, next } = await start()
  const [peer, socket] = await Promise.all([next(), bare(port, true)])
  let heard = ''
  socket.on('data', (chunk) => (heard += chunk))
  socket.end('{"jsonrpc":"2.0","id":1,"method":"echo","params":[1]}\n')
  await once(socket, 'end')
  expect(heard).toBe('{"jsonrpc":"2.0","id":1,"result":[1]}\n')
  expect(await peer.closed).toEqual({ code: 1005, reason: 'the other end closed the stream' })
})

/** A peer whose handler of "slow" answers when it is let, and a bare socket to it that has sent its last byte. */
async function half(kind: string, framing: FramingOption, text: string, clock?: Clock) {
  const { listen, address } = kinds[kind] ?? {}
  if (listen === undefined || address === undefined) throw new Error(`there is no kind ${kind}`)
  const options = { ...listen(), framing, ...(clock && { runtime: clock }) }
  let take = (_peer: Peer) => {}
  const taken = new Promise<Peer>((resolve) => (take = resolve))
  const server = await listenSocket(options, (peer) => take(peer))
  const where = address(server)
  const dial = { ...where, allowHalfOpen: true } as NetConnectOpts
  const isTls = 'tls' in where && where.tls
  const socket = isTls ? tlsConnect({ ...dial, ...Object(isTls) }) : netConnect(dial)
  onTestFinished(async () => {
    socket.destroy()
    await server.close()
  })
  let heard = ''
  socket.on('data', (chunk) => (heard += chunk)).on('error', () => {})
  const ended = once(socket, 'end')
  await once(socket, isTls ? 'secureConnect' : 'connect')
  const peer = await taken
  const slow = new Promise<{ answer(): void; signal: AbortSignal }>((resolve) =>
    peer.handle('slow', (_params, { signal }) => {
      return new Promise((answer) => resolve({ answer: () => answer('slow'), signal }))
    }),
  )
  socket.end(text)
  return { peer, slow, ended, heard: () => heard }
}

const slowly = '{"jsonrpc":"2.0","id":1,"method":"slow"}'
const withHeader = (text: string) => `Content-Length: ${text.length}\r\n\r\n${text}`

test.each(Object.keys(kinds))(
  'F-65: what was asked before the last byte is answered, over %s',
  async (kind) => {
    const { peer, slow, ended, heard } = await half(kind, 'contentLength', withHeader(slowly))
    const lost = peer.request('anything')
    const { answer } = await slow
    await expect(lost).rejects.toMatchObject({ code: errorCodes.closed, delivery: 'unknown' })
    expect(peer.state).toBe('open')
    answer()
    await ended
    expect(heard()).toContain(withHeader('{"jsonrpc":"2.0","id":1,"result":"slow"}'))
    expect(await peer.closed).toEqual({ code: 1005, reason: 'the other end closed the stream' })
  },
)

test('an end that has sent its last byte is asked nothing any more', async () => {
  const clock = new Clock()
  const { peer, slow, ended, heard } = await half('TCP', 'newline', `${slowly}\n`, clock)
  const lost = peer.request('anything')
  const { answer } = await slow
  await expect.poll(() => clock.timers).toBe(1)
  clock.advance(0)
  await expect(lost).rejects.toMatchObject({ code: errorCodes.closed })
  const call = peer.request('anything')
  await expect(call).rejects.toMatchObject({ code: errorCodes.closed, delivery: 'unsent' })
  answer()
  await ended
  expect(heard().match(/anything/g)).toHaveLength(1)
  expect(heard()).toContain('{"jsonrpc":"2.0","id":1,"result":"slow"}')
})

test('an end that has sent its last byte is left where nothing is answered for a second', async () => {
  const clock = new Clock()
  const { peer, slow } = await half('TCP', 'newline', `${slowly}\n`, clock)
  const { signal } = await slow
  await expect.poll(() => clock.timers).toBe(1)
  clock.advance(0)
  clock.advance(1_000)
  expect(await peer.closed).toEqual({ code: 1005, reason: 'the other end closed the stream' })
  expect(signal.aborted).toBe(true)
  expect(clock.timers).toBe(0)
})

test('an end that said hello and has sent its last byte has closed, and handlers are told', async () => {
  const hello =
    '{"jsonrpc":"2.0","id":0,"method":"rpc.hello","params":{"protocol":1,"features":["meta"]}}'
  const { peer, slow } = await half('TCP', 'newline', `${hello}\n${slowly}\n`)
  const { signal } = await slow
  expect(await peer.closed).toEqual({ code: 1005, reason: 'the other end closed the stream' })
  expect(signal.aborted).toBe(true)
})

test('what was told behind a call that waits for room leaves though the other end sends no more', async () => {
  const hello =
    '{"jsonrpc":"2.0","id":0,"method":"rpc.hello","params":{"protocol":1,"features":["meta"],"limits":{"inbound":1}}}'
  const said = `${hello}\n{"jsonrpc":"2.0","method":"now"}\n`
  const { peer, ended, heard } = await half('TCP', 'newline', said)
  const calls = new Promise((resolve) =>
    peer.on('now', async () => {
      while (!peer.takesMeta) await undefined
      resolve(Promise.allSettled([peer.request('never'), peer.request('never')]))
      peer.notify('told')
    }),
  )
  await ended
  expect(heard()).toContain('"method":"told"')
  expect(await calls).toMatchObject([{ status: 'rejected' }, { reason: { delivery: 'unsent' } }])
})

test('a stream that ends within a message has ended badly', async () => {
  const { port, next } = await start()
  const [peer, socket] = await Promise.all([next(), bare(port)])
  socket.end('{"jsonrpc":')
  expect(await peer.closed).toEqual({
    code: 1006,
    reason: 'the other end closed the stream, in the middle of a message',
  })
})

test('F-60: a message that drips in is given up, and a quick one after it is not its heir', async () => {
  const clock = new Clock()
  const { port, next } = await start({ framing: 'contentLength', runtime: clock })
  const [peer, socket] = await Promise.all([next(), bare(port)])
  const heard = (text: string) => {
    const tell = new Promise<void>((resolve) => peer.on(text, () => resolve()))
    const whole = withHeader(`{"jsonrpc":"2.0","method":"${text}"}`)
    return { tell, head: whole.slice(0, 9), rest: whole.slice(9) }
  }
  const [one, other] = [heard('one'), heard('other')]
  socket.write(one.head)
  await expect.poll(() => clock.timers).toBe(1)
  clock.advance(29_999)
  socket.write(one.rest + other.head)
  await one.tell
  clock.advance(29_999)
  socket.write(other.rest)
  await other.tell
  expect(clock.timers).toBe(0)
  clock.advance(60_000)
  expect(peer.state).toBe('open')
  socket.write('C')
  await expect.poll(() => clock.timers).toBe(1)
  clock.advance(20_000)
  socket.write('o')
  clock.advance(10_000)
  expect(await peer.closed).toEqual({
    code: 4008,
    reason: 'a message began, and was not whole after 30000 ms',
  })
  expect(clock.timers).toBe(0)
})

test('an end that does not answer a close is left after two seconds', async () => {
  const clock = new Clock()
  let end = () => {}
  const ended = new Promise<void>((resolve) => (end = resolve))
  const port = await bareServer((socket) => socket.resume().once('end', end))
  const peer = await connectSocket({ port }, { runtime: clock, hello: false })
  const closing = peer.close({ code: 1000, reason: 'enough' })
  await ended
  clock.advance(2_000)
  await closing
  expect(await peer.closed).toEqual({ code: 1000, reason: 'enough' })
  expect(clock.timers).toBe(0)
})

test('an end that hears what is no frame closes, and says why', async () => {
  const { port, next } = await start({ framing: 'contentLength' })
  const [peer, socket] = await Promise.all([next(), bare(port)])
  socket.write('a stray line\n')
  await once(socket.resume(), 'close')
  expect(await peer.closed).toEqual({
    code: 1002,
    reason: expect.stringMatching(/CRLF \(does something else print to this stream\?\)/),
  })
})

test('F-50: what a web page posts to the port is no call, though its body is one', async () => {
  const { port, next } = await start()
  const heard: unknown[] = []
  const given = next().then((peer) => {
    peer.on('wipe', (params) => heard.push(params))
    return peer
  })
  const body = '\n{"jsonrpc":"2.0","method":"wipe","params":[1]}\n'
  const posted = fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body })
  await expect(posted).rejects.toThrow()
  expect(await (await given).closed).toEqual({
    code: 1002,
    reason: 'this is HTTP, and no messages',
  })
  expect(heard).toEqual([])
})

test('a message over the limit closes with 1009, and names limit, value and size', async () => {
  const { port, next } = await start({ framing: 'contentLength', limits: { message: 1_000 } })
  const [peer, socket] = await Promise.all([next(), bare(port)])
  socket.write('Content-Length: 4000000000\r\n\r\n')
  expect(await peer.closed).toEqual({
    code: 1009,
    reason: 'a message of 4000000000 bytes is over the limit "message" of 1000',
  })
})

test('connections over the limit, all told or from one address, are closed at once', async () => {
  for (const limits of [{ connections: 1 }, { connectionsPerAddress: 1 }]) {
    const { server, port } = await start(limits)
    const first = await connectSocket({ port })
    expect(await first.request('echo', [1])).toEqual([1])
    const second = await connectSocket({ port })
    expect((await second.closed).code).toBeGreaterThan(1000)
    expect(server.connections).toBe(1)
    await first.close()
  }
})

test('an onPeer that throws costs its own connection', async () => {
  const diagnostics: Diagnostic[] = []
  let taken = 0
  const server = await listenSocket(
    { onDiagnostic: (event) => diagnostics.push(event) },
    (peer) => {
      if (++taken === 1) throw new TypeError('no room')
      peer.handle('ping', () => 'pong')
    },
  )
  onTestFinished(() => server.close())
  const first = await connectSocket({ port: server.port })
  expect(await first.closed).toMatchObject({ code: 1005 })
  expect(diagnostics).toMatchObject([{ kind: 'handlerFailed', cause: { message: 'no room' } }])
  const second = await connectSocket({ port: server.port })
  expect(await second.request('ping')).toBe('pong')
  await second.close()
})

test('a server that closes ends every connection, and those that are still being made', async () => {
  const { server, peers, port } = await start({ tls: certificates.server })
  const tls = { ca: certificates.ca }
  const peer = await connectSocket({ port, tls })
  const half = await bare(port)
  await peer.request('echo', [1])
  await server.close()
  expect(await peer.closed).toMatchObject({ code: 1005 })
  expect(await peers[0]?.closed).toMatchObject({ code: 4001, reason: 'the server is closing' })
  if (!half.closed) await once(half.resume(), 'close')
  expect(server.connections).toBe(0)
})
