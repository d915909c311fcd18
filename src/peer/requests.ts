import { errorCodes, RpcError } from '../protocol/error.js'
import { type Limits, overLimit } from '../protocol/limits.js'
import type { Id, IncomingAnswer } from '../protocol/message.js'
import { after, type Runtime } from '../runtime.js'
import type { StreamReader } from '../stream/stream-reader.js'
import type { StreamWriter } from '../stream/stream-writer.js'
import { onAbort } from './abort.js'
import { IdTable } from './id-table.js'
import type { RequestOptions } from './options.js'
import type { Outbox } from './outbox.js'

/** One request that waits for its answer. */
interface Waiting {
  readonly id: number
  readonly method: string
  resolve(result: unknown): void
  reject(reason: unknown): void
  /** Ends what watches over the request: its timeout and its signal. */
  readonly release: (() => void) | undefined
  /** Starts its timeout anew, where progress does. */
  readonly extend: (() => void) | undefined
  readonly flow: Flow | undefined
}

/** What goes to and fro beside the answer to a request. */
export interface Flow {
  readonly reader?: StreamReader | undefined
  input?: StreamWriter
  readonly onProgress?: ((value: unknown) => void) | undefined
}

/** How a request is to be settled. */
export type Settle = Pick<Waiting, 'resolve' | 'reject'>

/** The requests of this end that wait for an answer. Ids ascend, so that a late answer is known without being remembered. */
export class Requests {
  readonly #waiting = new IdTable<Waiting>()
  readonly #outbox: Outbox
  readonly #limits: Limits
  readonly #runtime: Runtime
  readonly #abandoned: (id: number, isUnsent: boolean) => void
  #lastId = 0

  /** `abandoned` is told of a request that nobody waits for any more. */
  constructor(
    outbox: Outbox,
    limits: Limits,
    runtime: Runtime,
    abandoned: (id: number, isUnsent: boolean) => void,
  ) {
    this.#outbox = outbox
    this.#limits = limits
    this.#runtime = runtime
    this.#abandoned = abandoned
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.size
  }

  /** Those that wait. */
  get waiting(): Iterable<{ readonly id: number }> {
    return this.#waiting.values()
  }

  /** Throws where there are too many. */
  admit(method: string): void {
    const { outbound } = this.#limits
    if (this.#waiting.size < outbound) return
    throw overLimit(`"${method}" was not sent: it would be`, 'outbound', outbound, {
      code: errorCodes.busy,
      method,
      delivery: 'unsent',
    })
  }

  nextId(): number {
    return ++this.#lastId
  }

  /** Waits for the answer to request `id`, until its timeout has passed or its signal aborts. */
  add(
    id: number,
    method: string,
    { signal, timeout, progressExtends }: RequestOptions,
    { resolve, reject }: Settle,
    flow?: Flow,
  ): void {
    const isWatched = signal !== undefined || timeout !== undefined
    const watch = isWatched ? this.#watch(id, method, signal, timeout) : undefined
    const extend = progressExtends ? watch?.restart : undefined
    this.#waiting.add({ id, method, resolve, reject, release: watch?.release, extend, flow })
  }

  has(id: Id): boolean {
    return this.#waiting.get(id) !== undefined
  }

  /** Settles the request that `answer` is for. False where this end never made one. */
  settle(answer: IncomingAnswer): boolean {
    const { id } = answer
    // What has not left cannot have been answered.
    if (this.#outbox.holds(id as number)) return false
    const waiting = this.#take(id)
    if (waiting === undefined && !this.#isPast(id)) return false
    if (answer.kind === 'result') waiting?.resolve(answer.result)
    else waiting?.reject(failureOf(answer, waiting.method))
    // A late answer is to a request that was cancelled: only now is the other end done with it.
    this.#outbox.answered()
    return true
  }

  /** Takes in items of a stream. False where this end never asked for them. */
  output(id: Id, items: readonly unknown[]): boolean {
    if (this.#outbox.holds(id as number)) return false
    const waiting = this.#waiting.get(id)
    // Late ones are to a stream that was left, and are dropped: nobody reads any more.
    if (waiting === undefined) return this.#isPast(id)
    waiting.extend?.()
    try {
      if (waiting.flow?.reader === undefined) throw notAStream()
      waiting.flow.reader.push(items)
    } catch (reason) {
      this.abandon(waiting.id, about(waiting.method, reason))
    }
    return true
  }

  /** Takes note of how many items of its input the other end consumed. False where this end never wrote them. */
  consumed(id: Id, count: number): boolean {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return this.#isPast(id)
    if (waiting.flow?.input?.consumed(count) !== true)
      this.abandon(waiting.id, about(waiting.method, overConsumed()))
    return true
  }

  /** Hands on the progress of a request; `failed` is told what the one it is handed to throws. False where nobody here is told of it. */
  progress(id: Id, value: unknown, failed: (cause: unknown) => void): boolean {
    const waiting = this.#waiting.get(id)
    waiting?.extend?.()
    const onProgress = waiting?.flow?.onProgress
    try {
      onProgress?.(value)
    } catch (cause) {
      failed(cause)
    }
    return (onProgress ?? waiting?.extend) !== undefined
  }

  /** Rejects every request that waits, each with the error that `errorFor` makes. */
  end(errorFor: (method: string, isUnsent: boolean) => RpcError): void {
    for (const { id, method } of this.#waiting.values()) {
      this.#take(id)?.reject(errorFor(method, this.#outbox.forget(id)))
    }
  }

  /** Sees to it that a request ends when its time is up or its signal aborts. */
  #watch(
    id: number,
    method: string,
    signal: AbortSignal | undefined,
    timeout: number | undefined,
  ): { readonly release: () => void; readonly restart: () => void } {
    const stopSignal = signal && onAbort(signal, () => this.abandon(id, signal.reason))
    const tooLate = () => this.abandon(id, timedOut(method, timeout, this.#outbox.holds(id)))
    const start = () => timeout !== undefined && after(this.#runtime, timeout, tooLate)
    let stopTimer = start()
    return {
      release: () => {
        stopSignal?.()
        if (stopTimer) stopTimer()
      },
      restart: () => {
        if (stopTimer) stopTimer()
        stopTimer = start()
      },
    }
  }

  /** Rejects request `id`, and tells the other end that nobody waits for it any more. */
  abandon(id: number, reason: unknown): void {
    const isUnsent = this.#outbox.forget(id)
    this.#take(id)?.reject(reason)
    this.#abandoned(id, isUnsent)
  }

  /** Rejects request `id`, which did not leave. */
  refuse(id: number, reason: unknown): void {
    this.#take(id)?.reject(reason)
  }

  #take(id: Id): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return undefined
    this.#waiting.delete(waiting.id)
    waiting.release?.()
    waiting.flow?.input?.end(undefined)
    return waiting
  }

  /** Whether this end made a request `id`, whatever became of it. */
  #isPast(id: Id): boolean {
    return typeof id === 'number' && id > 0 && id <= this.#lastId
  }
}

/** What a request rejects with when its time is up. */
export function timedOut(method: string, timeout: number | undefined, isUnsent: boolean): RpcError {
  const what = isUnsent ? 'it was never sent' : 'the peer is connected'
  return new RpcError(errorCodes.timeout, `"${method}" timed out after ${timeout} ms; ${what}`, {
    method,
    delivery: isUnsent ? 'unsent' : 'unknown',
  })
}

function notAStream(): RpcError {
  return new RpcError(errorCodes.protocol, 'stream items came, and no stream was asked for')
}

export function overConsumed(): RpcError {
  return new RpcError(errorCodes.protocol, 'more stream items were consumed than were sent')
}

/** `reason`, of this end's own, with the method it is about. */
function about(method: string, reason: unknown): RpcError {
  const { code, message } = RpcError.from(reason)
  return new RpcError(code, `"${method}": ${message}`, { method, delivery: 'accepted' })
}

function failureOf(answer: Exclude<IncomingAnswer, { kind: 'result' }>, method: string): RpcError {
  if (answer.kind === 'error') return RpcError.fromWire(answer.error, method)
  const message = `"${method}" was answered with what is no JSON-RPC response: ${answer.what}`
  return new RpcError(errorCodes.protocol, message, { method, delivery: 'accepted' })
}
