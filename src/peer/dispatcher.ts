import { answerable, errorCodes, RpcError } from '../protocol/error.js'
import { type Limits, overLimit } from '../protocol/limits.js'
import type { Id, IncomingNotification, IncomingRequest } from '../protocol/message.js'
import { isReserved } from '../protocol/reserved.js'
import { duplicate, type Reply } from './batch.js'
import type { Context, Remote } from './context.js'
import type { Encoder } from './encoder.js'
import { IncomingCall } from './incoming-call.js'
import { nearest } from './nearest.js'
import type { Diagnostic, Handler, PeerOptions, Registration } from './options.js'

/** What a dispatcher needs of the peer it works for. */
export interface DispatcherHost {
  readonly encoder: Encoder
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
    const refuse = (error: RpcError, to: Id = id) => reply(this.#host.encoder.failure(to, error))
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
    if (listeners.length === 0) this.#unheard(method)
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
    // A promise of the platform: another's `then` may throw, or settle twice.
    Promise.resolve(outcome).then(
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
    const { id, method } = call
    try {
      return this.#host.encoder.result(id, method, result)
    } catch (cause) {
      const error = RpcError.from(cause)
      if (error.code !== errorCodes.encoding) return this.#host.encoder.failure(id, error)
      const message = `the result of "${method}" cannot be sent: ${error.message}`
      return this.#failureText(call, new Error(message, { cause }))
    }
  }

  #failureText({ id, method }: IncomingCall, reason: unknown): string {
    const isGateway = !this.#handlers.has(method)
    const error = answerable(reason, this.#options.redactErrors === true, isGateway)
    const isHidden = !(reason instanceof RpcError) || reason.code !== error.code
    if (isHidden) this.#diagnose('handlerFailed', method, reason)
    return this.#host.encoder.failure(id, error)
  }

  #diagnose(kind: Diagnostic['kind'], method: string, cause: unknown): void {
    this.#host.diagnose({ kind, message: `"${method}" failed`, method, cause })
  }

  /** A notification that nobody listens to is nobody's fault to be told but this end's. */
  #unheard(method: string): void {
    const message = `nobody listens to "${method}"`
    this.#host.diagnose({ kind: 'unheardNotification', message, method })
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
