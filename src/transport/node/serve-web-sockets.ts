import type { Server } from 'node:http'
import { Server as TlsServer } from 'node:tls'
import { closeCodes } from '../../protocol/close-codes.js'
import type { Handshake } from '../handshake.js'
import * as limits from '../limits.js'
import type { Transport } from '../transport.js'
import { type AcceptOptions, acceptWebSockets } from './accept.js'
import { isLoopback } from './handshake.js'
import { makeHttpServer, startListening, stopListening } from './http-server.js'
import type { SilenceLimits } from './silence-watch.js'

/** Where WebSockets are taken in, and from whom. */
export interface ServerOptions extends SilenceLimits {
  /** Port. Default 0, which takes a free one. */
  readonly port?: number
  /** Address. Default `127.0.0.1`, which only this machine reaches. */
  readonly host?: string
  /** A server that exists: its WebSockets are taken, all else stays its own. It is made to listen where it does not yet. */
  readonly server?: Server
  /** The path that is served. Default `/`. */
  readonly path?: string
  /** Origins of pages that may connect, compared exactly. Default: pages that this very server serves. */
  readonly allowOrigins?: readonly string[]
  /** Host names of this server beside those of the loopback interface. */
  readonly allowHosts?: readonly string[]
  /** Connections at once. Default 10,000; over it the upgrade is answered 503. */
  readonly connections?: number
  /** Connections at once from one address. Default 64; over it the upgrade is answered 429. */
  readonly connectionsPerAddress?: number
}

/** What the one who serves decides about those who connect. */
export interface Reception
  extends Pick<AcceptOptions, 'message' | 'admit' | 'refuse' | 'allowLoopbackOrigins' | 'runtime'> {
  /** Throws where `address` must not be served. */
  readonly checkAddress?: (address: string) => void
}

/** WebSockets that are being taken in. */
export interface WebSocketService {
  readonly url: string
  readonly port: number
  readonly connections: number
  /** Closes every connection with 4001 and `reason`, and the server where it was made here. */
  close(reason?: string): Promise<void>
}

/** Takes in WebSockets and hands each on as a transport. Rejects with `unavailable` where it cannot listen. */
export async function serveWebSockets(
  options: ServerOptions,
  { checkAddress, ...reception }: Reception,
  accepted: (transport: Transport, handshake: Handshake, admitted: unknown) => void,
): Promise<WebSocketService> {
  const { host = '127.0.0.1', server = makeHttpServer() } = options
  checkAddress?.(boundTo(server, host))
  const acceptance = acceptWebSockets(server, { ...gateOf(options, host), ...reception }, accepted)
  const close = async (reason = 'the server is closing') => {
    acceptance.close(closeCodes.goingAway, reason)
    if (options.server === undefined) await stopListening(server)
  }
  try {
    const port = await portOf(server, host, options.port)
    // Again, for a server that was given: it may have been on its way to another address.
    checkAddress?.(boundTo(server, host))
    return {
      url: urlOf(server, boundTo(server, host), port, options.path),
      port,
      get connections() {
        return acceptance.connections
      },
      close,
    }
  } catch (reason) {
    await close()
    throw reason
  }
}

function gateOf(options: ServerOptions, host: string) {
  const {
    path,
    allowOrigins,
    allowHosts,
    connections = limits.connections,
    connectionsPerAddress = limits.connectionsPerAddress,
    pingAfter,
    giveUpAfter,
  } = options
  return {
    ...(path !== undefined && { path }),
    ...(allowOrigins !== undefined && { allowOrigins }),
    ...(allowHosts !== undefined && { allowHosts }),
    allowAnyHost: !isLoopback(host) && allowHosts === undefined,
    connections,
    connectionsPerAddress,
    ...(pingAfter !== undefined && { pingAfter }),
    ...(giveUpAfter !== undefined && { giveUpAfter }),
  }
}

async function portOf(server: Server, host: string, port = 0): Promise<number> {
  // A server that was told to listen has an address at once, or, where it was given a host, one turn later.
  if (server.address() === null) await new Promise((resolve) => setImmediate(resolve))
  const address = server.address()
  return typeof address === 'object' && address !== null
    ? address.port
    : startListening(server, { host, port })
}

/** The address that `server` listens on, which for one that was given need not be `host`. */
function boundTo(server: Server, host: string): string {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.address : host
}

function urlOf(server: Server, address: string, port: number, path = ''): string {
  const isEverywhere = address === '0.0.0.0' || address === '::'
  const name = isEverywhere ? '127.0.0.1' : address.includes(':') ? `[${address}]` : address
  return `${server instanceof TlsServer ? 'wss' : 'ws'}://${name}:${port}${path}`
}
