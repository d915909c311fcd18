import { once } from 'node:events'
import { createServer, type ListenOptions, type Server } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { closeCodes } from '../../protocol/close-codes.js'
import type { FramedOptions } from '../framed.js'
import * as limits from '../limits.js'
import type { Transport } from '../transport.js'
import { type Caller, SocketAcceptor } from './accept-sockets.js'
import {
  allowHalfOpen,
  isNoFile,
  type PathAddress,
  type PortAddress,
  unavailable,
  wordsFor,
} from './socket-address.js'
import { SocketFile } from './socket-file.js'

/** Where sockets are taken in: the path of a unix socket or Windows pipe, or a port, of which the default is a free one. */
export type SocketPlace =
  | PathAddress
  | (Partial<PortAddress> & {
      /** Speaks TLS, as `node:tls` is told: `key`, `cert`; with `ca` and `requestCert`, only to who has a certificate of it. */
      readonly tls?: TlsOptions
    })

/** How sockets are taken in. */
export interface SocketServerOptions {
  /** Connections at once. Default 10,000; one over it is closed at once. */
  readonly connections?: number
  /** Connections at once from one address. Default 64, and of a path without limit. */
  readonly connectionsPerAddress?: number
}

/** Sockets that are being taken in. */
export interface SocketService {
  /** The path, or host and port. */
  readonly address: string
  /** The port; 0 where it is a path. */
  readonly port: number
  readonly connections: number
  /** Stops listening, and closes every connection with `reason`. Resolves once all have ended. */
  close(reason?: string): Promise<void>
}

/** Takes in sockets and hands each on as a transport. Rejects with `unavailable` where it cannot listen. */
export async function serveSockets(
  options: SocketPlace & SocketServerOptions & FramedOptions,
  accepted: (transport: Transport, caller: Caller) => void,
): Promise<SocketService> {
  const isPath = 'path' in options
  const tls = isPath ? undefined : options.tls
  const server =
    tls === undefined
      ? createServer({ allowHalfOpen })
      : createTlsServer({
          handshakeTimeout: limits.tlsHandshake,
          allowHalfOpen,
          ...tls,
        } as TlsOptions)
  const connectionsPerAddress = isPath ? Number.POSITIVE_INFINITY : limits.connectionsPerAddress
  const { connections } = limits
  const allowed = { connections, connectionsPerAddress, ...options }
  const service = new Service(
    server,
    new SocketAcceptor(server, tls !== undefined, allowed, accepted),
  )
  await service.listen(options)
  return service
}

class Service implements SocketService {
  readonly #server: Server
  readonly #acceptor: SocketAcceptor
  #address = ''
  #file: SocketFile | undefined
  #closing: Promise<void> | undefined

  constructor(server: Server, acceptor: SocketAcceptor) {
    this.#server = server
    this.#acceptor = acceptor
  }

  get address(): string {
    return this.#address
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  get connections(): number {
    return this.#acceptor.connections
  }

  async listen(place: SocketPlace): Promise<void> {
    if ('path' in place) {
      this.#address = wordsFor(place)
      return this.#listenAt(place.path)
    }
    const { host = '127.0.0.1', port = 0 } = place
    await this.#bind({ host, port }, wordsFor({ host, port }))
    this.#address = wordsFor({ host, port: this.port })
  }

  close(reason = 'the server is closing'): Promise<void> {
    this.#closing ??= this.#close(reason)
    return this.#closing
  }

  async #close(reason: string): Promise<void> {
    this.#file?.remove()
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    await Promise.all([closed, this.#acceptor.close({ code: closeCodes.goingAway, reason })])
  }

  async #listenAt(path: string): Promise<void> {
    if (isNoFile(path)) return this.#bind({ path }, this.#address)
    const file = new SocketFile(path)
    await this.#bind({ path: file.bound }, path)
    try {
      await file.publish()
      this.#file = file
    } catch (reason) {
      await this.close()
      throw reason
    }
  }

  async #bind(options: ListenOptions, words: string): Promise<void> {
    try {
      // Exclusive: in a cluster each worker has a socket of its own, and its own limits.
      this.#server.listen({ ...options, exclusive: true })
      await once(this.#server, 'listening')
    } catch (cause) {
      throw unavailable(`cannot listen on ${words}`, cause)
    }
    // What fails later, such as taking in one connection for want of descriptors, costs that one.
    this.#server.on('error', () => {})
  }
}
