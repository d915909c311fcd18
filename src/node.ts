import type { PeerOptions } from './peer/options.js'
import { Peer } from './peer/peer.js'
import { limitsOf } from './protocol/limits.js'
import type { FramedOptions } from './transport/framed.js'
import { contentLength } from './transport/framing/content-length.js'
import { framingOf } from './transport/framing/framings.js'
import type { Handshake } from './transport/handshake.js'
import type { Caller } from './transport/node/accept-sockets.js'
import {
  type DialSocketOptions,
  dialSocket,
  type SocketAddress,
} from './transport/node/dial-socket.js'
import {
  type SocketPlace,
  type SocketServerOptions,
  type SocketService,
  serveSockets,
} from './transport/node/serve-sockets.js'
import { type ServerOptions, serveWebSockets } from './transport/node/serve-web-sockets.js'

export type { Decoder, Framing } from './transport/framing/framing.js'
export type { FramingOption } from './transport/framing/framings.js'
export { lengthPrefix } from './transport/framing/length-prefix.js'
export { newline } from './transport/framing/newline.js'
export type { Handshake } from './transport/handshake.js'
export { type ChildProcessOptions, childProcess } from './transport/node/child-process.js'
export type { ServerOptions } from './transport/node/serve-web-sockets.js'
export { type ChildTransport, type SpawnOptions, spawn } from './transport/node/spawn.js'
export { type StdioOptions, stdio } from './transport/node/stdio.js'
export { type NodeStreams, streamTransport } from './transport/node/stream-transport.js'
export { workerThread } from './transport/node/worker-thread.js'
export type { WebStreams } from './transport/web-streams.js'
export type {
  Caller,
  DialSocketOptions,
  FramedOptions,
  SocketAddress,
  SocketPlace,
  SocketServerOptions,
  SocketService,
}
export { contentLength }

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

/** How a peer is connected over a socket: what `Peer` takes, how frames are told apart, and how the socket is dialled. */
export interface ConnectSocketOptions extends PeerOptions, DialSocketOptions {}

/**
 * Connects over a unix socket, a Windows pipe, TCP or TLS, and resolves with the peer, open. Says `rpc.hello` first, unless
 * `hello` is false, there is a `dialect`, or the framing is `contentLength`, which is how foreign language servers are spoken
 * to. Rejects with `unavailable`, saying why and what to do, where nobody can be reached or the other end is not trusted.
 */
export async function connectSocket(
  address: SocketAddress,
  options: ConnectSocketOptions = {},
): Promise<Peer> {
  const transport = await dialSocket(address, options)
  const isForeign = options.dialect !== undefined || framingOf(options.framing) === contentLength
  return new Peer(transport, { hello: !isForeign, ...options })
}

/** Where to listen for sockets, and how their peers are made. */
export type ListenSocketOptions = SocketPlace & SocketServerOptions & PeerOptions & FramedOptions

/** A server of peers over sockets. */
export interface SocketServer extends SocketService, AsyncDisposable {}

/**
 * Listens on a unix socket, a Windows pipe or a port, on 127.0.0.1 unless `host` says otherwise, and calls `onPeer` with a
 * peer for each that connects, before anything is dispatched on it. The file of a unix socket is for this user alone
 * (0600); one that a server left behind is replaced, one that is in use never. Rejects with `unavailable` where it cannot
 * listen. A Windows pipe can be opened by other users: who connects has to prove who they are.
 */
export async function listenSocket(
  options: ListenSocketOptions,
  onPeer: (peer: Peer, caller: Caller) => void,
): Promise<SocketServer> {
  const service = await serveSockets(options, (transport, caller) =>
    welcome(new Peer(transport, options), caller, options, onPeer),
  )
  return Object.assign(service, { [Symbol.asyncDispose]: () => service.close() })
}

/** Hands a peer to the application, whose failure costs that peer and nobody else. */
function welcome<From>(
  peer: Peer,
  from: From,
  { onDiagnostic }: PeerOptions,
  onPeer: (peer: Peer, from: From) => void,
): void {
  try {
    onPeer(peer, from)
  } catch (cause) {
    onDiagnostic?.({ kind: 'handlerFailed', message: 'onPeer failed', cause })
    void peer.close({ code: 1011, reason: 'the server failed to take this connection' })
  }
}
