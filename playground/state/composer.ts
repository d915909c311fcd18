import { signal } from '@preact/signals'
import { type Peer, type RequestOptions, RpcError } from 'bothways'
import type { Method } from '../schema/method.js'
import { byteLength } from '../wire/message.js'
import { Arrivals } from './arrivals.js'

/** How the latest call went, or goes. */
export type Outcome =
  | { readonly status: 'running'; readonly method: string }
  | { readonly status: 'told'; readonly method: string }
  | { readonly status: 'cancelled'; readonly method: string; readonly latency: number }
  | {
      readonly status: 'ok'
      readonly method: string
      readonly latency: number
      readonly bytes: number
      readonly result: unknown
    }
  | {
      readonly status: 'error'
      readonly method: string
      readonly latency: number
      readonly error: RpcError
    }

/** What is about to be called, and how the latest call went. The JSON text is the one truth; the form writes it. */
export class Composer {
  readonly method = signal<Method | undefined>(undefined)
  readonly text = signal('{}')
  /** The latest params that were whole: what the form shows while the JSON is being typed. */
  readonly params = signal<object>({})
  /** Why the text cannot be sent. */
  readonly fault = signal<string | undefined>(undefined)
  readonly outcome = signal<Outcome | undefined>(undefined)
  /** What the latest call brought before its answer. */
  readonly arrivals = new Arrivals()
  readonly #drafts = new Map<string, string>()
  #running: AbortController | undefined

  /** Opens a method, with what was last typed for it, or with `params`. */
  open(method: Method, params: object): void {
    const { value: before } = this.method
    if (before !== undefined) this.#drafts.set(before.name, this.text.value)
    this.method.value = method
    // What another method answered would read like the answer of this one.
    if (this.outcome.value?.status !== 'running') this.#forget()
    this.type(this.#drafts.get(method.name) ?? textOf(params))
  }

  /** The method was discovered anew: its description may have changed, what was typed stays. */
  renew(method: Method): void {
    this.method.value = method
  }

  /** Takes params as JSON text. */
  type(text: string): void {
    this.text.value = text
    try {
      const params: unknown = JSON.parse(text)
      if (typeof params !== 'object' || params === null) throw new Error(notParams)
      this.params.value = params
      this.fault.value = undefined
    } catch (reason) {
      this.fault.value = reason instanceof Error ? reason.message : String(reason)
    }
  }

  /** Takes params as the form has them. */
  fill(params: object): void {
    this.type(textOf(params))
  }

  /** Calls, or tells, and shows how it went. Never rejects. */
  async call(peer: Peer): Promise<void> {
    const { value: method } = this.method
    if (method === undefined || this.fault.value !== undefined) return
    if (this.outcome.value?.status === 'running') return
    if (method.kind === 'request' || method.kind === 'stream') await this.#ask(peer, method)
    else this.#tell(peer, method.name)
  }

  /** Ends the running call, or leaves the stream that is being read. */
  cancel(): void {
    this.#running?.abort()
  }

  async #ask(peer: Peer, { name: method, kind }: Method): Promise<void> {
    this.#running = new AbortController()
    const { signal: cancelled } = this.#running
    const start = performance.now()
    this.arrivals.begin(kind === 'stream')
    this.outcome.value = { status: 'running', method }
    const ended = await this.#send(peer, method, kind, {
      signal: cancelled,
      onProgress: (value) => this.arrivals.tell(value),
    }).catch((reason) => ({ reason }))
    const latency = performance.now() - start
    this.arrivals.publish()
    if ('result' in ended) {
      const bytes = byteLength(JSON.stringify(ended.result) ?? '')
      this.outcome.value = { status: 'ok', method, latency, bytes, result: ended.result }
    } else if (cancelled.aborted) this.outcome.value = { status: 'cancelled', method, latency }
    else {
      const error = RpcError.from(ended.reason)
      this.outcome.value = { status: 'error', method, latency, error }
    }
  }

  async #send(peer: Peer, method: string, kind: Method['kind'], options: RequestOptions) {
    const { value: params } = this.params
    if (kind === 'request') return { result: await peer.request(method, params, options) }
    const stream = peer.stream(method, params, options)
    for await (const item of stream) this.arrivals.take(item)
    return { result: await stream.result }
  }

  #forget(): void {
    this.outcome.value = undefined
    this.arrivals.begin(false)
  }

  #tell(peer: Peer, method: string): void {
    this.arrivals.begin(false)
    try {
      peer.notify(method, this.params.value)
      this.outcome.value = { status: 'told', method }
    } catch (reason) {
      this.outcome.value = { status: 'error', method, latency: 0, error: RpcError.from(reason) }
    }
  }
}

const notParams = 'Params are an object {…} or an array […].'

function textOf(params: object): string {
  return JSON.stringify(params, null, 2)
}
