import { once } from 'node:events'
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net'
import {
  createServer as createTlsServer,
  type PeerCertificate,
  TLSSocket,
  type TlsOptions,
} from 'node:tls'
import { closeCodes } from '../../protocol/close-codes.js'
import { type FramedOptions, framedTransport } from '../framed.js'
import type { Transport } from '../transport.js'
import { ConnectionCount } from './connection-count.js'
import { NodeByteStream } from './node-stream.js'
import {
  isNoFile,
  type PathAddress,
  type PortAddress,
  prepare,
  unavailable,
  wordsFor,
} from './socket-address.js'
import { SocketFile } from './socket-file.js'

/** Where sockets are taken in: the path of a unix socket or Windows pipe, or a port. */
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

/** What is known of who has connected. */
export interface Caller {
  /** The address it came from; empty where it came by a path. */
  readonly address: string
  /** Its certificate, where `tls.requestCert` asked for one and it was trusted. */
  readonly certificate?: PeerCertificate
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
  const acceptor = new Acceptor(options, accepted)
  await acceptor.listen(options)
  return acceptor
}

/** Milliseconds for the handshake of TLS. */
const patience = 5_000

class Acceptor implements SocketService {
  readonly #server: Server
  readonly #options: FramedOptions
  readonly #accepted: (transport: Transport, caller: Caller) => void
  readonly #count: ConnectionCount
  /** Each with when its socket has closed. */
  readonly #open = new Map<Transport, Promise<void>>()
  /** Sockets that are not done with the handshake of TLS, by where they came from. */
  readonly #handshaking = new Map<string, Socket>()
  #address = ''
  #file: SocketFile | undefined
  #closing: Promise<void> | undefined

  constructor(
    options: SocketPlace & SocketServerOptions & FramedOptions,
    accepted: (transport: Transport, caller: Caller) => void,
  ) {
    const isPath = 'path' in options
    const tls = isPath ? undefined : options.tls
    const { connections = 10_000, connectionsPerAddress = isPath ? Number.POSITIVE_INFINITY : 64 } =
      options
    this.#options = options
    this.#accepted = accepted
    this.#count = new ConnectionCount({ connections, connectionsPerAddress })
    this.#server =
      tls === undefined ? createServer() : createTlsServer({ handshakeTimeout: patience, ...tls })
    this.#server.on('connection', (socket: Socket) => this.#connected(socket, tls === undefined))
    this.#server.on('secureConnection', (socket: TLSSocket) => this.#accept(socket))
  }

  get address(): string {
    return this.#address
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  get connections(): number {
    return this.#open.size
  }

  async listen(place: SocketPlace): Promise<void> {
    if ('path' in place) {
      this.#address = wordsFor(place)
      await this.#listenAt(place.path)
    } else {
      const { host = '127.0.0.1', port = 0 } = place
      await this.#bind({ host, port }, wordsFor({ host, port }))
      this.#address = wordsFor({ host, port: this.port })
    }
  }

  close(reason = 'the server is closing'): Promise<void> {
    this.#closing ??= this.#close(reason)
    return this.#closing
  }

  async #close(reason: string): Promise<void> {
    this.#file?.remove()
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const socket of this.#handshaking.values()) socket.destroy()
    const open = [...this.#open]
    for (const [transport] of open) transport.close({ code: closeCodes.goingAway, reason })
    await Promise.all([closed, ...open.map(([, ended]) => ended)])
  }

  async #listenAt(path: string): Promise<void> {
    if (isNoFile(path)) return this.#bind({ path }, wordsFor({ path }))
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

  #connected(socket: Socket, isPlain: boolean): void {
    // Before anything else: a reset must not end the process.
    socket.on('error', () => {})
    const address = socket.remoteAddress ?? ''
    if (this.#closing !== undefined || this.#count.limitReached(address) !== undefined) {
      socket.destroy()
      return
    }
    socket.once('close', this.#count.enter(address))
    if (isPlain) return this.#accept(socket)
    const source = sourceOf(socket)
    this.#handshaking.set(source, socket)
    socket.once('close', () => this.#handshaking.delete(source))
  }

  #accept(socket: Socket): void {
    this.#handshaking.delete(sourceOf(socket))
    const transport = framedTransport(new NodeByteStream(socket, socket), this.#options)
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    this.#open.set(transport, ended)
    socket.once('close', () => this.#open.delete(transport))
    prepare(socket)
    this.#accepted(transport, callerOf(socket))
  }
}

function sourceOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

function callerOf(socket: Socket): Caller {
  const address = socket.remoteAddress ?? ''
  if (!(socket instanceof TLSSocket) || !socket.authorized) return { address }
  return { address, certificate: socket.getPeerCertificate() }
}
