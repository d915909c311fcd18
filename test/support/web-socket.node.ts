import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Peer, PeerOptions } from 'bothways'
import { listen } from 'bothways/node'
import { connect, type WebSocketLike, webSocketTransport } from 'bothways/websocket'
import { WebSocket } from 'ws'
import type { MakePair, MakeRawPair } from './pair.js'

/** A peer that listens on a free port, and the one end that may connect to it. */
interface Listening {
  readonly url: string
  readonly accepted: Promise<Peer>
  /** Cuts the connection below WebSocket. */
  drop(): void
  close(): Promise<void>
}

export async function listenForOne(options: PeerOptions): Promise<Listening> {
  const server = createServer()
  const sockets: Socket[] = []
  server.on('connection', (socket) => sockets.push(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  let resolve: (peer: Peer) => void = () => {}
  const accepted = new Promise<Peer>((settle) => (resolve = settle))
  // Clocks of the tests leap, and nothing can answer a ping meanwhile.
  const peers = await listen({ server, pingAfter: Number.POSITIVE_INFINITY, ...options }, resolve)
  const drop = () => {
    for (const socket of sockets) socket.destroy()
  }
  const close = async () => {
    await peers.close()
    drop()
    server.close()
  }
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, accepted, drop, close }
}

export const webSocketPeers: MakePair = async (nearOptions, farOptions) => {
  const { url, accepted, drop, close } = await listenForOne(farOptions)
  const near = await connect(url, nearOptions)
  return { near, far: await accepted, drop, dispose: close }
}

export const webSocketRaw: MakeRawPair = async (options) => {
  const { url, accepted, close } = await listenForOne(options)
  const transport = webSocketTransport(new WebSocket(url) as unknown as WebSocketLike)
  return { transport, peer: await accepted, dispose: close }
}
