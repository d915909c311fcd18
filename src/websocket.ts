import type { PeerOptions } from './peer/options.js'
import { Peer } from './peer/peer.js'
import { type DialOptions, dialWebSocket } from './transport/dial.js'

export {
  type Corkable,
  type WebSocketLike,
  type WebSocketTransport,
  webSocketTransport,
} from './transport/websocket.js'
export type { DialOptions }

/** How a peer is connected: what `Peer` takes, and how the WebSocket is dialled. */
export interface ConnectOptions extends PeerOptions, DialOptions {}

/**
 * Connects to the WebSocket server at `url` and resolves with the peer, open. Says `rpc.hello` first, unless `hello` is
 * false or there is a `dialect`, and waits for no answer to it. Rejects with `unavailable` where nobody can be reached.
 */
export async function connect(url: string, options: ConnectOptions = {}): Promise<Peer> {
  const transport = await dialWebSocket(url, options)
  return new Peer(transport, { hello: options.dialect === undefined, ...options })
}
