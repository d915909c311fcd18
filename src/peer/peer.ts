import type { Link } from '../link/link.js'
import { plainLink } from '../link/plain.js'
import type { Outgoing } from '../protocol/brief.js'
import { closeCodes } from '../protocol/close-codes.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import { checkAmount, type Limits, limitsOf, overLimit } from '../protocol/limits.js'
import type {
  Id,
  IncomingAnswer,
  IncomingCallMessage,
  IncomingRequest,
  Meta,
  Params,
} from '../protocol/message.js'
import { isReserved, reserved } from '../protocol/reserved.js'
import { jsonRpc } from '../protocol/text.js'
import { afterTurns, type Runtime, systemRuntime, turns } from '../runtime.js'
import { creditOf } from '../stream/credit.js'
import { type RemoteStream, remoteStream } from '../stream/remote-stream.js'
import type { StreamReader } from '../stream/stream-reader.js'
import { type CloseReason, normalClose, type Transport } from '../transport/transport.js'
import { AnswerWatch } from './answer-watch.js'
import type { Reply } from './batch.js'
import { Batches } from './batches.js'
import { closedBy } from './closing.js'
import type { Context, Remote } from './context.js'
import { Dispatcher, registration } from './dispatcher.js'
import { Encoder } from './encoder.js'
import { Flows } from './flows.js'
import type { Gathering } from './gathering.js'
import { Hello } from './hello.js'
import { Inbox, type Receiver } from './inbox.js'
import { type Asking, around } from './intercept.js'
import { InvalidBudget } from './invalid-budget.js'
import type {
  Call,
  Diagnostic,
  Greeting,
  HandleOptions,
  Handler,
  OutboundCall,
  Outcome,
  PeerOptions,
  Registration,
  RequestOptions,
  StreamOptions,
} from './options.js'
import { Outbox } from './outbox.js'
import { type Flow, Requests, type Settle, timedOut } from './requests.js'
import { StallWatch } from './stall-watch.js'
import { askedBy } from './stream-messages.js'

/** What a peer is doing. `connecting` and `suspended` are states of links that redial. */
export type PeerState = 'connecting' | 'open' | 'suspended' | 'closed'

/**
 * One end of a conversation: calls and tells the other end, and handles what that end calls and tells. Both ends are
 * made of the same class. Nothing is dispatched before the turn it was made in is over, so that handlers registered
 * right after it miss nothing.
 */
export class Peer implements Remote, AsyncDisposable {
  /** Resolves when the peer has come to its end, with the reason. Never rejects. */
  readonly closed: Promise<CloseReason>
  /** Resolves when `rpc.hello` was answered, refused or given up, or the peer has closed. Never rejects. */
  readonly greeted: Promise<Greeting>
  /** The clock and timers of this peer. */
  readonly runtime: Runtime
  readonly #link: Link
  readonly #limits: Limits
  readonly #options: PeerOptions
  readonly #hello: Hello
  readonly #encoder: Encoder
  readonly #outbox: Outbox
  readonly #requests: Requests
  readonly #batches: Batches
  readonly #flows: Flows
  readonly #inbox: Inbox
  readonly #dispatcher: Dispatcher
  readonly #invalid: InvalidBudget
  readonly #stall: StallWatch
  readonly #silence: AnswerWatch
  #isPinging = false
  readonly #stateListeners = new Set<(state: PeerState) => void>()
  #flushers: (() => void)[] = []
  /** Those who wait for room to send more. */
  #roomless: (() => void)[] = []
  #end: CloseReason | undefined
  /** Makes the errors of calls that nobody would answer any more. */
  #errorFor: ReturnType<typeof closedBy> | undefined
  /** Looks whether that was the last answer, where there are no more questions. */
  #answered: () => void = () => {}
  #resolveClosed: (reason: CloseReason) => void = () => {}

  /**
   * Speaks over `transport`, which nothing else may read from. A transport that is broken shows in `closed`. Throws for
   * limits and a timeout that are none.
   */
  constructor(transport: Transport | Link, options: PeerOptions = {}) {
    const { hello, dialect, codec, runtime = systemRuntime } = options
    this.#limits = limitsOf(options)
    this.runtime = runtime
    const speaker = { saysHello: !!hello, waiting: () => this.#requests.waiting }
    const wording = dialect?.begin(speaker) ?? jsonRpc
    this.#link = 'sendAlone' in transport ? transport : plainLink(transport)
    this.#options = options
    this.#encoder = new Encoder(this.#limits, wording, codec)
    this.#outbox = new Outbox(this.#link, this.#limits, (what, reason) =>
      typeof what === 'number'
        ? this.#requests.refuse(what, reason)
        : this.#undelivered(what.method, RpcError.from(reason)),
    )
    this.#requests = new Requests(this.#outbox, this.#limits, runtime, (id, isUnsent) =>
      this.#abandoned(id, isUnsent),
    )
    this.#batches = new Batches({
      encoder: this.#encoder,
      outbox: this.#outbox,
      requests: this.#requests,
      mayBeFramed: () => !!dialect || this.#encoder.takesFrames || this.#hello.isAsking,
      out: (call, gathering) => this.#out(call, false, gathering),
      sent: () => this.#asked(),
    })
    this.#flows = new Flows({
      encoder: this.#encoder,
      outbox: this.#outbox,
      requests: this.#requests,
      credit: creditOf(this.#limits),
      hasAgreed: () => this.#hello.hasAgreed,
      redact: options.redactErrors === true,
      reply: this.#reply,
      isCongested: () => this.#isCongested(),
      room: () => this.#room(),
      tolerate: (error) => this.#tolerate(error),
      diagnose: (event) => this.#diagnose(event),
    })
    this.#inbox = new Inbox(this.#limits, wording, this.#receiver(), codec)
    this.#dispatcher = new Dispatcher(this.#limits, options, {
      encoder: this.#encoder,
      diagnose: (event) => this.#diagnose(event),
      remoteFor: (call) => this.#remoteFor(call),
      now: () => runtime.now(),
      progress: (call, value) => this.#flows.progress(call, value),
      readerFor: (call) => this.#flows.readerFor(call),
      writerFor: (call, source) => this.#flows.writerFor(call, source),
    })
    this.#invalid = new InvalidBudget(this.#limits, runtime)
    this.#stall = new StallWatch(this.#link, this.#limits.stall, runtime, () =>
      this.#tooSlow(`what was sent is not read: nothing left for ${this.#limits.stall} ms`),
    )
    this.#silence = new AnswerWatch({
      link: this.#link,
      runtime,
      patience: this.#limits.silence,
      isWaiting: () => this.#requests.size > 0,
      canAsk: () => this.#hello.hasAgreed,
      ask: () => this.#ping(),
      silent: () => this.#silent(),
    })
    this.#hello = new Hello(
      typeof hello === 'object' ? hello : { dial: hello === true },
      this.#limits,
      options.redactErrors === true,
      {
        link: this.#link,
        encoder: this.#encoder,
        outbox: this.#outbox,
        requests: this.#requests,
        inbox: this.#inbox,
        reply: this.#reply,
        agreed: () => this.#silence.begin(),
        failed: (cause) =>
          this.#diagnose({ kind: 'listenerFailed', message: 'hello.refused failed', cause }),
      },
    )
    this.greeted = this.#hello.greeted
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve))
    for (const [method, handler] of Object.entries(options.handlers ?? {}))
      this.handle(method, handler)
    afterTurns(turns, () => this.#start())
  }

  get state(): PeerState {
    return this.#end === undefined ? 'open' : 'closed'
  }

  /** Whether both ends said that `meta` may travel beside a message. */
  get takesMeta(): boolean {
    return this.#encoder.takesMeta
  }

  /** Whether this end said `rpc.hello` and has no answer yet: what both can do is not known. */
  get isGreeting(): boolean {
    return this.#hello.isAsking
  }

  /** Bytes that were sent and have not left. */
  get buffered(): number {
    return this.#outbox.buffered
  }

  /**
   * Calls `method` on the other end and resolves with its result. Rejects with the RpcError it answered, with
   * `signal.reason`, or with an RpcError of this end: `encoding`, `timeout`, `busy`, `limitExceeded`, `closed`.
   */
  request<R = unknown>(method: string, params?: Params, options: RequestOptions = {}): Promise<R> {
    return this.#out({ kind: 'request', method, params, options }, false) as Promise<R>
  }

  /**
   * Asks for the stream that `method` answers with. Read it with `for await`, or await its `result`; both reject as
   * `request` does. What is not read waits at the other end, which is 4,096 items ahead at the most.
   */
  stream<T = unknown, R = unknown>(
    method: string,
    params?: Params,
    options: StreamOptions = {},
  ): RemoteStream<T, R> {
    return this.#out({ kind: 'stream', method, params, options }, false) as RemoteStream<T, R>
  }

  /**
   * Tells the other end. Throws only for what the caller did: `encoding` for params that cannot cross the wire,
   * `limitExceeded` where too much waits to leave, `closed`.
   */
  notify(
    method: string,
    params?: Params,
    options: { readonly meta?: Meta | undefined } = {},
  ): void {
    this.#out({ kind: 'notification', method, params, options }, false)
  }

  /** Sends `calls` as one JSON-RPC batch. Resolves, in their order, with how each ended; never rejects for one of them. */
  batch(calls: readonly Call[]): Promise<Outcome[]> {
    return this.#batches.send(calls)
  }

  /** Handles the requests of `method`. Throws where it has a handler already, or belongs to the protocol. */
  handle(method: string, handler: Handler, options?: HandleOptions): Registration {
    if (isReserved(method) && method !== reserved.discover) {
      throw new RpcError(
        errorCodes.invalidRequest,
        `"${method}" belongs to the protocol and cannot be handled`,
      )
    }
    return this.#dispatcher.handle(method, handler, options)
  }

  /** Listens to the notifications of `method`. Any number may. */
  on(method: string, listener: Handler, options?: HandleOptions): Registration {
    return this.#dispatcher.on(method, listener, options)
  }

  /** Resolves when all that was sent has left, or the peer has closed. */
  async flush(): Promise<void> {
    const left = new Promise<void>((resolve) => this.#flushers.push(resolve))
    this.#flushed()
    await left
  }

  /**
   * Ends the conversation, and resolves when the transport has ended. Everything that waits rejects at once with
   * `closed`. Idempotent.
   */
  async close(reason: CloseReason | RpcError = normalClose): Promise<void> {
    const end =
      reason instanceof RpcError ? { code: normalClose.code, reason: reason.message } : reason
    this.#finish(end)
    this.#link.close(end)
    await this.closed
  }

  /** Tells of every change of `state`. */
  onState(listener: (state: PeerState) => void): Registration {
    this.#stateListeners.add(listener)
    return registration(() => this.#stateListeners.delete(listener))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #start(): void {
    this.#link.start({
      frame: (data) => this.#inbox.frame(data),
      writable: () => this.#writable(),
      ending: (reason) => this.#ending(reason),
      closed: (reason) => {
        this.#finish(reason)
        this.#resolveClosed(this.#end ?? reason)
      },
    })
    // What was sent before the start may have gone before anybody could be told.
    this.#writable()
    this.#hello.say()
  }

  // ── what this end asks and tells ──

  /** Makes a call of this end, with those that gather or alone, through whatever stands around such calls. */
  #out(asking: Asking, isNested: boolean, gathering?: Gathering): unknown {
    const { outbound } = this.#options
    if (outbound === undefined) return this.#send(asking, isNested, gathering)
    const call = { ...asking, takesMeta: this.takesMeta }
    const send = (own: OutboundCall) => this.#send(own, isNested, gathering)
    try {
      const outcome = around(outbound, send)(call)
      if (call.kind === 'request') return Promise.resolve(outcome)
      if (!gathering && outcome instanceof Promise) this.#unawaited(call, outcome)
      return outcome
    } catch (reason) {
      if (call.kind === 'request') return Promise.reject(reason)
      throw reason
    }
  }

  /** What an async interceptor makes of a call that nobody awaits: its failure must not end the process. */
  #unawaited({ kind, method }: OutboundCall, outcome: Promise<unknown>): void {
    const message = `"${method}" passed an async interceptor, and is not awaited`
    outcome.catch((cause) => this.#diagnose({ kind: 'undelivered', message, method, cause }))
    if (kind === 'stream') throw new RpcError(errorCodes.invalidRequest, message)
  }

  #send(call: Asking, isNested: boolean, gathering?: Gathering): unknown {
    const open = gathering?.isOpen ? gathering : undefined
    if (call.kind === 'request') return this.#request(call, isNested, open)
    return call.kind === 'stream' ? this.#stream(call, isNested) : this.#notify(call, open)
  }

  #notify({ method, params, options }: Asking, gathering?: Gathering): void {
    const text = this.#encoder.notification(method, params, options.meta)
    if (this.#end !== undefined) throw closedBy(this.#end)(method, true)
    try {
      const way = gathering ?? this.#outbox
      way.notify(method, text)
    } catch (reason) {
      this.#stall.begin()
      throw reason
    }
  }

  #request(call: Asking, isNested: boolean, gathering?: Gathering): Promise<unknown> {
    const { onProgress, timeout = this.#options.timeout } = call.options
    const isTimed = timeout === call.options.timeout
    const timed = isTimed ? call : { ...call, options: { ...call.options, timeout } }
    return new Promise((resolve, reject) => {
      const flow = onProgress && { onProgress }
      this.#ask(timed, isNested, { resolve, reject }, flow, gathering)
    })
  }

  #stream<T, R>(call: Asking, isNested: boolean): RemoteStream<T, R> {
    let id = 0
    const { method } = call
    const { input, onProgress }: StreamOptions = call.options
    const left = () => this.#requests.abandon(id, leftEarly(method))
    const reader = this.#flows.reader<T, R>(() => id, 'output', left)
    const flow: Flow = { reader: reader as StreamReader, onProgress }
    const result = new Promise<R>((resolve, reject) => {
      const settle = {
        resolve: (value: unknown) => {
          reader.end(value as R)
          resolve(value as R)
        },
        reject: (reason: unknown) => {
          reader.fail(reason, !(reason instanceof RpcError && reason.remote))
          reject(reason)
        },
      }
      try {
        id = this.#ask(call, isNested, settle, flow)
        if (input !== undefined) this.#flows.writeInput(id, method, input, flow)
      } catch (reason) {
        // An input that cannot be read, where the request has left.
        if (id > 0) this.#requests.abandon(id, reason)
        else settle.reject(reason)
      }
    })
    return remoteStream(reader, result)
  }

  #encode(id: number, { kind, method, params, options }: Asking): Outgoing {
    const { input, onProgress }: StreamOptions = options
    const meta = this.#metaIn(options)
    return kind === 'stream'
      ? this.#encoder.stream(id, method, params, input !== undefined, meta)
      : this.#encoder.request(id, method, params, meta, onProgress !== undefined)
  }

  /** What travels beside a call: with its time, where that is bounded and the other end takes it. */
  #metaIn({ meta, timeout, progressExtends }: RequestOptions): Meta | undefined {
    if (timeout === undefined || progressExtends || !this.takesMeta) return meta
    return timeout < Number.POSITIVE_INFINITY ? { timeoutMs: Math.ceil(timeout), ...meta } : meta
  }

  /** Sends a request, and returns its id. Throws where it cannot be sent. */
  #ask(
    call: Asking,
    isNested: boolean,
    settle: Settle,
    flow?: Flow,
    gathering?: Gathering,
  ): number {
    const { method, options } = call
    const { signal, timeout } = options
    checkAmount('timeout', timeout, undefined, { method, delivery: 'unsent' })
    const id = this.#requests.nextId()
    const text = signal?.aborted ? '' : this.#encode(id, call)
    // Looked at after encoding, for what is encoded may have code of its own, which closes or aborts.
    if (signal?.aborted) throw signal.reason
    if (timeout === 0) throw timedOut(method, timeout, true)
    this.#admit(method, isNested)
    gathering?.admit(method, text)
    this.#requests.add(id, method, options, settle, flow)
    const way = gathering ?? this.#outbox
    way.request(id, text)
    this.#asked()
    return id
  }

  /** Sees to it that nobody waits for ever for what was asked. */
  #asked(): void {
    if (this.#outbox.isCongested) this.#stall.begin()
    this.#silence.begin()
  }

  /** Asks whether the other end is there: whatever it answers, it is. */
  #ping(): void {
    // One at a time: an end that says this and that and never answers would have its room taken up by them.
    if (this.#isPinging) return
    this.#isPinging = true
    const id = this.#requests.nextId()
    const answered = () => {
      this.#isPinging = false
    }
    this.#requests.add(id, reserved.ping, {}, { resolve: answered, reject: answered })
    this.#outbox.opened()
    this.#link.send(this.#encoder.ping(id))
  }

  /** Throws where a request cannot even wait. */
  #admit(method: string, isNested: boolean): void {
    if (this.#errorFor !== undefined) throw this.#errorFor(method, true)
    this.#requests.admit(method)
    // Both ends are full, and this request was made to answer another: waiting for room might be for ever.
    if (!isNested || !this.#outbox.isFull || !this.#dispatcher.isFull) return
    throw overLimit(
      `"${method}" was not sent: calls back and forth are`,
      'inbound',
      this.#limits.inbound,
      {
        method,
        delivery: 'unsent',
      },
    )
  }

  #abandoned(id: number, isUnsent: boolean): void {
    if (isUnsent) this.#writable()
    else this.#reply(this.#encoder.cancel(id))
  }

  /** The caller of `call`: behind a hub, the hub is told whom a request or a notification is for. */
  #remoteFor(call: Context): Remote {
    const { from } = call.meta
    const metaFor = (meta?: Meta) =>
      this.takesMeta && typeof from?.session === 'string' ? { ...meta, to: from.session } : meta
    // What is asked for a call ends with it, and waits no longer than its caller, unless the handler says otherwise.
    const ask = (kind: Context['kind'], method: string, params?: Params, own?: StreamOptions) => {
      const options = {
        signal: call.signal,
        ...own,
        timeout: shorter(own?.timeout, call.timeLeft),
        meta: metaFor(own?.meta),
      }
      return this.#out({ kind, method, params, options }, true)
    }
    return {
      request: <R>(method: string, params?: Params, options?: RequestOptions) =>
        ask('request', method, params, {
          timeout: this.#options.timeout,
          ...options,
        }) as Promise<R>,
      notify: (method, params, options) =>
        this.notify(method, params, { meta: metaFor(options?.meta) }),
      stream: <T, R>(method: string, params?: Params, options?: StreamOptions) =>
        ask('stream', method, params, options) as RemoteStream<T, R>,
    }
  }

  /** Resolves when something has left that waited, or the end has come. */
  #room(): Promise<void> {
    return new Promise((resolve) => this.#roomless.push(resolve))
  }

  // ── what arrives ──

  #receiver(): Receiver {
    return {
      settle: (answer) => this.#settle(answer),
      dispatch: (call, reply) => this.#dispatch(call, reply),
      reply: this.#reply,
      replyToBatch: (text, left) => {
        if (this.#end !== undefined) return
        this.#link.sendAlone(text)
        left?.()
        this.#answered()
      },
      tolerate: (error) => this.#tolerate(error),
      largest: () => this.#encoder.largest,
      awaits: (id) => this.#requests.has(id),
      attributed: (entries) => this.#batches.attributed(entries),
      greets: (answer) => this.#hello.takes(answer),
      isCongested: () => this.#isCongested(),
      oversized: (error, id) => this.#oversized(error, id),
      overflow: (what) => this.#tooSlow(`over ${this.#limits.held} bytes ${what}`),
    }
  }

  readonly #reply: Reply = (text, left) => {
    if (this.#end !== undefined) return
    // A dialect may have nothing to say.
    if (text !== '') this.#link.send(text)
    left?.()
    this.#answered()
  }

  #settle(answer: IncomingAnswer): void {
    if (this.#requests.settle(answer)) {
      this.#batches.answered(answer.id)
      this.#hasRoom()
      return this.#flushed()
    }
    const { id } = answer
    if (answer.kind === 'error' && (id === null || id === '')) {
      const { code, message } = answer.error
      if (id === null && this.#batches.refused(answer.error)) return
      return this.#diagnose({ kind: 'errorWithoutId', message: `${code}: ${message}` })
    }
    const kind = answer.kind === 'malformed' ? 'malformedResponse' : 'unknownResponse'
    this.#diagnose({ kind, message: 'it answers no request of this end' })
  }

  #dispatch(call: IncomingCallMessage, reply: Reply): void {
    if (this.#end !== undefined) return
    if (call.kind === 'request') this.#answer(call, reply)
    else if (call.method === reserved.cancel) this.#dispatcher.cancel(Object(call.params).id)
    else if (!this.#flows.take(call, this.#dispatcher)) this.#dispatcher.notify(call)
  }

  #answer(call: IncomingRequest, reply: Reply): void {
    const { id, method, params } = call
    // What belongs to our protocol belongs to nobody's in a dialect.
    const own = this.#options.dialect ? undefined : method
    if (own === reserved.hello) return this.#hello.answer(id, params, reply)
    if (own === reserved.ping) return reply(this.#encoder.pong(id))
    if (own !== reserved.stream) return this.#dispatcher.request(call, reply)
    try {
      const { request, asked } = askedBy(call, this.#limits)
      this.#dispatcher.request(request, reply, asked)
    } catch (reason) {
      reply(this.#encoder.failure(id, RpcError.from(reason)))
    }
  }

  #isCongested(): boolean {
    const { isCongested } = this.#outbox
    if (isCongested) this.#stall.begin()
    return isCongested
  }

  /** What somebody waits for, an answer or input, may be in what is too long: only the end settles it then. */
  #oversized(error: RpcError, id: Id): void {
    const isAwaited = this.#requests.size > 0 || this.#dispatcher.readsInput
    if (id === null && isAwaited) void this.close({ code: 1009, reason: error.message })
    else if (this.#tolerate(error)) this.#reply(this.#encoder.failure(id, error))
  }

  #tolerate({ message }: RpcError): boolean {
    this.#diagnose({ kind: 'invalidMessage', message })
    const isTolerable = this.#invalid.spend()
    if (!isTolerable)
      void this.close({ code: 1008, reason: 'too many messages that are no JSON-RPC 2.0' })
    return isTolerable
  }

  #writable(): void {
    this.#outbox.drain()
    this.#inbox.resume()
    this.#hasRoom()
    this.#flushed()
  }

  #hasRoom(): void {
    if (this.#roomless.length === 0) return
    for (const resolve of this.#roomless.splice(0)) resolve()
  }

  #flushed(): void {
    if (this.#flushers.length === 0) return
    // A transport tells when what it took has gone: what still waits in the link is given to it first.
    this.#link.flush()
    if (this.#end === undefined && !this.#outbox.isEmpty) return this.#stall.begin()
    for (const resolve of this.#flushers.splice(0)) resolve()
  }

  // ── the end ──

  #silent(): void {
    const reason = `it said nothing for ${this.#limits.silence} ms, though an answer was waited for`
    void this.close({ code: closeCodes.silent, reason })
  }

  #tooSlow(reason: string): void {
    void this.close({ code: closeCodes.tooSlow, reason })
  }

  /** The other end sends no more. One that never said hello, such as a shell's pipe, may still wait for answers. */
  #ending(end: CloseReason): void {
    this.#errorFor = closedBy(end)
    this.#requests.end(this.#errorFor)
    this.#outbox.drain()
    this.#answered = () => {
      if (this.#encoder.takesMeta || (this.#dispatcher.isIdle && this.#inbox.isEmpty))
        void this.flush().then(() => this.close(end))
    }
    this.#answered()
  }

  #finish(end: CloseReason): void {
    if (this.#end !== undefined) return
    this.#end = end
    const errorFor = closedBy(end)
    this.#errorFor = errorFor
    this.#hello.end(errorFor(reserved.hello))
    this.#requests.end(errorFor)
    this.#outbox.end((method) => this.#undelivered(method, errorFor(method, true)))
    this.#dispatcher.end(errorFor('the caller'))
    this.#inbox.end()
    this.#stall.end()
    this.#silence.end()
    this.#hasRoom()
    this.#flushed()
    for (const listener of [...this.#stateListeners]) this.#tellState(listener)
  }

  #tellState(listener: (state: PeerState) => void): void {
    try {
      listener('closed')
    } catch (cause) {
      this.#diagnose({ kind: 'listenerFailed', message: 'a listener to the state failed', cause })
    }
  }

  #undelivered(method: string, cause: RpcError): void {
    this.#diagnose({ kind: 'undelivered', message: cause.message, method, cause })
  }

  #diagnose(event: Diagnostic): void {
    try {
      this.#options.onDiagnostic?.(event)
    } catch {
      // A diagnostic about a diagnostic would have nowhere to go.
    }
  }
}

function leftEarly(method: string): RpcError {
  return new RpcError(errorCodes.cancelled, `"${method}" was left before its end`, { method })
}

function shorter(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other)
}
