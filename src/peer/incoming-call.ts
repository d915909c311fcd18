import type { Encoded } from '../protocol/codec.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import type { Id, IncomingCallMessage, Meta } from '../protocol/message.js'
import type { StreamReader } from '../stream/stream-reader.js'
import type { StreamWriter } from '../stream/stream-writer.js'
import type { Reply } from './batch.js'
import type { Context, Remote } from './context.js'
import type { Lane } from './lane.js'

/** What a call needs of the peer it came to. */
export interface CallHost {
  /** Milliseconds, as the runtime counts them. */
  now(): number
  remoteFor(call: Context): Remote
  /** Tells the caller of progress. */
  progress(call: IncomingCall, value: unknown): void
}

/** One call of the other end, while it is handled. */
export class IncomingCall implements Context {
  readonly kind: Context['kind']
  readonly id: Id
  readonly method: string
  readonly meta: Meta
  /** Takes the one answer; a notification has none to give. */
  readonly reply: Reply
  /** True once the caller was answered; a handler may still run, and what it returns is nobody's. */
  isAnswered = false
  /** What the caller streams. */
  reader: StreamReader | undefined
  /** Where it waits for its turn, or has its turn. */
  lane: Lane | undefined
  /** The newest progress that waits to leave. */
  latest: Encoded | undefined
  #writer: StreamWriter | undefined
  readonly #host: CallHost
  #deadline: number | undefined
  #remote: Remote | undefined
  // Made when a handler first looks at the signal: most never do, and a controller costs more than a small call.
  #controller: AbortController | undefined
  #reason: RpcError | undefined
  #afterResponse: (() => unknown)[] | undefined

  constructor(
    message: IncomingCallMessage,
    host: CallHost,
    reply: Reply = () => {},
    kind: Context['kind'] = message.kind,
  ) {
    this.kind = kind
    this.id = message.kind === 'request' ? message.id : null
    this.method = message.method
    this.meta = message.meta
    this.#host = host
    this.reply = reply
    const { timeoutMs } = message.meta
    // Looked at now: what it waits for its turn is gone from its time.
    if (typeof timeoutMs === 'number' && timeoutMs >= 0) this.#deadline = host.now() + timeoutMs
  }

  get timeLeft(): number | undefined {
    return this.#deadline && Math.max(0, this.#deadline - this.#host.now())
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    return this.#controller.signal
  }

  get remote(): Remote {
    this.#remote ??= this.#host.remoteFor(this)
    return this.#remote
  }

  get input(): AsyncIterable<unknown> | undefined {
    return this.reader
  }

  // Made when they are looked at, and bound: a handler takes its context apart.
  get progress(): Context['progress'] {
    return (value) => {
      if (this.kind !== 'notification' && !this.isAnswered) this.#host.progress(this, value)
    }
  }

  get afterResponse(): Context['afterResponse'] {
    return (action) => {
      if (this.kind === 'notification')
        throw new RpcError(
          errorCodes.invalidRequest,
          `"${this.method}" is a notification: it has no response`,
        )
      this.#afterResponse = [...(this.#afterResponse ?? []), action]
    }
  }

  /** Whether something is to run once the caller was answered. */
  get hasActions(): boolean {
    return this.#afterResponse !== undefined
  }

  /** What is to run now that the caller was answered. */
  takeActions(): readonly (() => unknown)[] {
    const actions = this.#afterResponse ?? []
    this.#afterResponse = undefined
    return actions
  }

  /** Writes what the handler streams, and resolves with what that returns. */
  write(writer: StreamWriter): Promise<unknown> {
    this.#writer = writer
    if (this.#reason !== undefined) writer.end(this.#reason)
    return writer.write()
  }

  /** Takes note of how many items the caller consumed. False where it cannot have consumed so many. */
  consumed(count: number): boolean {
    return this.#writer?.consumed(count) ?? count === 0
  }

  abort(reason: RpcError): void {
    this.#reason ??= reason
    this.#controller?.abort(reason)
    this.#writer?.end(reason)
    this.reader?.fail(reason, true)
  }
}
