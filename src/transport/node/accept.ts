import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { closeCodes } from '../../protocol/close-codes.js'
import { after, type Runtime, systemRuntime } from '../../runtime.js'
import type { Handshake } from '../handshake.js'
import { admission, fragments, piecesOf, pongs } from '../limits.js'
import type { Transport } from '../transport.js'
import { type WebSocketLike, webSocketTransport } from '../websocket.js'
import { ConnectionCount, type ConnectionLimits } from './connection-count.js'
import { type GateOptions, handshakeOf, pathOf, type Refusal, refusalOf } from './handshake.js'
import { type SilenceLimits, SilenceWatch } from './silence-watch.js'

/** How WebSockets are taken in. */
export interface AcceptOptions extends GateOptions, ConnectionLimits, SilenceLimits {
  /** Bytes of one message. */
  readonly message: number
  /** Looks at a client before it has its socket. What it returns is handed on; it throws to refuse. */
  readonly admit?: (handshake: Handshake) => unknown
  /** The refusal for what `admit` threw. */
  readonly refuse?: (reason: unknown) => Refusal
  /** Clock and timers. Default: those of the process. */
  readonly runtime?: Runtime | undefined
}

/** The WebSockets of one HTTP server. */
export interface Acceptance {
  /** Takes no more, and closes those that are open with `code`. */
  close(code: number, reason: string): void
  readonly connections: number
}

/** Takes in the WebSockets of `server` that pass the gate, and hands each on as a transport. */
export function acceptWebSockets(
  server: Server,
  options: AcceptOptions,
  accepted: (transport: Transport, handshake: Handshake, admitted: unknown) => void,
): Acceptance {
  return new Acceptor(server, options, accepted)
}

/** Who takes in the WebSockets of each server: two may, at different paths. */
const acceptors = new WeakMap<Server, Set<Acceptor>>()

class Acceptor implements Acceptance {
  readonly #server: Server
  readonly #options: AcceptOptions
  readonly #runtime: Runtime
  readonly #accepted: (transport: Transport, handshake: Handshake, admitted: unknown) => void
  readonly #sockets: WebSocketServer
  readonly #open = new Set<Transport>()
  readonly #admitting = new Set<Duplex>()
  readonly #count: ConnectionCount
  readonly #silence: SilenceWatch
  #closed = false

  constructor(
    server: Server,
    options: AcceptOptions,
    accepted: (transport: Transport, handshake: Handshake, admitted: unknown) => void,
  ) {
    this.#server = server
    this.#options = options
    this.#runtime = options.runtime ?? systemRuntime
    this.#accepted = accepted
    this.#count = new ConnectionCount(options)
    this.#silence = new SilenceWatch(this.#runtime, options)
    // ws promises none of these by itself: no limit on fragments worth the name, and deflate costs memory a connection.
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.message,
      maxFragments: fragments,
      maxBufferedChunks: piecesOf(options.message),
      // Its types do not know this one.
      ...{ maxPendingAutoPongs: pongs },
    })
    server.on('upgrade', this.#upgrade)
    acceptors.set(server, (acceptors.get(server) ?? new Set()).add(this))
  }

  get connections(): number {
    return this.#open.size
  }

  close(code: number, reason: string): void {
    this.#closed = true
    this.#server.off('upgrade', this.#upgrade)
    acceptors.get(this.#server)?.delete(this)
    for (const transport of [...this.#open]) transport.close({ code, reason })
    for (const socket of this.#admitting) refuse(socket, closing)
  }

  readonly #upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // Before anything else: a reset in the middle of the handshake must not end the process.
    socket.on('error', () => {})
    if (this.#isForOther(request)) return
    const refusal = refusalOf(request, this.#options) ?? this.#crowded(request)
    if (refusal !== undefined) return refuse(socket, refusal)
    void this.#admit(request, socket, head)
  }

  #serves(request: IncomingMessage): boolean {
    return pathOf(request) === (this.#options.path ?? '/')
  }

  /** Whether somebody else answers: who serves this path, or a listener of the application's own, which may. */
  #isForOther(request: IncomingMessage): boolean {
    if (this.#serves(request)) return false
    const ours = [...(acceptors.get(this.#server) ?? [])]
    const isShared = this.#server.listenerCount('upgrade') > ours.length
    return isShared || ours[0] !== this || ours.some((acceptor) => acceptor.#serves(request))
  }

  async #admit(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const handshake = handshakeOf(request)
    const leave = this.#count.enter(handshake.address)
    const stopTimer = after(this.#runtime, admission, () => refuse(socket, tooLate))
    socket.once('close', leave)
    socket.once('close', stopTimer)
    this.#admitting.add(socket)
    try {
      const admitted = await this.#options.admit?.(handshake)
      if (socket.destroyed) return
      if (this.#closed) return refuse(socket, closing)
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) =>
        this.#connected(webSocket, request.socket, handshake, admitted),
      )
    } catch (reason) {
      refuse(
        socket,
        this.#options.refuse?.(reason) ?? { status: 500, message: 'the connection was refused' },
      )
    } finally {
      stopTimer()
      this.#admitting.delete(socket)
    }
  }

  #connected(
    webSocket: WebSocket,
    socket: IncomingMessage['socket'],
    handshake: Handshake,
    admitted: unknown,
  ): void {
    const transport = webSocketTransport(
      webSocket as unknown as WebSocketLike,
      this.#runtime,
      () => socket,
    )
    this.#open.add(transport)
    webSocket.once('close', () => this.#open.delete(transport))
    const unwatch = this.#silence.add({
      bytesRead: () => socket.bytesRead,
      ping: () => webSocket.ping(),
      silent: (milliseconds) => {
        const reason = `silent: nothing came for ${Math.round(milliseconds / 1_000)} s`
        transport.terminate({ code: closeCodes.silent, reason })
      },
    })
    webSocket.once('close', unwatch)
    this.#accepted(transport, handshake, admitted)
  }

  #crowded({ socket }: IncomingMessage): Refusal | undefined {
    const { connections, connectionsPerAddress } = this.#options
    const limit = this.#count.limitReached(socket.remoteAddress ?? '')
    if (limit === undefined) return undefined
    if (limit === 'connections') {
      return {
        status: 503,
        message: `${connections} connections are open`,
        headers: { 'retry-after': '5' },
      }
    }
    return {
      status: 429,
      message: `${connectionsPerAddress} connections are open from this address`,
    }
  }
}

const tooLate: Refusal = { status: 408, message: 'finding out who you are took too long' }
const closing: Refusal = { status: 503, message: 'the server is closing' }

function refuse(socket: Duplex, { status, message, headers = {} }: Refusal): void {
  const lines = Object.entries({
    ...headers,
    connection: 'close',
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(Buffer.byteLength(message)),
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  // Whoever was refused may never close its own half, and nothing else watches over the socket any more.
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${message}`)
}
