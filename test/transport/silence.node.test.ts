import { once } from 'node:events'
import { closeCodes, errorCodes, type Peer } from 'bothways'
import { listen } from 'bothways/node'
import { connect } from 'bothways/websocket'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { Clock } from '../support/clock.js'
import { Tcp } from '../support/tcp.node.js'

/** A server under a clock, and the peers it was given. */
async function serve(clock: Clock, options: { pingAfter?: number; giveUpAfter?: number } = {}) {
  const peers: Peer[] = []
  const server = await listen({ runtime: clock, ...options }, (peer) => {
    peers.push(peer)
    peer.handle('echo', (params) => params)
  })
  onTestFinished(() => server.close())
  return { server, peers }
}

/** A client that reads what comes, and answers nothing, not even a ping. */
async function deaf(port: number) {
  const tcp = new Tcp(port)
  onTestFinished(() => void tcp.socket.destroy())
  await tcp.upgrade(port)
  return tcp
}

const ping = 0x9

test('a client that has gone without a word is pinged after 15 s, and given up 10 s later with 4012', async () => {
  const clock = new Clock()
  const { server, peers } = await serve(clock)
  const client = await deaf(server.port)
  const waiting = peers[0]?.request('anything')
  expect(await client.frame()).toMatchObject({ op: 1 })
  clock.advance(14_000)
  expect(peers[0]?.state).toBe('open')
  clock.advance(2_000)
  expect(await client.frame()).toMatchObject({ op: ping })
  clock.advance(8_000)
  expect(peers[0]?.state).toBe('open')
  clock.advance(2_000)
  expect(await peers[0]?.closed).toEqual({
    code: closeCodes.silent,
    reason: expect.stringMatching(/^silent: nothing came for 2[56] s$/),
  })
  await expect(waiting).rejects.toMatchObject({ code: errorCodes.closed, delivery: 'unknown' })
})

test('a client that says nothing but answers pings stays', async () => {
  const peers: Peer[] = []
  const server = await listen({ pingAfter: 20, giveUpAfter: 10_000 }, (peer) => peers.push(peer))
  onTestFinished(() => server.close())
  const client = new WebSocket(server.url)
  onTestFinished(() => client.terminate())
  // Had the answer to the first been no sign of life, there would be no second.
  for (let n = 0; n < 5; n++) await once(client, 'ping')
  expect(peers[0]?.state).toBe('open')
})

test('how long a client may be silent is an option, and nonsense is refused', async () => {
  const clock = new Clock()
  const { server, peers } = await serve(clock, { pingAfter: 1_000, giveUpAfter: 500 })
  await deaf(server.port)
  clock.advance(2_500)
  expect(await peers[0]?.closed).toMatchObject({ code: closeCodes.silent })
  await expect(serve(clock, { pingAfter: -1 })).rejects.toThrow('pingAfter is -1')
})

test('no timer is left when nobody is connected', async () => {
  const clock = new Clock()
  const { server, peers } = await serve(clock)
  const before = clock.timers
  const client = await connect(server.url)
  await client.request('echo', [1])
  expect(clock.timers).toBeGreaterThan(before)
  await client.close()
  await peers[0]?.closed
  expect(clock.timers).toBe(before)
})

test('flush resolves when all has left, whichever write of the turn took it', async () => {
  const heard: number[] = []
  const server = await listen({}, (peer) => peer.on('note', ({ n }) => heard.push(n)))
  onTestFinished(() => server.close())
  const peer = await connect(server.url)
  await peer.greeted
  peer.notify('note', { n: 1 })
  peer.notify('note', { n: 2 })
  const flushed = peer.flush()
  peer.notify('note', { n: 3, text: 'x'.repeat(600) })
  await flushed
  await peer.request('nobody').catch(() => {})
  expect(heard).toEqual([1, 2, 3])
  await peer.close()
})

test('a page whose program stands still, and that answers pings, is waited for', async () => {
  const clock = new Clock()
  const { server, peers } = await serve(clock, { pingAfter: Number.POSITIVE_INFINITY })
  const client = new WebSocket(server.url)
  onTestFinished(() => client.terminate())
  const hello = { protocol: 1, features: ['meta'] }
  client.on('open', () =>
    client.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'rpc.hello', params: hello })),
  )
  await once(client, 'message')
  const peer = peers[0] as Peer
  const call = expect(peer.request('confirm')).rejects.toMatchObject({ code: errorCodes.closed })
  for (let minute = 0; minute < 5; minute++) {
    clock.advance(50_000)
    // As a browser does while its page shows a dialogue; the ping is to know when that has arrived.
    client.pong()
    client.ping()
    await once(client, 'pong')
    expect(peer.state).toBe('open')
  }
  client.terminate()
  await call
})
