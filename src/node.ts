import type { PeerOptions } from './peer/options.js'
import { Peer } from './peer/peer.js'
import { limitsOf } from './protocol/limits.js'
import type { Handshake } from './transport/handshake.js'
import { type ServerOptions, serveWebSockets } from './transport/node/serve-web-sockets.js'

export type { FramedOptions } from './transport/framed.js'
export { contentLength } from './transport/framing/content-length.js'
export type { Decoder, Framing } from './transport/framing/framing.js'
export type { FramingOption } from './transport/framing/framings.js'
export { lengthPrefix } from './transport/framing/length-prefix.js'
export { newline } from './transport/framing/newline.js'
export type { Handshake } from './transport/handshake.js'
export type { ServerOptions } from './transport/node/serve-web-sockets.js'
export { type NodeStreams, streamTransport } from './transport/node/stream-transport.js'
export type { WebStreams } from './transport/web-streams.js'

/** Where to listen for WebSockets, and how their peers are made. Pages of this machine may connect, unless `allowOrigins` says otherwise. */
export interface ListenOptions extends ServerOptions, PeerOptions {}

/** A server of direct peers. */
export interface PeerServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly connections: number
  /** Closes every peer with 4001, and the server where it was made here. */
  close(): Promise<void>
}

/**
 * Listens for WebSockets and calls `onPeer` with a peer for each, before anything is dispatched on it. Refuses foreign
 * web pages (Origin) and foreign names (Host). Rejects with `unavailable` where it cannot listen.
 */
export async function listen(
  options: ListenOptions,
  onPeer: (peer: Peer, handshake: Handshake) => void,
): Promise<PeerServer> {
  const reception = {
    message: limitsOf(options).message,
    runtime: options.runtime,
    allowLoopbackOrigins: options.allowOrigins === undefined,
  }
  const service = await serveWebSockets(options, reception, (transport, handshake) =>
    welcome(new Peer(transport, options), handshake, options, onPeer),
  )
  return Object.assign(service, { [Symbol.asyncDispose]: () => service.close() })
}

/** Hands a peer to the application, whose failure costs that peer and nobody else. */
function welcome(
  peer: Peer,
  handshake: Handshake,
  { onDiagnostic }: ListenOptions,
  onPeer: (peer: Peer, handshake: Handshake) => void,
): void {
  try {
    onPeer(peer, handshake)
  } catch (cause) {
    onDiagnostic?.({ kind: 'handlerFailed', message: 'onPeer failed', cause })
    void peer.close({ code: 1011, reason: 'the server failed to take this connection' })
  }
}
