import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
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
  transport.start({ frame() {}, writable() {}, activity() {}, closed() {} })
  return { transport, writes, arrived, far: far as WebSocket }
}

test('small frames of one turn are one write, and leave before the turn is over', async () => {
  const { transport, writes, arrived, far } = await connected()
  for (let sent = 0; sent < 20; sent++) transport.send(`${sent}`)
  expect(writes).toEqual(['cork'])
  await Promise.resolve()
  expect(writes).toEqual(['cork', 'uncork'])
  while (arrived.length < 20) await once(far, 'message')
  expect(arrived).toEqual(Array.from({ length: 20 }, (_, index) => `${index}`))
  expect(transport.buffered).toBe(0)
})

test('what is long, by many frames or by one, does not wait for the end of the turn', async () => {
  const { transport, writes } = await connected()
  for (let sent = 0; sent < 8; sent++) transport.send('x'.repeat(100))
  expect(writes).toEqual(['cork', 'uncork', 'cork'])
  transport.send('x'.repeat(5_000))
  expect(writes).toEqual(['cork', 'uncork', 'cork', 'uncork'])
})
