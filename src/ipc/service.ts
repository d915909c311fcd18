import type { Diagnostic, PeerOptions } from '../peer/options.js'
import { timedOut } from '../peer/requests.js'
import { checkAmount } from '../protocol/limits.js'
import { after, systemRuntime } from '../runtime.js'
import { eventsOf, membersOf } from './channels.js'
import { Connection, type StateListener } from './connection.js'
import { byPosition, type Line, paramsFor } from './line.js'
import { type MethodInfo, type ServiceInfo, type ServiceManifest, timeoutOf } from './manifest.js'
import { type EventListener, Subscriptions } from './subscriptions.js'
import { type ServiceWord, takenBy } from './words.js'

/** How a service is spoken to. */
export interface ServiceOptions extends Pick<PeerOptions, 'limits' | 'runtime'> {
  /** Milliseconds for a call, connecting included. Default: the method's `timeout` in the manifest, that of its transport, or 30,000. */
  readonly timeout?: number
  /** Milliseconds for the connection to open. Default 5,000. */
  readonly connectTimeout?: number
}

/** What a service object has beside the methods of its service. */
export interface ServiceWords<Methods = AnyMethods, Events = AnyEvents> extends AsyncDisposable {
  /** Connects now rather than at the first call. Rejects with `unavailable`, saying why and what to do. */
  connect(): Promise<void>
  /** Ends the connection, and with it every call that waits. Subscriptions come back with the next connection. */
  disconnect(): Promise<void>
  /** Calls any method by its name, with its arguments by position. */
  call<Name extends keyof Methods & string>(
    method: Name,
    ...args: ArgumentsOf<Methods[Name]>
  ): ResultOf<Methods[Name]>
  /**
   * Calls `listener` with what each event of the channel carries, and returns what ends that. While anything is subscribed
   * to, the connection is dialled again by itself whenever it drops; `onState` tells of it.
   */
  subscribe<Name extends keyof Events & string>(
    channel: Name,
    listener: (data: Events[Name], event: string) => void,
  ): () => void
  /** Ends the subscriptions to a channel: those of `listener`, or all. */
  unsubscribe(channel: keyof Events & string, listener?: EventListener): void
  /** Tells the service an event of a channel. Resolves when it has been given to the connection. */
  publish<Name extends string>(
    channel: Name,
    ...data: Name extends keyof Events ? [data: Events[Name]] : [data?: unknown]
  ): Promise<void>
  isConnected(): boolean
  /** Calls `listener` with every change of the connection's state, and with what caused it; returns what ends that. */
  onState(listener: StateListener): () => void
  /** Calls `listener` with what nobody else can be told, such as what a listener threw; returns what ends that. */
  onDiagnostic(listener: (event: Diagnostic) => void): () => void
  /** What the manifest says of the service. */
  getServiceInfo(): ServiceInfo
  /** What the manifest says of a method, if it does. */
  getMethodInfo(method: string): MethodInfo | undefined
}

/** A service: a function for each of its methods, with the arguments by position, beside the words that every service has. */
export type Service<Methods = AnyMethods, Events = AnyEvents> = ServiceWords<Methods, Events> &
  Omit<Methods, ServiceWord | 'then'>

/** The methods of a service of which no types are known. */
export type AnyMethods = Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>

/** The events of a service of which no types are known. */
export type AnyEvents = Readonly<Record<string, unknown>>

type ArgumentsOf<Method> = Method extends (...args: infer Arguments) => unknown ? Arguments : never
type ResultOf<Method> = Method extends (...args: never[]) => infer Result ? Result : never

/** Opens a line to a service, and says what has nobody else to be told. */
export type DialService = (
  signal: AbortSignal,
  onDiagnostic: (event: Diagnostic) => void,
) => Promise<Line>

/** The service that `manifest` describes, reached by lines that `dial` opens. */
export function serviceOver<Methods, Events>(
  manifest: ServiceManifest,
  options: ServiceOptions,
  dial: DialService,
): Service<Methods, Events> {
  const client = new Client(manifest, options, dial)
  const names = Object.keys(manifest.methods ?? {}).filter((name) => takenBy(name) === undefined)
  const methods = names.map((name) => [name, (...args: unknown[]) => client.call(name, args)])
  const words: ServiceWords = {
    call: (method, ...args) => client.call(method, args) as never,
    connect: async () => void (await client.connection.open()),
    disconnect: () => client.connection.close(),
    getMethodInfo: (method) => membersOf(manifest.methods)[method] as MethodInfo | undefined,
    getServiceInfo: () => manifest.service,
    isConnected: () => client.connection.line !== undefined,
    onDiagnostic: (listener) => added(client.diagnosticListeners, listener),
    onState: (listener) => added(client.stateListeners, listener),
    publish: (channel, data) => client.publish(channel, data),
    subscribe: (channel, listener) => client.subscribe(channel, listener),
    unsubscribe: (channel, listener) => client.unsubscribe(channel, listener),
    [Symbol.asyncDispose]: () => client.connection.close(),
  }
  return Object.assign(Object.fromEntries(methods), words)
}

/** Adds a listener, which may be there already, and returns what takes it away. */
function added<Told extends unknown[]>(
  listeners: Set<(...told: Told) => void>,
  listener: (...told: Told) => void,
): () => void {
  const own = (...told: Told) => listener(...told)
  listeners.add(own)
  return () => void listeners.delete(own)
}

class Client {
  readonly connection: Connection
  readonly stateListeners = new Set<StateListener>()
  readonly diagnosticListeners = new Set<(event: Diagnostic) => void>()
  readonly #manifest: ServiceManifest
  readonly #options: ServiceOptions
  readonly #subscriptions: Subscriptions

  constructor(manifest: ServiceManifest, options: ServiceOptions, dial: DialService) {
    checkAmount('timeout', options.timeout)
    this.#manifest = manifest
    this.#options = options
    this.#subscriptions = new Subscriptions((channel) => eventsOf(manifest, channel))
    this.connection = new Connection({
      name: manifest.service.name,
      runtime: this.#runtime,
      dial: (signal) => dial(signal, (event) => this.#diagnose(event)),
      opened: (line) => this.#subscriptions.renew(line),
      isWanted: () => !this.#subscriptions.isEmpty,
      changed: (state, cause) => this.#changed(state, cause),
    })
  }

  async call(method: string, args: readonly unknown[]): Promise<unknown> {
    const timeout = this.#options.timeout ?? timeoutOf(this.#manifest, method)
    const late = new AbortController()
    let isUnsent = true
    // One clock for the connection and the answer; others may wait longer for the same connection.
    const stop = after(this.#runtime, timeout, () =>
      late.abort(timedOut(method, timeout, isUnsent)),
    )
    try {
      const line = await untilAborted(this.connection.open(), late.signal)
      isUnsent = false
      const params = line.paramsOf === undefined ? byPosition(args) : line.paramsOf(method, args)
      return await line.peer.request(line.nameOf(method), params, { signal: late.signal })
    } finally {
      stop()
    }
  }

  async publish(channel: string, data: unknown): Promise<void> {
    const line = await this.connection.open()
    line.peer.notify(line.nameOf(channel), paramsFor(data))
  }

  subscribe(channel: string, listener: EventListener): () => void {
    const end = this.#subscriptions.add(channel, listener, () => this.connection.line)
    this.connection.keep()
    return () => {
      end()
      this.connection.release()
    }
  }

  unsubscribe(channel: string, listener?: EventListener): void {
    this.#subscriptions.remove(channel, listener, this.connection.line)
    this.connection.release()
  }

  readonly #changed: StateListener = (state, cause) => {
    for (const listener of [...this.stateListeners]) {
      try {
        listener(state, cause)
      } catch (reason) {
        // What it throws is no fault of the connection.
        this.#diagnose({ kind: 'listenerFailed', message: 'onState failed', cause: reason })
      }
    }
  }

  #diagnose(event: Diagnostic): void {
    for (const listener of [...this.diagnosticListeners]) listener(event)
  }

  get #runtime() {
    return this.#options.runtime ?? systemRuntime
  }
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    promise.then(resolve, reject)
  })
}
