import type { Link } from '../link/link.js'
import { plainLink } from '../link/plain.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import { encode, isOver, utf8Length } from '../protocol/json.js'
import { defaultLimits, type Limits } from '../protocol/limits.js'
import { type Id, type Incoming, isId, type Meta, type Params } from '../protocol/message.js'
import { isReserved, reserved } from '../protocol/reserved.js'
import { errorText, notificationText, requestText, resultText } from '../protocol/text.js'
import { after, type Runtime, systemRuntime } from '../runtime.js'
import { type CloseReason, normalClose, type Transport } from '../transport/transport.js'
import { onAbort } from './abort.js'
import type { Reply } from './batch.js'
import { closedError, closeReasonFor } from './closing.js'
import type { Context, Remote } from './context.js'
import { Dispatcher, registration, tooLarge } from './dispatcher.js'
import { type Introduction, introduction, introductionIn } from './greeting.js'
import { afterTurns, Inbox } from './inbox.js'
import { InvalidBudget } from './invalid-budget.js'
import type {
  Call,
  Diagnostic,
  Greeting,
  Handler,
  HelloOptions,
  Outcome,
  PeerOptions,
  Registration,
  RequestOptions,
} from './options.js'
import { Outbox } from './outbox.js'
import { Pending } from './pending.js'
import { StallWatch } from './stall-watch.js'

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
  /** Resolves when `rpc.hello` was answered, refused or given up; never where this end does not say it. Never rejects. */
  readonly greeted: Promise<Greeting>
  readonly #link: Link
  readonly #limits: Limits
  readonly #runtime: Runtime
  readonly #options: PeerOptions
  readonly #pending = new Pending()
  readonly #outbox: Outbox
  readonly #inbox: Inbox
  readonly #dispatcher: Dispatcher
  readonly #invalid: InvalidBudget
  readonly #stall: StallWatch
  readonly #stateListeners = new Set<(state: PeerState) => void>()
  #flushers: (() => void)[] = []
  #state: PeerState = 'open'
  #end: CloseReason | undefined
  #resolveClosed: (reason: CloseReason) => void = () => {}
  #resolveGreeted: (greeting: Greeting) => void = () => {}
  #largest: number
  #takesMeta = false
  #wasGreeted = false

  /** Speaks over `transport`, which nothing else may read from. Throws nothing; a broken transport shows in `closed`. */
  constructor(transport: Transport | Link, options: PeerOptions = {}) {
    this.#link = 'sendAlone' in transport ? transport : plainLink(transport)
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#runtime = options.runtime ?? systemRuntime
    this.#options = options
    this.#largest = this.#limits.message
    this.#outbox = new Outbox(this.#link, this.#limits.unsent)
    this.#inbox = new Inbox(this.#limits, this.#receiver())
    this.#dispatcher = this.#makeDispatcher()
    this.#invalid = new InvalidBudget(this.#limits, this.#runtime)
    this.#stall = new StallWatch(this.#link, this.#limits.stall, this.#runtime, () =>
      this.#tooSlow(),
    )
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve))
    this.greeted = new Promise((resolve) => (this.#resolveGreeted = resolve))
    for (const [method, handler] of Object.entries(options.handlers ?? {}))
      this.handle(method, handler)
    afterTurns(turnsBeforeStart, () => this.#start())
  }

  get state(): PeerState {
    return this.#state
  }

  /** Whether both ends said that `meta` may travel beside a message. */
  get takesMeta(): boolean {
    return this.#takesMeta
  }

  /** Bytes that were sent and have not left. */
  get buffered(): number {
    return this.#link.buffered
  }

  /**
   * Calls `method` on the other end and resolves with its result. Rejects with the RpcError it answered, with
   * `signal.reason`, or with an RpcError of this end: `encoding`, `timeout`, `busy`, `limitExceeded`, `closed`.
   */
  request<R = unknown>(method: string, params?: Params, options: RequestOptions = {}): Promise<R> {
    return this.#request(method, params, options) as Promise<R>
  }

  /**
   * Tells the other end. Throws only for what the caller did: `encoding` for params that cannot cross the wire,
   * `limitExceeded` where too much waits to leave, `closed`.
   */
  notify(method: string, params?: Params, options: { readonly meta?: Meta } = {}): void {
    if (this.#end !== undefined) throw this.#closedFor(method, 'unsent')
    const text = notificationText(
      method,
      this.#paramsText(method, params),
      this.#metaText(method, options.meta),
    )
    this.#checkSize(method, text)
    try {
      this.#outbox.notify(text)
    } catch (reason) {
      this.#stall.begin()
      throw reason
    }
  }

  /** Sends `calls` as one JSON-RPC batch. Resolves, in their order, with how each ended; never rejects for one of them. */
  batch(calls: readonly Call[]): Promise<Outcome[]> {
    const texts: string[] = []
    const outcomes = calls.map((call) => this.#batched(call, texts))
    if (texts.length > 0) this.#link.sendAlone(`[${texts.join(',')}]`)
    return Promise.all(outcomes)
  }

  /** Handles the requests of `method`. Throws where it has a handler already, or belongs to the protocol. */
  handle(method: string, handler: Handler): Registration {
    if (isReserved(method) && method !== reserved.discover) {
      throw new RpcError(
        errorCodes.invalidRequest,
        `"${method}" belongs to the protocol and cannot be handled`,
      )
    }
    return this.#dispatcher.handle(method, handler)
  }

  /** Listens to the notifications of `method`. Any number may. */
  on(method: string, listener: Handler): Registration {
    return this.#dispatcher.on(method, listener)
  }

  /** Resolves when all that was sent has left, or the peer has closed. */
  async flush(): Promise<void> {
    // What was sent in this turn reaches the transport at its end.
    await Promise.resolve()
    if (this.#isFlushed()) return
    this.#stall.begin()
    await new Promise<void>((resolve) => this.#flushers.push(resolve))
  }

  /**
   * Ends the conversation, and resolves when the transport has ended. Everything that waits rejects at once with
   * `closed`. Idempotent.
   */
  async close(reason?: RpcError | CloseReason): Promise<void> {
    const end = closeReasonFor(reason)
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
      closed: (reason) => {
        this.#finish(reason)
        this.#resolveClosed(this.#end ?? reason)
      },
    })
    const { hello } = this.#options
    if (hello === true || (typeof hello === 'object' && hello.dial !== false))
      void this.#greet(this.#hello)
  }

  // ── requests of this end ──

  #request(
    method: string,
    params: Params | undefined,
    options: RequestOptions,
    nested = false,
  ): Promise<unknown> {
    const { signal } = options
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      this.#admit(method, nested)
      const id = this.#pending.nextId()
      const text = requestText(
        id,
        method,
        this.#paramsText(method, params),
        this.#metaText(method, options.meta),
      )
      this.#checkSize(method, text)
      const release = this.#watch(id, method, options)
      this.#pending.add(id, { method, resolve, reject, release })
      this.#outbox.request(id, text)
      if (this.#outbox.holds(id) && !this.#outbox.isFull) this.#stall.begin()
    })
  }

  /** Throws where a request cannot even wait. */
  #admit(method: string, nested: boolean): void {
    if (this.#end !== undefined) throw this.#closedFor(method, 'unsent')
    const { outbound, inbound } = this.#limits
    if (this.#pending.size >= outbound) {
      throw new RpcError(
        errorCodes.busy,
        `"${method}" was not sent: ${outbound} requests wait for an answer, the limit "outbound"`,
        { method, delivery: 'unsent' },
      )
    }
    // Both ends are full, and this request was made to answer another: waiting for room might be for ever.
    if (nested && this.#outbox.isFull && this.#dispatcher.isFull) {
      throw new RpcError(
        errorCodes.limitExceeded,
        `"${method}" was not sent: the two ends call each other back ${inbound} deep, the limit "inbound"`,
        { method, delivery: 'unsent' },
      )
    }
  }

  /** Sees to it that a request ends when its time is up or its signal aborts; returns what ends the watch. */
  #watch(id: number, method: string, options: RequestOptions): (() => void) | undefined {
    const { signal, timeout = this.#options.timeout } = options
    if (signal === undefined && timeout === undefined) return undefined
    const stopSignal = signal && onAbort(signal, () => this.#abandon(id, signal.reason))
    const stopTimer =
      timeout === undefined
        ? undefined
        : after(this.#runtime, timeout, () =>
            this.#abandon(id, timedOut(method, timeout, this.#outbox.holds(id))),
          )
    return () => {
      stopSignal?.()
      stopTimer?.()
    }
  }

  /** Rejects a request at once, and tells the other end that nobody waits for it any more. */
  #abandon(id: number, reason: unknown): void {
    const left = !this.#outbox.forget(id)
    this.#pending.reject(id, reason)
    if (!left || this.#end !== undefined) return
    this.#link.send(notificationText(reserved.cancel, `{"id":${id}}`, ''))
  }

  #batched({ method, params, notify }: Call, texts: string[]): Promise<Outcome> {
    if (notify) return this.#batchedNotification(method, params, texts)
    return new Promise<unknown>((resolve, reject) => {
      this.#admit(method, false)
      const id = this.#pending.nextId()
      const text = requestText(id, method, this.#paramsText(method, params), '')
      this.#checkSize(method, text)
      this.#pending.add(id, { method, resolve, reject, release: this.#watch(id, method, {}) })
      this.#outbox.opened()
      texts.push(text)
    }).then(
      (value) => ({ status: 'fulfilled', value }),
      (reason) => ({ status: 'rejected', reason }),
    )
  }

  async #batchedNotification(
    method: string,
    params: Params | undefined,
    texts: string[],
  ): Promise<Outcome> {
    try {
      if (this.#end !== undefined) throw this.#closedFor(method, 'unsent')
      texts.push(notificationText(method, this.#paramsText(method, params), ''))
      return { status: 'sent' }
    } catch (reason) {
      return { status: 'rejected', reason }
    }
  }

  #paramsText(method: string, params: unknown): string {
    if (params === undefined) return ''
    try {
      if (typeof params !== 'object' || params === null)
        throw new RpcError(errorCodes.encoding, 'params are an object or an array')
      return encode(params, this.#limits.nesting - 1)
    } catch (reason) {
      const { code, message, data } = RpcError.from(reason)
      throw new RpcError(code, `"${method}" was not sent: in its params, ${message}`, {
        data,
        method,
        delivery: 'unsent',
      })
    }
  }

  #metaText(method: string, meta: Meta | undefined): string {
    if (meta === undefined) return ''
    if (this.#takesMeta) return encode(meta, this.#limits.nesting - 1)
    throw new RpcError(
      errorCodes.unavailable,
      `"${method}" was not sent: the other end takes no meta`,
      {
        method,
        delivery: 'unsent',
        hint: 'both ends must have said rpc.hello first: await peer.greeted',
      },
    )
  }

  #checkSize(method: string, text: string): void {
    if (isOver(text, this.#largest))
      throw tooLarge(`"${method}" with its params`, utf8Length(text), this.#largest)
  }

  // ── what arrives ──

  #receiver() {
    return {
      settle: (answer: Extract<Incoming, { kind: 'result' | 'error' | 'malformed' }>) =>
        this.#settle(answer),
      dispatch: (call: Extract<Incoming, { kind: 'request' | 'notification' }>, reply: Reply) =>
        this.#dispatch(call, reply),
      reply: this.#reply,
      tolerate: (error: RpcError) => this.#tolerate(error),
      awaits: (id: Id) => this.#pending.has(id),
      isCongested: () => this.#isCongested(),
    }
  }

  readonly #reply: Reply = (text) => {
    if (this.#end === undefined) this.#link.send(text)
  }

  #settle(answer: Extract<Incoming, { kind: 'result' | 'error' | 'malformed' }>): void {
    const { id } = answer
    const settled =
      answer.kind === 'result'
        ? this.#pending.resolve(id, answer.result)
        : this.#pending.reject(id, failureIn(answer, this.#pending.methodOf(id)))
    // A late answer is to a request that was cancelled: only now is the other end done with it.
    if (settled !== 'unknown') return this.#outbox.answered()
    const message =
      answer.kind === 'error'
        ? `${answer.error.code}: ${answer.error.message}`
        : 'a response to no request of this end'
    this.#diagnose({
      kind: id === null && answer.kind === 'error' ? 'errorWithoutId' : 'unknownResponse',
      message,
    })
  }

  #dispatch(call: Extract<Incoming, { kind: 'request' | 'notification' }>, reply: Reply): void {
    if (this.#end !== undefined) return
    if (isReserved(call.method) && this.#builtIn(call, reply)) return
    if (call.kind === 'request') this.#dispatcher.request(call, reply)
    else this.#dispatcher.notify(call)
  }

  /** Handles what belongs to the protocol. False where it is no method of the protocol that this end knows. */
  #builtIn(call: Extract<Incoming, { kind: 'request' | 'notification' }>, reply: Reply): boolean {
    if (call.method === reserved.cancel) {
      const id = (call.params as { id?: unknown } | undefined)?.id
      if (isId(id, this.#limits)) this.#dispatcher.cancel(id, this.#reply)
      return call.kind === 'notification'
    }
    if (call.method !== reserved.hello || call.kind !== 'request') return false
    void this.#answerHello(call.id, call.params, reply)
    return true
  }

  #isCongested(): boolean {
    const congested = this.#link.buffered > this.#limits.unsent
    if (congested) this.#stall.begin()
    return congested
  }

  #tolerate(error: RpcError): boolean {
    this.#diagnose({ kind: 'invalidMessage', message: error.message })
    if (this.#invalid.spend()) return true
    void this.close({ code: 1008, reason: 'too many messages that are no JSON-RPC 2.0' })
    return false
  }

  #writable(): void {
    this.#outbox.drain()
    this.#inbox.resume()
    if (!this.#isFlushed()) return
    for (const resolve of this.#flushers.splice(0)) resolve()
  }

  #isFlushed(): boolean {
    return this.#end !== undefined || (this.#outbox.isEmpty && this.#link.buffered === 0)
  }

  #makeDispatcher(): Dispatcher {
    const { redactErrors = false, onUnhandled } = this.#options
    return new Dispatcher({
      limits: this.#limits,
      redactErrors,
      onUnhandled,
      largest: () => this.#largest,
      diagnose: (event) => this.#diagnose(event),
      remoteFor: (call) => this.#remoteFor(call),
    })
  }

  /** The caller of `call`: behind a hub, the hub is told whom a request or a notification is for. */
  #remoteFor({ meta: { from } }: Context): Remote {
    const to = typeof from?.session === 'string' ? { to: from.session } : undefined
    const metaFor = (meta: Meta | undefined) => (to === undefined ? meta : { ...meta, ...to })
    return {
      request: <R>(method: string, params?: Params, options: RequestOptions = {}) =>
        this.#request(
          method,
          params,
          { ...options, meta: metaFor(options.meta) },
          true,
        ) as Promise<R>,
      notify: (method, params, options = {}) => {
        const meta = metaFor(options.meta)
        this.notify(method, params, meta && { meta })
      },
    }
  }

  // ── hello ──

  get #hello(): HelloOptions {
    const { hello } = this.#options
    return typeof hello === 'object' ? hello : {}
  }

  async #greet({ say }: HelloOptions): Promise<void> {
    try {
      const members = (await say?.()) ?? {}
      if (this.#end !== undefined) throw this.#closedFor(reserved.hello, 'unsent')
      this.#sayHello({ ...introduction(this.#limits), ...members })
    } catch (reason) {
      this.#resolveGreeted({ foreign: true, said: {}, error: RpcError.from(reason) })
    }
  }

  #sayHello(params: Record<string, unknown>): void {
    const id = this.#pending.nextId()
    const text = requestText(id, reserved.hello, encode(params, this.#limits.nesting - 1), '')
    const release = this.#watch(id, reserved.hello, { timeout: this.#limits.hello })
    const foreign = (reason: unknown) =>
      this.#resolveGreeted({ foreign: true, said: {}, error: RpcError.from(reason) })
    // Settled without a promise between: the very next frame may be one that only the features agreed on here explain.
    const resolve = (said: unknown) => {
      try {
        this.#agree(introductionIn(said))
        this.#resolveGreeted({ foreign: false, said: said as Record<string, unknown> })
      } catch (reason) {
        foreign(reason)
      }
    }
    this.#pending.add(id, { method: reserved.hello, resolve, reject: foreign, release })
    this.#outbox.opened()
    this.#link.sendAlone(text)
  }

  async #answerHello(id: Id, params: unknown, reply: Reply): Promise<void> {
    try {
      if (reply !== this.#reply)
        throw new RpcError(errorCodes.invalidRequest, 'rpc.hello travels alone, not in a batch')
      if (this.#wasGreeted)
        throw new RpcError(errorCodes.invalidRequest, 'rpc.hello was said already')
      const theirs = introductionIn(params)
      this.#wasGreeted = true
      const { answer } = this.#hello
      const members = answer === undefined ? {} : await answer(params as Record<string, unknown>)
      if (this.#end !== undefined) return
      this.#link.sendAlone(
        resultText(
          id,
          encode({ ...introduction(this.#limits), ...members }, this.#limits.nesting - 1),
        ),
      )
      this.#agree(theirs)
    } catch (reason) {
      const error = RpcError.from(reason)
      reply(errorText(id, error))
      this.#hello.refused?.(error)
    }
  }

  #agree(theirs: Introduction): void {
    this.#largest = Math.min(this.#limits.message, theirs.message)
    this.#takesMeta = theirs.has('meta')
    this.#outbox.limitTo(theirs.inbound)
    if (!theirs.has('frames')) return
    this.#link.pack()
    this.#inbox.unpack()
  }

  // ── the end ──

  #tooSlow(): void {
    void this.close({
      code: 4008,
      reason: `nothing left for ${this.#limits.stall} ms while ${this.#link.buffered} bytes waited: the other end reads too slowly`,
    })
  }

  #finish(end: CloseReason): void {
    if (this.#end !== undefined) return
    this.#end = end
    const error = (method: string, id: Id) =>
      this.#closedFor(method, this.#outbox.holds(id as number) ? 'unsent' : 'unknown')
    this.#pending.rejectAll(error)
    this.#inbox.end()
    this.#dispatcher.end(closedError(end, undefined, 'unknown'))
    this.#stall.end()
    for (const resolve of this.#flushers.splice(0)) resolve()
    this.#setState('closed')
  }

  #setState(state: PeerState): void {
    this.#state = state
    for (const listener of [...this.#stateListeners]) listener(state)
  }

  #closedFor(method: string, delivery: 'unsent' | 'unknown'): RpcError {
    return closedError(this.#end ?? normalClose, method, delivery)
  }

  #diagnose(event: Diagnostic): void {
    try {
      this.#options.onDiagnostic?.(event)
    } catch {
      // A diagnostic about a diagnostic would have nowhere to go.
    }
  }
}

/** As many as let `const peer = await connect(…)` go on and register its handlers before anything is dispatched. */
const turnsBeforeStart = 8

function timedOut(method: string, timeout: number, unsent: boolean): RpcError {
  const what = unsent
    ? 'it was not sent, for the other end was busy'
    : 'the peer is connected, and may still be at it'
  return new RpcError(errorCodes.timeout, `"${method}" timed out after ${timeout} ms; ${what}`, {
    method,
    delivery: unsent ? 'unsent' : 'unknown',
  })
}

function failureIn(
  answer: Extract<Incoming, { kind: 'result' | 'error' | 'malformed' }>,
  method: string | undefined,
): RpcError {
  if (answer.kind === 'error') return RpcError.fromWire(answer.error, method)
  const what = answer.kind === 'malformed' ? answer.what : ''
  return new RpcError(
    errorCodes.protocol,
    `"${method}" was answered with what is no JSON-RPC response: ${what}`,
    { method, delivery: 'accepted' },
  )
}
