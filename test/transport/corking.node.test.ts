import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { Peer } from 'bothways'
import { type WebSocketLike, webSocketTransport } from 'bothways/websocket'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'

/** A transport over a real socket, what was done to its stream, and what has arrived at the other end. */
async function connected() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.close())
  await once(server, 'listening')
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => socket.terminate())
  let stream: Socket | undefined
  socket.on('upgrade', (response) => (stream = response.socket))
  const [[far]] = await Promise.all([once(server, 'connection'), once(socket, 'open')])
  const writes: string[] = []
  const corkable = {
    cork() {
      writes.push('cork')
      stream?.cork()
    },
    uncork() {
      writes.push('uncork')
      stream?.uncork()
    },
  }
  const arrived: string[] = []
  far.on('message', (data: Buffer) => arrived.push(data.toString()))
  const transport = webSocketTransport(
    socket as unknown as WebSocketLike,
    undefined,
    () => corkable,
  )
  return { peer: new Peer(transport), transport, writes, arrived, far: far as WebSocket }
}

test('small messages of one turn are one write, and leave before the turn is over', async () => {
  const { peer, transport, writes, arrived, far } = await connected()
  for (let sent = 0; sent < 10; sent++) peer.notify('note', [sent])
  expect(writes).toEqual(['cork'])
  await Promise.resolve()
  expect(writes).toEqual(['cork', 'uncork'])
  while (arrived.length < 10) await once(far, 'message')
  expect(arrived.map((text) => JSON.parse(text).params)).toEqual(
    Array.from({ length: 10 }, (_, index) => [index]),
  )
  expect(transport.buffered).toBe(0)
})

test('what is long, by many messages or by one, does not wait for the end of the turn', async () => {
  const { peer, writes } = await connected()
  for (let sent = 0; sent < 8; sent++) peer.notify('note', ['x'.repeat(130)])
  expect(writes).toEqual(['cork', 'uncork', 'cork'])
  peer.notify('note', ['x'.repeat(5_000)])
  expect(writes).toEqual(['cork', 'uncork', 'cork', 'uncork'])
})

test('a stream that fails when it is uncorked ends the peer with what it said', async () => {
  const { peer, transport } = await connected()
  transport.uncork = () => {
    throw new Error('the stream broke')
  }
  peer.notify('note')
  peer.notify('note')
  expect(await peer.closed).toEqual({
    code: 1006,
    reason: 'the transport failed: the stream broke',
  })
})
