import { connect, webSocketTransport } from 'bothways/websocket'
import { inject } from 'vitest'
import type { MakePair, MakeRawPair } from './pair.js'

const relay = () => inject('relay')

/** Both ends in this page, each on a WebSocket of the browser's own, joined by the relay of echo-server.ts. */
export const webSocketPeers: MakePair = async (nearOptions, farOptions) => {
  const room = crypto.randomUUID()
  const far = await connect(`${relay()}/room/${room}`, { hello: false, ...farOptions })
  const near = await connect(`${relay()}/room/${room}`, nearOptions)
  const drop = () => void new WebSocket(`${relay()}/drop/${room}`)
  return { near, far, drop, dispose: () => near.close() }
}

export const webSocketRaw: MakeRawPair = async (options) => {
  const url = `${relay()}/room/${crypto.randomUUID()}`
  const peer = await connect(url, { hello: false, ...options })
  return { transport: webSocketTransport(new WebSocket(url)), peer, dispose: () => peer.close() }
}
