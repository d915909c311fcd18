import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeCodes, errorCodes, type Peer, type PeerOptions } from 'bothways'
import { connectSocket, listenSocket } from 'bothways/node'
import { connect } from 'bothways/websocket'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { bundle } from '../support/bundle.node.js'
import { Clock } from '../support/clock.js'
import { freePath } from '../support/sockets.node.js'

const child = await bundle('socket-child.node')
const server = await bundle('child.node')

/** A peer of a process of its own, under a clock. */
async function peerOfProcess(options: PeerOptions = {}) {
  const path = freePath()
  const process_ = spawn(process.execPath, [child, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void process_.kill('SIGKILL'))
  await once(process_.stdout, 'data')
  const clock = new Clock()
  const peer = await connectSocket({ path }, { runtime: clock, ...options })
  await peer.greeted
  return { peer, clock, process_ }
}

const silent = { code: closeCodes.silent, reason: expect.stringContaining('60000 ms') }

test('silence: a process that is stopped in the middle of a call is given up after 60 s with 4012', async () => {
  const { peer, clock, process_ } = await peerOfProcess()
  const call = peer.request('never')
  await peer.request('started')
  process_.kill('SIGSTOP')
  clock.advance(59_999)
  expect(peer.state).toBe('open')
  // It looks ten times in 60 s, and at the first look had heard something.
  clock.advance(6_001)
  await expect(call).rejects.toMatchObject({
    code: errorCodes.closed,
    delivery: 'unknown',
    message: expect.stringContaining('said nothing for 60000 ms'),
  })
  clock.advance(2_000)
  expect(await peer.closed).toMatchObject(silent)
})

test('a WebSocket server whose process is stopped in the middle of a call is given up as well', async () => {
  const process_ = spawn(process.execPath, [server], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void process_.kill('SIGKILL'))
  const [line] = await once(process_.stdout, 'data')
  const clock = new Clock()
  const peer = await connect(String(line).trim(), { runtime: clock })
  await peer.greeted
  const call = peer.request('never')
  await peer.request('started')
  process_.kill('SIGSTOP')
  clock.advance(66_000)
  await expect(call).rejects.toMatchObject({
    code: errorCodes.closed,
    delivery: 'unknown',
    message: expect.stringContaining('said nothing for 60000 ms'),
  })
  clock.advance(2_000)
  expect(await peer.closed).toMatchObject({ reason: expect.stringMatching(/./) })
})

test('an end that is there answers when it is asked, and may take as long as it likes', async () => {
  const { peer, clock } = await peerOfProcess()
  const call = peer.request('never')
  for (let minute = 0; minute < 10; minute++) {
    // Asked by now; its answer comes before that to what is asked next.
    clock.advance(48_000)
    await peer.request('echo', [minute])
  }
  expect(peer.state).toBe('open')
  const ended = expect(call).rejects.toMatchObject({ code: errorCodes.closed })
  await peer.close()
  await ended
})

test('nobody is asked while nothing is waited for', async () => {
  const { peer, clock, process_ } = await peerOfProcess()
  await peer.request('echo', [1])
  process_.kill('SIGSTOP')
  clock.advance(600_000)
  expect([peer.state, peer.buffered]).toEqual(['open', 0])
})

test('a stream that stands still is given up with its producer', async () => {
  const { peer, clock, process_ } = await peerOfProcess()
  const stream = peer.stream('stream', { to: 1_000_000_000 })
  let read = 0
  const reading = async () => {
    for await (const _ of stream) {
      if (++read !== 1_000) continue
      process_.kill('SIGSTOP')
      setImmediate(() => clock.advance(90_000))
    }
  }
  await expect(reading()).rejects.toMatchObject({ code: errorCodes.closed })
})

test('Infinity waits for ever', async () => {
  const { peer, clock, process_ } = await peerOfProcess({ limits: { silence: Infinity } })
  const call = peer.request('never')
  await peer.request('started')
  process_.kill('SIGSTOP')
  clock.advance(1_000_000)
  expect(peer.state).toBe('open')
  const ended = expect(call).rejects.toMatchObject({ code: errorCodes.closed })
  void peer.close()
  await ended
})

test('a process that slept has time to read what came meanwhile', async () => {
  const { peer, clock } = await peerOfProcess()
  const call = peer.request('never')
  await peer.request('started')
  clock.advance(42_000)
  // Timers are due, and fire once each, however long the sleep was.
  for (let look = 0; look < 3; look++) {
    clock.advance(6_000)
    await peer.request('echo', [look])
  }
  expect(peer.state).toBe('open')
  const ended = expect(call).rejects.toMatchObject({ code: errorCodes.closed })
  await peer.close()
  await ended
})

test('a foreign end is never asked', async () => {
  const said: string[] = []
  let asked: () => void = () => {}
  const wasAsked = new Promise<void>((resolve) => (asked = resolve))
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => void server.close())
  server.on('connection', (socket) =>
    socket.on('message', (data) => {
      const { id, method } = JSON.parse(String(data))
      said.push(method)
      if (method === 'slow') asked()
      if (method === 'rpc.hello')
        socket.send(
          JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32601, message: 'what?' } }),
        )
    }),
  )
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const clock = new Clock()
  const peer = await connect(`ws://127.0.0.1:${port}`, { runtime: clock })
  await peer.greeted
  const call = expect(peer.request('slow')).rejects.toMatchObject({ code: errorCodes.closed })
  await wasAsked
  clock.advance(600_000)
  expect(peer.state).toBe('open')
  for (const client of server.clients) client.terminate()
  await call
  expect(said).toEqual(['rpc.hello', 'slow'])
})

test.each([
  ['a call', (peer: Peer) => peer.request('slow')],
  [
    'a batch',
    (peer: Peer) =>
      peer.batch([{ method: 'slow' }]).then(([outcome]) => Promise.reject(Object(outcome).reason)),
  ],
])(
  'a server that answers no ping of a client is given up, over WebSocket too: %s',
  async (_, ask) => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    onTestFinished(() => void server.close())
    const pinged = new Promise<void>((resolve) => {
      server.on('connection', (socket) =>
        socket.on('message', (data) => {
          const { id, method } = [JSON.parse(String(data))].flat()[0]
          if (method === 'rpc.ping') resolve()
          if (method !== 'rpc.hello') return
          socket.send(
            JSON.stringify({ jsonrpc: '2.0', id, result: { protocol: 1, features: ['meta'] } }),
          )
        }),
      )
    })
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const clock = new Clock()
    const peer = await connect(`ws://127.0.0.1:${port}`, { runtime: clock })
    await peer.greeted
    const call = expect(ask(peer)).rejects.toMatchObject({ code: errorCodes.closed })
    clock.advance(42_000)
    await pinged
    clock.advance(30_000)
    await call
  },
)

test('a ping is answered with null, and is no name for a handler', async () => {
  const path = freePath()
  const server = await listenSocket({ path }, () => {})
  onTestFinished(() => server.close())
  const peer = await connectSocket({ path })
  onTestFinished(() => peer.close())
  expect(await peer.request('rpc.ping')).toBe(null)
  expect(() => peer.handle('rpc.ping', () => 1)).toThrow('belongs to the protocol')
})
