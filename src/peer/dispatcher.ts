import type { Outgoing } from '../protocol/brief.js'
import { answerable, type ErrorObject, errorCodes, RpcError } from '../protocol/error.js'
import { type Limits, overLimit } from '../protocol/limits.js'
import type { Id, IncomingNotification, IncomingRequest } from '../protocol/message.js'
import { isReserved } from '../protocol/reserved.js'
import type { StreamReader } from '../stream/stream-reader.js'
import type { StreamWriter } from '../stream/stream-writer.js'
import { duplicate, type Reply } from './batch.js'
import type { Encoder } from './encoder.js'
import { type CallHost, IncomingCall } from './incoming-call.js'
import { around } from './intercept.js'
import { type Lanes, lanesFor } from './lane.js'
import { nearest } from './nearest.js'
import type {
  Diagnostic,
  HandleOptions,
  Handler,
  InboundCall,
  PeerOptions,
  Registration,
} from './options.js'
import { overConsumed } from './requests.js'

/** What a dispatcher needs of the peer it works for. */
export interface DispatcherHost extends CallHost {
  readonly encoder: Encoder
  diagnose(event: Diagnostic): void
  /** Reads what the caller of `call` streams. */
  readerFor(call: IncomingCall): StreamReader
  /** Writes what `call` is answered with, item by item. */
  writerFor(call: IncomingCall, source: AsyncIterable<unknown>): StreamWriter
}

/** That a stream was asked for, rather than one answer. */
export interface Asked {
  readonly hasInput: boolean
}

/** What arrives of what a caller streams: items, or its end. */
export type Input =
  | { readonly items: readonly unknown[] }
  | { readonly error: ErrorObject }
  | { readonly isDone: true }

/** What handles the calls of one method, and where they wait for their turn. */
interface Handling {
  readonly handler: Handler
  readonly lanes: Lanes | undefined
}

/** Requests and notifications that arrive: finds who handles them, and answers each request exactly once. */
export class Dispatcher {
  readonly #limits: Limits
  readonly #options: PeerOptions
  readonly #host: DispatcherHost
  // Names come from the other end, so they are keys of a Map: "__proto__" is a method like any other.
  readonly #handlers = new Map<string, Handling>()
  // Arrays that are replaced, never changed: a listener may add and remove listeners while it is told.
  readonly #listeners = new Map<string, readonly Handling[]>()
  readonly #unhandled: Handling | undefined
  readonly #intercepts: boolean
  readonly #running = new Set<IncomingCall>()
  readonly #unanswered = new Map<Id, IncomingCall>()
  #open = 0
  #ended: RpcError | undefined

  constructor(limits: Limits, options: PeerOptions, host: DispatcherHost) {
    this.#limits = limits
    this.#options = options
    this.#host = host
    this.#intercepts = (options.inbound ?? []).length > 0
    this.#unhandled = options.onUnhandled && { handler: options.onUnhandled, lanes: undefined }
  }

  /** Whether as many requests are being handled as may be. */
  get isFull(): boolean {
    return this.#open >= this.#limits.inbound
  }

  /** Whether all that was asked has been answered. */
  get isIdle(): boolean {
    return this.#unanswered.size === 0
  }

  /** Whether a caller streams to this end. */
  get readsInput(): boolean {
    return [...this.#unanswered.values()].some(({ reader }) => reader !== undefined)
  }

  handle(method: string, handler: Handler, options: HandleOptions = {}): Registration {
    if (this.#handlers.has(method)) {
      throw new RpcError(errorCodes.invalidRequest, `"${method}" has a handler already`)
    }
    const own = this.#handling(handler, options)
    this.#handlers.set(method, own)
    return registration(() => {
      if (this.#handlers.get(method) === own) this.#handlers.delete(method)
    })
  }

  on(method: string, listener: Handler, options: HandleOptions = {}): Registration {
    // One function may listen twice; each registration is its own.
    const own = this.#handling(listener, options)
    this.#listeners.set(method, [...(this.#listeners.get(method) ?? []), own])
    return registration(() => {
      const left = this.#listeners.get(method)?.filter((other) => other !== own) ?? []
      if (left.length > 0) this.#listeners.set(method, left)
      else this.#listeners.delete(method)
    })
  }

  request(message: IncomingRequest, reply: Reply, asked?: Asked): void {
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
    this.#open++
    const call = new IncomingCall(
      message,
      this.#host,
      reply,
      asked === undefined ? 'request' : 'stream',
    )
    if (asked?.hasInput) call.reader = this.#host.readerFor(call)
    this.#run(call, handler, params)
  }

  /** Takes in what the caller of stream `id` streams. What comes for no stream, or too late, is nothing. */
  input(id: Id, arrived: Input): void {
    const call = this.#unanswered.get(id)
    const reader = call?.reader
    if (call === undefined || reader === undefined) return
    try {
      if ('items' in arrived) reader.push(arrived.items)
      else if ('error' in arrived) reader.fail(RpcError.fromWire(arrived.error, call.method))
      else reader.end(undefined)
    } catch (reason) {
      this.#violated(call, RpcError.from(reason))
    }
  }

  /** Takes note of how many items the caller of stream `id` consumed. */
  consumed(id: Id, count: number): void {
    const call = this.#unanswered.get(id)
    if (call !== undefined && !call.consumed(count)) this.#violated(call, overConsumed())
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
    const what = `"${call.method}" was cancelled by its caller`
    this.#stop(call, new RpcError(errorCodes.cancelled, what))
  }

  /** Aborts the signals of all that is being handled: nobody is left to answer. */
  end(reason: RpcError): void {
    this.#ended = reason
    this.#unanswered.clear()
    for (const call of this.#running) call.abort(reason)
  }

  /** The protocol's own names are never anybody else's, so a gateway is not given them to route. */
  #handlerFor(method: string): Handling | undefined {
    return this.#handlers.get(method) ?? (isReserved(method) ? undefined : this.#unhandled)
  }

  #handling(handler: Handler, { schedule = 'concurrent' }: HandleOptions): Handling {
    const lanes = lanesFor(schedule, this.#limits.waiting, (call, reason) =>
      this.#stop(call, reason),
    )
    return { handler, lanes }
  }

  /** Has a call handled, now or when it is its turn. */
  #run(call: IncomingCall, { handler, lanes }: Handling, params: unknown): void {
    if (lanes === undefined) return this.#start(call, handler, params)
    try {
      call.lane = lanes(params)
      const hasStarted = call.lane.enter(call, () => this.#start(call, handler, params))
      if (!hasStarted) this.#track(call)
    } catch (reason) {
      this.#failed(call, reason)
    }
  }

  #start(call: IncomingCall, handler: Handler, params: unknown): void {
    // The connection ended while it waited for its turn.
    if (this.#ended !== undefined) return void this.#finish(call)
    let outcome: unknown
    let isWaiting: boolean
    let isStreaming: boolean
    try {
      outcome = this.#intercepts ? this.#intercepted(call, handler, params) : handler(params, call)
      isWaiting = isThenable(outcome)
      isStreaming = isStream(outcome)
    } catch (reason) {
      return this.#failed(call, reason)
    }
    if (!isWaiting && !isStreaming) return this.#succeeded(call, outcome)
    this.#track(call)
    if (!isWaiting) return this.#stream(call, outcome as AsyncIterable<unknown>)
    // A promise of the platform: another's `then` may throw, or settle twice.
    Promise.resolve(outcome).then(
      (result) => (isStream(result) ? this.#stream(call, result) : this.#succeeded(call, result)),
      (reason) => this.#failed(call, reason),
    )
  }

  #intercepted(context: IncomingCall, handler: Handler, params: unknown): unknown {
    const run = around(this.#options.inbound, (call: InboundCall) =>
      handler(call.params, call.context),
    )
    return run({ method: context.method, params, context })
  }

  /** Remembers a call that has not ended. */
  #track(call: IncomingCall): void {
    this.#running.add(call)
    if (call.kind !== 'notification') this.#unanswered.set(call.id, call)
    if (this.#ended !== undefined) call.abort(this.#ended)
  }

  #stream(call: IncomingCall, source: AsyncIterable<unknown>): void {
    try {
      const writer = this.#host.writerFor(call, source)
      if (call.kind !== 'stream') {
        const refusal = notAskedAsStream(call)
        writer.end(refusal)
        throw refusal
      }
      call.write(writer).then(
        (result) => this.#succeeded(call, result),
        (reason) => {
          if (this.#isDue(call)) this.#answer(call, this.#failureText(call, reason))
          // Whoever waits for its turn waits for the clean-up, too.
          void writer.cleanup
            .catch((cause) => this.#diagnose('handlerFailed', call.method, cause))
            .then(() => this.#finish(call))
        },
      )
    } catch (reason) {
      this.#failed(call, reason)
    }
  }

  /** Ends a call whose caller broke the rules. */
  #violated(call: IncomingCall, { code, message }: RpcError): void {
    this.#stop(call, new RpcError(code, `"${call.method}": ${message}`))
  }

  /** Answers a call with `error`, and has its handler stop. */
  #stop(call: IncomingCall, error: RpcError): void {
    if (this.#isDue(call)) this.#answer(call, this.#failureText(call, error))
    call.abort(error)
    if (call.lane?.drop(call)) this.#finish(call)
  }

  #succeeded(call: IncomingCall, result: unknown): void {
    if (this.#isDue(call)) this.#answer(call, this.#resultText(call, result))
    this.#finish(call)
  }

  #failed(call: IncomingCall, reason: unknown): void {
    if (call.kind === 'notification') this.#diagnose('listenerFailed', call.method, reason)
    else if (this.#isDue(call)) this.#answer(call, this.#failureText(call, reason))
    this.#finish(call)
  }

  /** Takes note that the handler is done. */
  #finish(call: IncomingCall): void {
    if (this.#running.size > 0) this.#running.delete(call)
    if (call.kind !== 'notification') this.#open--
    call.reader?.fail(noMoreInput(call))
    call.lane?.leave(call)
  }

  /** Whether a call has to be answered now: from then on, it has been. */
  #isDue(call: IncomingCall): boolean {
    if (call.kind === 'notification' || call.isAnswered || this.#ended !== undefined) return false
    call.isAnswered = true
    if (this.#unanswered.get(call.id) === call) this.#unanswered.delete(call.id)
    return true
  }

  #answer(call: IncomingCall, text: Outgoing): void {
    const left = call.hasActions ? () => this.#left(call) : undefined
    try {
      call.reply(text, left)
    } catch (reason) {
      // The transport does not carry it.
      call.reply(this.#failureText(call, reason), left)
    }
  }

  /** Runs what was to run once the answer was on its way. */
  #left(call: IncomingCall): void {
    for (const action of call.takeActions()) this.#act(call, action)
  }

  #act({ method }: IncomingCall, action: () => unknown): void {
    const failed = (cause: unknown) => this.#diagnose('handlerFailed', method, cause)
    try {
      const outcome = action()
      if (isThenable(outcome)) Promise.resolve(outcome).catch(failed)
    } catch (cause) {
      failed(cause)
    }
  }

  #resultText(call: IncomingCall, result: unknown): Outgoing {
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

  #failureText({ id, method }: IncomingCall, reason: unknown): Outgoing {
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

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

function noMoreInput({ method }: IncomingCall): RpcError {
  return new RpcError(errorCodes.cancelled, `"${method}" is over: its caller streams no more`)
}

function notAskedAsStream({ kind, method }: IncomingCall): RpcError {
  const what = kind === 'notification' ? 'has nobody to stream to' : 'is a stream'
  return new RpcError(errorCodes.invalidRequest, `"${method}" ${what}`, {
    hint: `call peer.stream("${method}")`,
  })
}
