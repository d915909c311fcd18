import { type Lifeline, lifeline } from './lifeline.js'
import {
  type CloseReason,
  normalClose,
  type Transport,
  type TransportListener,
} from './transport.js'

/** What is used of a MessagePort or Worker, the browser's and those of `node:worker_threads`. */
export interface PortLike {
  postMessage(message: unknown): void
  addEventListener?(type: string, listener: (event: Event) => void): void
  removeEventListener?(type: string, listener: (event: Event) => void): void
  on?(type: string, listener: (value: unknown) => void): unknown
  off?(type: string, listener: (value: unknown) => void): unknown
  start?(): void
  close?(): void
}

/** Says that the port is closing; a port that is gone says nothing by itself in most browsers. */
interface Goodbye {
  readonly bothways: 'close'
  readonly code: number
  readonly reason: string
}

/** Says how many characters were taken in, all told: a port has no measure of what waits in it. */
interface Receipt {
  readonly bothways: 'taken'
  readonly total: number
}

/** Names the lock that its sender holds for as long as it lives. */
interface Alive {
  readonly bothways: 'alive'
  readonly lock: string
}

/** Text and bytes over a MessagePort, a Worker or the global scope of one. Both ends must be of this kind. */
export function messagePortTransport(port: PortLike): Transport {
  return new MessagePortTransport(port)
}

/** Characters after which the receiving end says so. Half of what the sending end lets wait, or less. */
const receiptEvery = 65_536

class MessagePortTransport implements Transport {
  readonly isLocal = true
  readonly #port: PortLike
  #listener: TransportListener | undefined
  /** What came before `start`, where the port does not keep it. */
  readonly #early: unknown[] = []
  #end: CloseReason | undefined
  #isTold = false
  #stopListening: () => void = () => {}
  #lifeline: Lifeline | undefined
  #sent = 0
  #taken = 0
  #acknowledged = 0
  #receipted = 0

  constructor(port: PortLike) {
    this.#port = port
    // A Worker has no start: what comes when nobody listens is lost.
    if (port.start === undefined) this.#listen()
  }

  /** What the other end has not said it took; up to `receiptEvery` of that may have been taken all the same. */
  get buffered(): number {
    const open = this.#sent - this.#acknowledged
    return open < receiptEvery ? 0 : open
  }

  start(listener: TransportListener): void {
    this.#listener = listener
    for (const data of this.#early.splice(0)) this.#message(data)
    if (this.#end !== undefined) return this.#tell(this.#end)
    if (this.#port.start !== undefined) this.#listen()
    this.#port.start?.()
    // Node tells of every port that closes.
    if (this.#port.on !== undefined) return
    this.#lifeline = lifeline(this.#gone)
    this.#lifeline.hold((lock) => {
      if (this.#end === undefined) this.#post({ bothways: 'alive', lock })
    })
  }

  send(frame: string | Uint8Array): void {
    if (this.#end !== undefined) return
    this.#sent += frame.length
    if (isWhole(frame)) transferTo(this.#port, frame)
    else this.#port.postMessage(frame)
  }

  close(reason: CloseReason = normalClose): void {
    if (this.#end !== undefined) return
    this.#post({ bothways: 'close', ...reason })
    this.#closed(reason)
  }

  #listen(): void {
    const arrived = (data: unknown) => {
      if (this.#listener === undefined) this.#early.push(data)
      else if (this.#end === undefined) this.#message(data)
    }
    this.#stopListening = listen(this.#port, arrived, this.#gone)
  }

  readonly #gone = (): void => this.#closed({ code: 1006, reason: 'the port closed' })

  #message(data: unknown): void {
    if (typeof data === 'string' || data instanceof Uint8Array) this.#frame(data)
    else if (isAlive(data)) this.#lifeline?.watch(data.lock)
    else if (isReceipt(data)) this.#receipt(data.total)
    else if (isGoodbye(data)) this.#closed({ code: data.code, reason: data.reason })
  }

  #frame(data: string | Uint8Array): void {
    this.#taken += data.length
    if (this.#taken - this.#receipted >= receiptEvery) {
      this.#receipted = this.#taken
      this.#post({ bothways: 'taken', total: this.#taken })
    }
    this.#listener?.frame(data)
  }

  #receipt(total: number): void {
    this.#acknowledged = Math.min(Math.max(total, this.#acknowledged), this.#sent)
    this.#listener?.writable()
  }

  #post(message: Goodbye | Receipt | Alive): void {
    this.#port.postMessage(message)
  }

  #closed(reason: CloseReason): void {
    if (this.#end !== undefined) return
    this.#end = reason
    this.#stopListening()
    this.#lifeline?.release()
    this.#port.close?.()
    // Told in a later turn, as by every transport: whoever closes is not in the middle of being told.
    queueMicrotask(() => this.#tell(reason))
  }

  #tell(reason: CloseReason): void {
    if (this.#isTold || this.#listener === undefined) return
    this.#isTold = true
    this.#listener.closed(reason)
  }
}

/** Listens to a port, the browser's or Node's, and returns what ends that. */
function listen(port: PortLike, message: (data: unknown) => void, gone: () => void): () => void {
  const isNode = port.on !== undefined
  const arrived = (value: unknown) => message(isNode ? value : (value as MessageEvent).data)
  const listeners = [['message', arrived], ...ends.map((end) => [end, gone] as const)] as const
  for (const [type, listener] of listeners)
    (isNode ? port.on : port.addEventListener)?.call(port, type, listener)
  return () => {
    for (const [type, listener] of listeners)
      (isNode ? port.off : port.removeEventListener)?.call(port, type, listener)
  }
}

/** What a port or Worker says when its other end is gone, if it says anything. */
const ends = ['close', 'exit', 'error'] as const

/** Whether `frame` is all of a buffer that can be transferred: then there is nothing else in it that somebody may need. */
function isWhole(frame: string | Uint8Array): frame is Uint8Array<ArrayBuffer> {
  return (
    typeof frame !== 'string' &&
    frame.buffer instanceof ArrayBuffer &&
    frame.byteLength === frame.buffer.byteLength
  )
}

function transferTo(port: PortLike, frame: Uint8Array<ArrayBuffer>): void {
  const transferring: { postMessage(message: unknown, transfer: ArrayBuffer[]): void } = port
  transferring.postMessage(frame, [frame.buffer])
}

function isReceipt(data: unknown): data is Receipt {
  return isOurs(data, 'taken') && Number.isSafeInteger((data as Receipt).total)
}

function isAlive(data: unknown): data is Alive {
  return isOurs(data, 'alive') && typeof (data as Alive).lock === 'string'
}

function isGoodbye(data: unknown): data is Goodbye {
  return (
    isOurs(data, 'close') &&
    Number.isSafeInteger((data as Goodbye).code) &&
    typeof (data as Goodbye).reason === 'string'
  )
}

function isOurs(data: unknown, kind: string): boolean {
  return (
    typeof data === 'object' && data !== null && (data as { bothways?: unknown }).bothways === kind
  )
}
