import type { Server, Socket } from 'node:net'
import { type PeerCertificate, TLSSocket } from 'node:tls'
import { type FramedOptions, framedTransport } from '../framed.js'
import type { CloseReason, Transport } from '../transport.js'
import { ConnectionCount, type ConnectionLimits } from './connection-count.js'
import { NodeByteStream } from './node-stream.js'
import { prepare } from './socket-address.js'

/** What is known of who has connected. */
export interface Caller {
  /** The address it came from; empty where it came by a path. */
  readonly address: string
  /** Its certificate, where `tls.requestCert` asked for one and it was trusted. */
  readonly certificate?: PeerCertificate
}

/** Takes in the sockets of a server, as far as there is room, and hands each on as a transport. */
export class SocketAcceptor {
  readonly #options: FramedOptions
  readonly #accepted: (transport: Transport, caller: Caller) => void
  readonly #count: ConnectionCount
  readonly #isTls: boolean
  /** Each with when its socket has closed. */
  readonly #open = new Map<Transport, Promise<void>>()
  /** Sockets that are not done with the handshake of TLS, by where they came from. */
  readonly #handshaking = new Map<string, Socket>()
  #isClosed = false

  constructor(
    server: Server,
    isTls: boolean,
    options: FramedOptions & ConnectionLimits,
    accepted: (transport: Transport, caller: Caller) => void,
  ) {
    this.#isTls = isTls
    this.#options = options
    this.#accepted = accepted
    this.#count = new ConnectionCount(options)
    server.on('connection', (socket: Socket) => this.#connected(socket))
    if (!isTls) return
    server.on('secureConnection', (socket: TLSSocket) => this.#accept(socket))
    // Node tells of a handshake that failed, or did not come in time, and leaves the socket open.
    server.on('tlsClientError', (_reason: Error, socket: TLSSocket) => socket.destroy())
  }

  get connections(): number {
    return this.#open.size
  }

  /** Takes no more, and closes those that are open. Resolves once they have ended. */
  async close(reason: CloseReason): Promise<void> {
    this.#isClosed = true
    const open = [...this.#open]
    for (const socket of this.#handshaking.values()) socket.destroy()
    for (const [transport] of open) transport.close(reason)
    await Promise.all(open.map(([, ended]) => ended))
  }

  #connected(socket: Socket): void {
    // Before anything else: a reset must not end the process.
    socket.on('error', () => {})
    const address = socket.remoteAddress ?? ''
    if (this.#isClosed || this.#count.limitReached(address) !== undefined) {
      socket.destroy()
      return
    }
    socket.once('close', this.#count.enter(address))
    if (!this.#isTls) return this.#accept(socket)
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
