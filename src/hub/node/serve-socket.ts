import { errorCodes, RpcError } from '../../protocol/error.js'
import { isLoopback } from '../../transport/node/handshake.js'
import {
  type SocketPlace,
  type SocketServerOptions,
  type SocketService,
  serveSockets,
} from '../../transport/node/serve-sockets.js'
import { isNoFile, wordsFor } from '../../transport/node/socket-address.js'
import type { Hub } from '../hub.js'

/** Where a hub takes in sockets: the path of a unix socket, which is for its user alone, or a port. */
export type ServeSocketOptions = SocketPlace & SocketServerOptions

/** A hub that is being served over sockets. */
export interface HubSocketServer extends SocketService, AsyncDisposable {
  /** Closes every connection, and the hub. */
  close(): Promise<void>
}

/**
 * Serves `hub` over a unix socket, TCP or TLS, in lines: programs join with `greetHub(await connectSocket(…))`, and show a
 * token in `rpc.hello`. Rejects with `unavailable` where it cannot listen, and with `forbidden` where a hub that asks nobody
 * who it is would be open to other users of a pipe or to other machines.
 */
export async function serveSocket(hub: Hub, options: ServeSocketOptions): Promise<HubSocketServer> {
  if (hub.isOpen) checkOwn(options)
  const identity = hub.isOpen ? { principal: 'anonymous' } : undefined
  const { limits, runtime } = hub
  const service = await serveSockets({ ...options, limits, runtime }, (transport, { address }) =>
    hub.accept(transport, { headers: new Map(), path: '/', address }, identity),
  )
  const close = async () => {
    await Promise.all([service.close('the hub is closing'), hub.close()])
  }
  return {
    address: service.address,
    port: service.port,
    get connections() {
      return service.connections
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function checkOwn(place: SocketPlace): void {
  if ('path' in place ? !isNoFile(place.path) : isLoopback(place.host ?? '127.0.0.1')) return
  const words = wordsFor('path' in place ? place : { port: 0, ...place })
  throw new RpcError(
    errorCodes.forbidden,
    `a hub without authenticate is not served on ${words}, where others reach it`,
    { hint: 'new Hub({ authenticate }), host: "127.0.0.1", or the path of a unix socket' },
  )
}
