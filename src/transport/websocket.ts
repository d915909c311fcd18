import { after, type Runtime, systemRuntime } from '../runtime.js'
import { closeReason, closeWait } from './limits.js'
import {
  type CloseReason,
  normalClose,
  type Transport,
  type TransportListener,
} from './transport.js'
import { writtenBy } from './written.js'

/** What is used of a WebSocket: the browser's own and that of `ws` both have it. */
export interface WebSocketLike {
  binaryType: string
  readonly readyState: number
  readonly bufferedAmount: number
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
  send(data: string | Uint8Array<ArrayBuffer>): void
  close(code?: number, reason?: string): void
  /** Ends the connection without asking; only `ws` has it. */
  terminate?(): void
  /** Tells of the answer to the upgrade, and with it of the connection; only `ws` has it. */
  on?(type: 'upgrade', listener: (response: { readonly socket: Corkable }) => void): unknown
  /** Tells of signs of life that a browser keeps to itself; only `ws` has it. */
  on?(type: 'ping' | 'pong', listener: () => void): unknown
}

const connecting = 0
const open = 1

/** A transport whose other end need not be asked before it ends. */
export interface WebSocketTransport extends Transport {
  /** Ends it at once, for `reason`, without a word to the other end. */
  terminate(reason: CloseReason): void
}

/** What a WebSocket writes to, where it can be made to keep several frames for one write, as Node's can. */
export interface Corkable {
  cork(): void
  uncork(): void
  readonly bytesRead?: number
  /** What it failed for. */
  readonly errored?: Error | null
}

/**
 * Text and bytes over one WebSocket, open or opening, that nothing else reads from. `streamOf` says what it writes to,
 * where that is known: then several frames can be one write.
 */
export function webSocketTransport(
  socket: WebSocketLike,
  runtime: Runtime = systemRuntime,
  streamOf: () => Corkable | undefined = () => undefined,
): WebSocketTransport {
  return new SocketTransport(socket, runtime, streamOf)
}

class SocketTransport implements WebSocketTransport {
  readonly #socket: WebSocketLike
  readonly #runtime: Runtime
  #listener: TransportListener | undefined
  #end: CloseReason | undefined
  #told = false
  /** What came before `start`, and what was sent before the socket was open. */
  #arrived: (string | Uint8Array)[] = []
  #unsent: (string | Uint8Array)[] = []
  #unsentLength = 0
  #stopPolling: (() => void) | undefined
  #stopWaiting: (() => void) | undefined
  readonly #streamOf: () => Corkable | undefined
  #corked: Corkable | undefined

  constructor(socket: WebSocketLike, runtime: Runtime, streamOf: () => Corkable | undefined) {
    this.#socket = socket
    this.#runtime = runtime
    this.#streamOf = streamOf
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => this.#opened()
    socket.onmessage = ({ data }: { data: string | ArrayBuffer }) => this.#frame(data)
    for (const type of ['ping', 'pong'] as const)
      socket.on?.(type, () => this.#listener?.activity())
    let fault = ''
    socket.onclose = ({ code, reason }: CloseReason) =>
      this.#closed({ code, reason: reason || fault || (this.#streamOf()?.errored?.message ?? '') })
    // The close event that follows tells of it; only `ws` says what it was, such as a message over the limit, and not
    // where its stream failed.
    socket.onerror = ({ message = '' }: { message?: string }) => (fault = message)
    if (socket.readyState > open) this.#closed({ code: 1006, reason: 'the socket was closed' })
  }

  get buffered(): number {
    return this.#unsentLength + this.#socket.bufferedAmount
  }

  get received(): number | undefined {
    return this.#streamOf()?.bytesRead
  }

  get written(): number {
    return writtenBy(this.#streamOf())
  }

  start(listener: TransportListener): void {
    this.#listener = listener
    for (const frame of this.#arrived.splice(0)) listener.frame(frame)
    this.#tellEnd()
  }

  send(frame: string | Uint8Array): void {
    const { readyState } = this.#socket
    if (this.#end !== undefined || readyState > open) return
    if (readyState === connecting) return this.#hold(frame)
    this.#socket.send(frame as string | Uint8Array<ArrayBuffer>)
    if (this.#corked === undefined) this.#written()
  }

  cork(): void {
    if (this.#corked !== undefined) return
    this.#corked = this.#streamOf()
    this.#corked?.cork()
  }

  uncork(): void {
    this.#corked?.uncork()
    this.#corked = undefined
    this.#written()
  }

  close(reason: CloseReason = normalClose): void {
    if (this.#end !== undefined) return
    this.#end = reason
    closeSocket(this.#socket, reason)
    this.#stopWaiting = after(this.#runtime, closeWait, () => {
      // A half-open socket answers no close, and a browser's own patience is a minute.
      this.#socket.terminate?.()
      this.#closed({ code: 1006, reason: 'the other end did not answer the close' })
    })
  }

  terminate(reason: CloseReason): void {
    if (this.#told) return
    this.#closed(reason)
    if (this.#socket.terminate === undefined) this.#socket.close()
    else this.#socket.terminate()
  }

  #opened(): void {
    this.#unsentLength = 0
    for (const frame of this.#unsent.splice(0)) this.send(frame)
    this.#listener?.writable()
  }

  #written(): void {
    if (this.#socket.bufferedAmount > 0) this.#poll(1)
  }

  #hold(frame: string | Uint8Array): void {
    this.#unsent.push(frame)
    this.#unsentLength += frame.length
  }

  #frame(data: string | ArrayBuffer): void {
    if (this.#end !== undefined) return
    const frame = typeof data === 'string' ? data : new Uint8Array(data)
    if (this.#listener === undefined) this.#arrived.push(frame)
    else this.#listener.frame(frame)
  }

  /** A WebSocket never says that its buffer has drained. Only while it is full, it is asked, ever less often. */
  #poll(milliseconds: number): void {
    if (this.#stopPolling !== undefined) return
    this.#stopPolling = after(this.#runtime, milliseconds, () => {
      this.#stopPolling = undefined
      if (this.#socket.bufferedAmount > 0) this.#poll(Math.min(milliseconds * 2, slowestPoll))
      else this.#listener?.writable()
    })
  }

  #closed(reason: CloseReason): void {
    this.#stopWaiting?.()
    this.#stopWaiting = undefined
    this.#stopPolling?.()
    this.#end = reason
    this.#tellEnd()
  }

  #tellEnd(): void {
    // `close` sets the end that is to be; only when the socket has agreed, or was given up, is it told.
    if (this.#told || this.#listener === undefined || this.#end === undefined) return
    if (this.#stopWaiting !== undefined) return
    this.#told = true
    this.#listener.closed(this.#end)
  }
}

const slowestPoll = 32

/** What is said in place of codes that a close frame may not hold, or not one from a browser (RFC 6455 section 7.4.1). */
const substitutes = new Map([
  [1001, 4001],
  [1002, 4501],
  [1005, 1000],
  [1007, 4501],
  [1008, 4501],
  [1009, 4501],
])

function closeSocket(socket: WebSocketLike, { code, reason }: CloseReason): void {
  const text = cut(reason)
  try {
    socket.close(code, text)
  } catch {
    // Each platform refuses what it may not say, and has closed nothing then.
    socket.close(substitutes.get(code) ?? 4000, text)
  }
}

/** `reason` within the bytes that a close frame holds, cut on a character. */
function cut(reason: string): string {
  const bytes = new TextEncoder().encode(reason).subarray(0, closeReason)
  // As the beginning of a stream: a character whose rest is missing is waited for, not written as a fault.
  return new TextDecoder().decode(bytes, { stream: true })
}
