import type { Server } from 'node:http'
import { Server as TlsServer } from 'node:tls'
import { closeCodes } from '../../peer/closing.js'
import { errorCodes, RpcError } from '../../protocol/error.js'
import { defaultLimits } from '../../protocol/limits.js'
import { acceptWebSockets } from '../../transport/node/accept.js'
import { isLoopback, type Refusal } from '../../transport/node/handshake.js'
import { makeHttpServer, startListening, stopListening } from '../../transport/node/http-server.js'
import type { Hub } from '../hub.js'
import type { Identity } from '../identity.js'

/** Where a hub is served. */
export interface ServeOptions {
  /** Port. 0 takes a free one. Default 0. */
  readonly port?: number
  /** Address. Default `127.0.0.1`: only this machine. Any other needs a hub with `authenticate`. */
  readonly host?: string
  /** A server that exists: its WebSockets are taken, all else stays its own. It is made to listen where it does not yet. */
  readonly server?: Server
  /** The path of the WebSocket. Default `/`. */
  readonly path?: string
  /** Origins of pages that may connect, compared exactly. Default: pages that this very server serves. */
  readonly allowOrigins?: readonly string[]
  /** Host names of this server beside those of the loopback interface. */
  readonly allowHosts?: readonly string[]
  /** Connections at once. Default 10,000; over it the upgrade is answered 503. */
  readonly connections?: number
  /** Connections at once from one address. Default 64; over it the upgrade is answered 429. */
  readonly connectionsPerAddress?: number
  /** Bytes of one message. Default 1 MiB. */
  readonly message?: number
}

/** A hub that is being served. */
export interface HubServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly connections: number
  /** Closes every connection with 4001, the hub, and the server where it was made here. */
  close(): Promise<void>
}

/**
 * Serves `hub` over WebSocket. Rejects with `unavailable` where the port is taken, and with `forbidden` where a hub that
 * asks nobody who it is would be open to other machines.
 */
export async function serve(hub: Hub, options: ServeOptions = {}): Promise<HubServer> {
  const { host = '127.0.0.1', server = makeHttpServer() } = options
  if (hub.isOpen) checkLocal(boundTo(server, host))
  const acceptance = acceptWebSockets(
    server,
    acceptOptions(hub, options, host),
    (transport, handshake, identity) =>
      hub.accept(transport, handshake, identity as Identity | undefined),
  )
  const stop = async () => {
    acceptance.close(closeCodes.goingAway, 'the hub is closing')
    if (options.server === undefined) await stopListening(server)
  }
  const close = async () => {
    await Promise.all([stop(), hub.close()])
  }
  try {
    const port = await portOf(server, host, options.port)
    // Again, for a server that was given: it may have been on its way to another address.
    if (hub.isOpen) checkLocal(boundTo(server, host))
    return {
      url: urlOf(server, boundTo(server, host), port, options.path),
      port,
      get connections() {
        return acceptance.connections
      },
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (reason) {
    // The hub lives on: it may be served on another port.
    await stop()
    throw reason
  }
}

function checkLocal(host: string): void {
  if (isLoopback(host)) return
  throw new RpcError(
    errorCodes.forbidden,
    `a hub without authenticate is not served on ${host}, where other machines reach it`,
    {
      hint: 'new Hub({ authenticate }), or host: "127.0.0.1"',
    },
  )
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

function acceptOptions(hub: Hub, options: ServeOptions, host: string) {
  const {
    path,
    allowOrigins,
    allowHosts,
    connections = 10_000,
    connectionsPerAddress = 64,
  } = options
  return {
    ...(path !== undefined && { path }),
    ...(allowOrigins !== undefined && { allowOrigins }),
    ...(allowHosts !== undefined && { allowHosts }),
    allowAnyHost: !isLoopback(host) && allowHosts === undefined,
    message: options.message ?? defaultLimits.message,
    connections,
    connectionsPerAddress,
    admit: hub.isOpen ? () => ({ principal: 'anonymous' }) : hub.identify.bind(hub),
    refuse: refusalFor,
  }
}

function refusalFor(reason: unknown): Refusal {
  const { code, message } = RpcError.from(reason)
  if (code === errorCodes.rateLimited) return { status: 429, message }
  if (code === errorCodes.forbidden) return { status: 403, message }
  return {
    status: 401,
    message: 'the hub does not know you',
    headers: { 'www-authenticate': 'Bearer' },
  }
}
