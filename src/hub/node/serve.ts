import { errorCodes, RpcError } from '../../protocol/error.js'
import { isLoopback, type Refusal } from '../../transport/node/handshake.js'
import { type ServerOptions, serveWebSockets } from '../../transport/node/serve-web-sockets.js'
import type { Hub } from '../hub.js'
import type { Identity } from '../identity.js'

/** Where a hub is served. Any address but one of this machine needs a hub with `authenticate`. */
export type ServeOptions = ServerOptions

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
 * asks nobody who it is would be open to other machines. The hub lives on: it may be served on another port.
 */
export async function serve(hub: Hub, options: ServeOptions = {}): Promise<HubServer> {
  const reception = {
    message: hub.limits.message,
    runtime: hub.runtime,
    admit: hub.isOpen ? () => ({ principal: 'anonymous' }) : hub.identify.bind(hub),
    refuse: refusalFor,
    ...(hub.isOpen && { checkAddress: checkLocal }),
  }
  const service = await serveWebSockets(options, reception, (transport, handshake, identity) =>
    hub.accept(transport, handshake, identity as Identity | undefined),
  )
  const close = async () => {
    await Promise.all([service.close('the hub is closing'), hub.close()])
  }
  return {
    url: service.url,
    port: service.port,
    get connections() {
      return service.connections
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function checkLocal(host: string): void {
  if (isLoopback(host)) return
  throw new RpcError(
    errorCodes.forbidden,
    `a hub without authenticate is not served on ${host}, where other machines reach it`,
    { hint: 'new Hub({ authenticate }), or host: "127.0.0.1"' },
  )
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
