import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo, ListenOptions } from 'node:net'
import { errorCodes, RpcError } from '../../protocol/error.js'
import { httpHeader, httpRequest } from '../limits.js'

/** An HTTP server with limits on what comes before a request: 5 s, 8 KiB of headers. */
export function makeHttpServer(listener: RequestListener = upgradeOnly): Server {
  return createServer(
    {
      maxHeaderSize: httpHeader,
      headersTimeout: httpRequest,
      requestTimeout: httpRequest,
      connectionsCheckingInterval: 1_000,
    },
    listener,
  )
}

/** Listens, and resolves with the port. Rejects with `unavailable` saying what stands in the way. */
export async function startListening(server: Server, options: ListenOptions): Promise<number> {
  try {
    server.listen(options)
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  } catch (reason) {
    throw cannotListen(reason as NodeJS.ErrnoException, options)
  }
}

/** Ends the server and every connection of it. */
export function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    // A request that never ends would keep the server open: its time is no longer watched once it closes.
    server.closeAllConnections()
  })
}

function cannotListen(reason: NodeJS.ErrnoException, { host, port }: ListenOptions): RpcError {
  const where = `${host}:${port}`
  if (reason.code === 'EADDRINUSE') {
    return new RpcError(errorCodes.unavailable, `${where} is in use`, {
      hint: 'another server, perhaps this very one, listens there: stop it or choose another port',
      cause: reason,
    })
  }
  return new RpcError(errorCodes.unavailable, `cannot listen on ${where}: ${reason.message}`, {
    cause: reason,
  })
}

const upgradeOnly: RequestListener = (_request, response) => {
  response
    .writeHead(426, { 'content-type': 'text/plain', upgrade: 'websocket' })
    .end('this is a WebSocket server\n')
}
