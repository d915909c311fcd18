import { answerable, errorCodes, RpcError } from '../protocol/error.js'
import { encode, isOver, utf8Length } from '../protocol/json.js'
import type { Limits } from '../protocol/limits.js'
import type { Id, Incoming } from '../protocol/message.js'
import { isReserved } from '../protocol/reserved.js'
import { errorText, resultText } from '../protocol/text.js'
import type { Reply } from './batch.js'
import type { Context, Remote } from './context.js'
import { IncomingCall } from './incoming-call.js'
import { nearest } from './nearest.js'
import type { Diagnostic, Handler, Registration } from './options.js'

type IncomingRequest = Extract<Incoming, { kind: 'request' }>
type IncomingNotification = Extract<Incoming, { kind: 'notification' }>

/** What a dispatcher needs of the peer it works for. */
export interface DispatcherOptions {
  readonly limits: Limits
  readonly redactErrors: boolean
  readonly onUnhandled: Handler | undefined
  /** Bytes the other end takes in one message. */
  readonly largest: () => number
  readonly diagnose: (event: Diagnostic) => void
  readonly remoteFor: (call: Context) => Remote
}

/** Requests and notifications that arrive: finds who handles them, and answers each request exactly once. */
export class Dispatcher {
  readonly #options: DispatcherOptions
  // Names come from the other end, so they are keys of a Map: "__proto__" is a method like any other.
  readonly #handlers = new Map<string, Handler>()
  readonly #listeners = new Map<string, Set<Handler>>()
  readonly #running = new Set<IncomingCall>()
  readonly #unanswered = new Map<Id, IncomingCall>()
  #ended: RpcError | undefined

  constructor(options: DispatcherOptions) {
    this.#options = options
  }

  /** Whether as many requests are being handled as may be. */
  get isFull(): boolean {
    return this.#running.size >= this.#options.limits.inbound
  }

  handle(method: string, handler: Handler): Registration {
    if (this.#handlers.has(method))
      throw new RpcError(errorCodes.invalidRequest, `"${method}" has a handler already`)
    this.#handlers.set(method, handler)
    return registration(() => {
      if (this.#handlers.get(method) === handler) this.#handlers.delete(method)
    })
  }

  on(method: string, listener: Handler): Registration {
    const listeners = this.#listeners.get(method) ?? new Set()
    // One function may listen twice; each registration is its own.
    const own: Handler = (params, context) => listener(params, context)
    this.#listeners.set(method, listeners.add(own))
    return registration(() => {
      listeners.delete(own)
      if (listeners.size === 0 && this.#listeners.get(method) === listeners)
        this.#listeners.delete(method)
    })
  }

  request(message: IncomingRequest, reply: Reply): void {
    const { id, method } = message
    if (id !== null && this.#unanswered.has(id)) {
      // Answered with id null: an answer with this id would settle the request that came first.
      return reply(
        errorText(
          null,
          new RpcError(
            errorCodes.invalidRequest,
            'duplicate id: the request before it is still being answered',
          ),
        ),
      )
    }
    const handler = this.#handlers.get(method) ?? this.#catchAllFor(method)
    if (handler === undefined) return reply(errorText(id, this.#notFound(method)))
    if (this.isFull) return reply(errorText(id, this.#busy(method)))
    this.#run(
      new IncomingCall('request', id, method, message.meta, this.#options.remoteFor),
      handler,
      message.params,
      reply,
    )
  }

  notify(message: IncomingNotification): void {
    const { method } = message
    const listeners = this.#listeners.get(method)
    if (listeners !== undefined) for (const listener of listeners) this.#tell(listener, message)
    const handler =
      listeners === undefined
        ? (this.#handlers.get(method) ?? this.#catchAllFor(method))
        : undefined
    if (handler !== undefined) this.#tell(handler, message)
  }

  /** Tells the handler of request `id` to stop, and its caller that it was cancelled. An id it does not know is nothing. */
  cancel(id: Id, reply: Reply): void {
    const call = this.#unanswered.get(id)
    if (call === undefined) return
    const cancelled = new RpcError(
      errorCodes.cancelled,
      `"${call.method}" was cancelled by its caller`,
    )
    this.#answer(call, errorText(id, cancelled), reply)
    call.abort(cancelled)
  }

  /** Aborts the signals of all that is being handled: nobody is left to answer. */
  end(reason: RpcError): void {
    this.#ended = reason
    for (const call of this.#running) call.abort(reason)
    this.#unanswered.clear()
  }

  /** The protocol's own names are never anybody else's, so a gateway is not given them to route. */
  #catchAllFor(method: string): Handler | undefined {
    return isReserved(method) ? undefined : this.#options.onUnhandled
  }

  #run(call: IncomingCall, handler: Handler, params: unknown, reply: Reply): void {
    let outcome: unknown
    try {
      outcome = handler(params, call)
      if (!isThenable(outcome)) return this.#answer(call, this.#resultOf(call, outcome), reply)
    } catch (reason) {
      return this.#answer(call, this.#failureOf(call, reason), reply)
    }
    this.#started(call)
    if (call.id !== null) this.#unanswered.set(call.id, call)
    settled(outcome).then(
      (result) => this.#finished(call, () => this.#resultOf(call, result), reply),
      (reason) => this.#finished(call, () => this.#failureOf(call, reason), reply),
    )
  }

  #started(call: IncomingCall): void {
    this.#running.add(call)
    if (this.#ended !== undefined) call.abort(this.#ended)
  }

  #finished(call: IncomingCall, text: () => string, reply: Reply): void {
    this.#running.delete(call)
    if (!call.answered && this.#ended === undefined) this.#answer(call, text(), reply)
  }

  #answer(call: IncomingCall, text: string, reply: Reply): void {
    call.answered = true
    if (this.#unanswered.get(call.id) === call) this.#unanswered.delete(call.id)
    reply(text)
  }

  #resultOf(call: IncomingCall, result: unknown): string {
    const { limits, largest } = this.#options
    let text: string
    try {
      text = resultText(call.id, encode(result, limits.nesting - 1))
    } catch (reason) {
      const { message } = RpcError.from(reason)
      return this.#failureOf(
        call,
        new Error(`the result of "${call.method}" cannot be sent: ${message}`, { cause: reason }),
      )
    }
    if (!isOver(text, largest())) return text
    return errorText(
      call.id,
      tooLarge(`the result of "${call.method}"`, utf8Length(text), largest()),
    )
  }

  #failureOf(call: IncomingCall, reason: unknown): string {
    const error = answerable(reason, this.#options.redactErrors)
    if (error !== reason)
      this.#diagnose('handlerFailed', `the handler of "${call.method}" failed`, call.method, reason)
    try {
      encode(error.data, this.#options.limits.nesting - 2)
      const text = errorText(call.id, error)
      if (!isOver(text, this.#options.largest())) return text
    } catch (cause) {
      this.#diagnose(
        'handlerFailed',
        `the error of "${call.method}" cannot be sent whole`,
        call.method,
        cause,
      )
    }
    return errorText(call.id, new RpcError(error.code, error.message.slice(0, 1_000)))
  }

  #tell(listener: Handler, { method, params, meta }: IncomingNotification): void {
    const call = new IncomingCall('notification', null, method, meta, this.#options.remoteFor)
    const failed = (reason: unknown) =>
      this.#diagnose('listenerFailed', `a listener of "${method}" failed`, method, reason)
    try {
      const outcome = listener(params, call)
      if (!isThenable(outcome)) return
      this.#started(call)
      const finished = () => this.#running.delete(call)
      settled(outcome).then(finished, (reason) => {
        finished()
        failed(reason)
      })
    } catch (reason) {
      failed(reason)
    }
  }

  #diagnose(kind: Diagnostic['kind'], message: string, method: string, cause: unknown): void {
    this.#options.diagnose({ kind, message, method, cause })
  }

  #notFound(method: string): RpcError {
    const similar = nearest(method, this.#handlers.keys())
    const hint = similar === undefined ? undefined : `did you mean "${similar}"?`
    return new RpcError(errorCodes.methodNotFound, `"${method}" is not provided by this peer`, {
      hint,
    })
  }

  #busy(method: string): RpcError {
    const limit = this.#options.limits.inbound
    return new RpcError(
      errorCodes.busy,
      `"${method}" was refused: ${limit} requests are being handled, the limit "inbound"`,
    )
  }
}

/** What a call of `size` bytes rejects with when the other end takes at most `limit`. */
export function tooLarge(what: string, size: number, limit: number): RpcError {
  return new RpcError(
    errorCodes.limitExceeded,
    `${what} is ${size} bytes: the limit "message" is ${limit} bytes`,
    {
      data: { reason: 'limitExceeded', limit: 'message', value: limit, size },
    },
  )
}

/** Something to undo, once. */
export function registration(dispose: () => void): Registration {
  return { dispose, [Symbol.dispose]: dispose }
}

/** A promise that settles once, whatever a thenable that is none of the platform's does. */
function settled(outcome: PromiseLike<unknown>): Promise<unknown> {
  return outcome instanceof Promise ? outcome : Promise.resolve(outcome)
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  )
}
