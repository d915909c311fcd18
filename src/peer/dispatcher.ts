import { answerable, errorCodes, RpcError } from '../protocol/error.js'
import { encode, isOver } from '../protocol/json.js'
import { type Limits, overLimit } from '../protocol/limits.js'
import type { Id, IncomingNotification, IncomingRequest } from '../protocol/message.js'
import { isReserved } from '../protocol/reserved.js'
import { errorText, resultText } from '../protocol/text.js'
import { duplicate, type Reply } from './batch.js'
import type { Context, Remote } from './context.js'
import { IncomingCall } from './incoming-call.js'
import { nearest } from './nearest.js'
import type { Diagnostic, Handler, PeerOptions, Registration } from './options.js'

/** What a dispatcher needs of the peer it works for. */
export interface DispatcherHost {
  /** Bytes that the other end takes in one message. */
  largest(): number
  diagnose(event: Diagnostic): void
  remoteFor(call: Context): Remote
}

/** Requests and notifications that arrive: finds who handles them, and answers each request exactly once. */
export class Dispatcher {
  readonly #limits: Limits
  readonly #options: PeerOptions
  readonly #host: DispatcherHost
  // Names come from the other end, so they are keys of a Map: "__proto__" is a method like any other.
  readonly #handlers = new Map<string, Handler>()
  // Arrays that are replaced, never changed: a listener may add and remove listeners while it is told.
  readonly #listeners = new Map<string, readonly Handler[]>()
  readonly #running = new Set<IncomingCall>()
  readonly #unanswered = new Map<Id, IncomingCall>()
  #handling = 0
  #ended: RpcError | undefined

  constructor(limits: Limits, options: PeerOptions, host: DispatcherHost) {
    this.#limits = limits
    this.#options = options
    this.#host = host
  }

  /** Whether as many requests are being handled as may be. */
  get isFull(): boolean {
    return this.#handling >= this.#limits.inbound
  }

  handle(method: string, handler: Handler): Registration {
    if (this.#handlers.has(method)) {
      throw new RpcError(errorCodes.invalidRequest, `"${method}" has a handler already`)
    }
    this.#handlers.set(method, handler)
    return registration(() => {
      if (this.#handlers.get(method) === handler) this.#handlers.delete(method)
    })
  }

  on(method: string, listener: Handler): Registration {
    // One function may listen twice; each registration is its own.
    const own: Handler = (params, context) => listener(params, context)
    this.#listeners.set(method, [...(this.#listeners.get(method) ?? []), own])
    return registration(() => {
      const left = this.#listeners.get(method)?.filter((other) => other !== own) ?? []
      if (left.length > 0) this.#listeners.set(method, left)
      else this.#listeners.delete(method)
    })
  }

  request(message: IncomingRequest, reply: Reply): void {
    const { id, method, params } = message
    const refuse = (error: RpcError, to: Id = id) => reply(errorText(to, error))
    if (id !== null && this.#unanswered.has(id)) {
      // With id null: an answer with this id would settle the request that came first.
      return refuse(new RpcError(errorCodes.invalidRequest, duplicate), null)
    }
    const handler = this.#handlerFor(method)
    if (handler === undefined) return refuse(this.#notFound(method))
    const { inbound } = this.#limits
    if (this.isFull)
      return refuse(overLimit(`"${method}" is`, 'inbound', inbound, { code: errorCodes.busy }))
    this.#handling++
    this.#run(new IncomingCall(message, this.#host, reply), handler, params)
  }

  notify(message: IncomingNotification): void {
    const { method, params } = message
    const handler = this.#handlerFor(method)
    const listeners = this.#listeners.get(method) ?? (handler ? [handler] : [])
    for (const listener of listeners)
      this.#run(new IncomingCall(message, this.#host), listener, params)
  }

  /** Tells the handler of request `id` to stop, and its caller that it was cancelled. An id it does not know is nothing. */
  cancel(id: unknown): void {
    const call = this.#unanswered.get(id as Id)
    if (call === undefined) return
    const cancelled = new RpcError(
      errorCodes.cancelled,
      `"${call.method}" was cancelled by its caller`,
    )
    this.#answer(call, () => this.#failureText(call, cancelled))
    call.abort(cancelled)
  }

  /** Aborts the signals of all that is being handled: nobody is left to answer. */
  end(reason: RpcError): void {
    this.#ended = reason
    this.#unanswered.clear()
    for (const call of this.#running) call.abort(reason)
  }

  /** The protocol's own names are never anybody else's, so a gateway is not given them to route. */
  #handlerFor(method: string): Handler | undefined {
    const { onUnhandled } = this.#options
    return this.#handlers.get(method) ?? (isReserved(method) ? undefined : onUnhandled)
  }

  #run(call: IncomingCall, handler: Handler, params: unknown): void {
    let outcome: unknown
    let isRunning: boolean
    try {
      outcome = handler(params, call)
      isRunning = isThenable(outcome)
    } catch (reason) {
      return this.#failed(call, reason)
    }
    if (!isRunning) return this.#succeeded(call, outcome)
    this.#running.add(call)
    if (call.kind === 'request') this.#unanswered.set(call.id, call)
    if (this.#ended !== undefined) call.abort(this.#ended)
    // A thenable that is no promise of the platform may settle twice, or throw.
    const promise = outcome instanceof Promise ? outcome : Promise.resolve(outcome)
    promise.then(
      (result) => this.#succeeded(call, result),
      (reason) => this.#failed(call, reason),
    )
  }

  #succeeded(call: IncomingCall, result: unknown): void {
    if (this.#finish(call)) this.#answer(call, () => this.#resultText(call, result))
  }

  #failed(call: IncomingCall, reason: unknown): void {
    if (this.#finish(call)) this.#answer(call, () => this.#failureText(call, reason))
    else this.#diagnose('listenerFailed', call.method, reason)
  }

  /** Takes note that the handler is done, and says whether it handled a request. */
  #finish(call: IncomingCall): boolean {
    const isRequest = call.kind === 'request'
    this.#running.delete(call)
    if (isRequest) this.#handling--
    return isRequest
  }

  #answer(call: IncomingCall, text: () => string): void {
    if (call.isAnswered || this.#ended !== undefined) return
    call.isAnswered = true
    if (this.#unanswered.get(call.id) === call) this.#unanswered.delete(call.id)
    call.reply(text())
  }

  #resultText(call: IncomingCall, result: unknown): string {
    const what = `the result of "${call.method}"`
    const largest = this.#host.largest()
    try {
      const text = resultText(call.id, encode(result, this.#limits.nesting - 1))
      if (!isOver(text, largest)) return text
    } catch (cause) {
      const { message } = RpcError.from(cause)
      return this.#failureText(call, new Error(`${what} cannot be sent: ${message}`, { cause }))
    }
    return errorText(call.id, overLimit(`${what} is`, 'message', largest))
  }

  #failureText({ id, method }: IncomingCall, reason: unknown): string {
    const error = answerable(reason, this.#options.redactErrors === true)
    if (error !== reason) this.#diagnose('handlerFailed', method, reason)
    try {
      encode(error.data, this.#limits.nesting - 2)
      const text = errorText(id, error)
      if (!isOver(text, this.#host.largest())) return text
    } catch (cause) {
      this.#diagnose('handlerFailed', method, cause)
    }
    // What can be said of an error whose data cannot be sent, or that is too long.
    return errorText(id, new RpcError(error.code, error.message.slice(0, 1_000)))
  }

  #diagnose(kind: Diagnostic['kind'], method: string, cause: unknown): void {
    this.#host.diagnose({ kind, message: `"${method}" failed`, method, cause })
  }

  #notFound(method: string): RpcError {
    const similar = nearest(method, this.#handlers.keys())
    const hint = similar && `did you mean "${similar}"?`
    return new RpcError(errorCodes.methodNotFound, `"${method}" is not provided by this peer`, {
      hint,
    })
  }
}

/** Something to undo, once. */
export function registration(dispose: () => void): Registration {
  return { dispose, [Symbol.dispose]: dispose }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  )
}
