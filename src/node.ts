import type { Server } from 'node:http'
import { closeCodes } from './peer/closing.js'
import type { PeerOptions } from './peer/options.js'
import { Peer } from './peer/peer.js'
import { defaultLimits } from './protocol/limits.js'
import type { Handshake } from './transport/handshake.js'
import { acceptWebSockets } from './transport/node/accept.js'
import { isLoopback } from './transport/node/handshake.js'
import { makeHttpServer, startListening, stopListening } from './transport/node/http-server.js'

export type { Handshake } from './transport/handshake.js'

/** Where and how to listen for WebSockets. */
export interface ListenOptions extends PeerOptions {
  /** Port of a server made here. 0 takes a free one. */
  readonly port?: number
  /** Address of a server made here. Default `127.0.0.1`, which only this machine reaches. */
  readonly host?: string
  /** A server that exists: its WebSockets are taken, all else stays its own. */
  readonly server?: Server
  /** The path that is served. Default `/`. */
  readonly path?: string
  /** Origins of pages that may connect. Default: pages of this machine. */
  readonly allowOrigins?: readonly string[]
  /** Host names of this server, where it is not reached by an address of the loopback interface. */
  readonly allowHosts?: readonly string[]
}

/** A server of direct peers. */
export interface PeerServer extends AsyncDisposable {
  /** Where it listens; empty where `server` was given and does not listen yet. */
  readonly url: string
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
  const { host = '127.0.0.1' } = options
  const server = options.server ?? makeHttpServer()
  const acceptance = acceptWebSockets(
    server,
    { ...gateOf(options, host), ...limitsOf(options) },
    (transport, handshake) => welcome(new Peer(transport, options), handshake, options, onPeer),
  )
  const port = options.server
    ? portOf(server)
    : await startListening(server, { host, port: options.port ?? 0 })
  const close = async () => {
    acceptance.close(closeCodes.goingAway, 'the server is closing')
    if (options.server === undefined) await stopListening(server)
  }
  return {
    url: port === undefined ? '' : `ws://${host}:${port}`,
    close,
    [Symbol.asyncDispose]: close,
  }
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

function gateOf({ path, allowOrigins, allowHosts, server }: ListenOptions, host: string) {
  return {
    ...(path !== undefined && { path }),
    ...(allowOrigins !== undefined && { allowOrigins }),
    ...(allowHosts !== undefined && { allowHosts }),
    allowLoopbackOrigins: allowOrigins === undefined,
    allowAnyHost: server === undefined && !isLoopback(host) && allowHosts === undefined,
  }
}

function limitsOf({ limits }: ListenOptions) {
  return {
    message: limits?.message ?? defaultLimits.message,
    connections: 10_000,
    connectionsPerAddress: 64,
  }
}

function portOf(server: Server): number | undefined {
  const address = server.address()
  return typeof address === 'object' ? address?.port : undefined
}
