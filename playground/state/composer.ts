import { signal } from '@preact/signals'
import { type Peer, RpcError } from 'bothways'
import type { Method } from '../schema/method.js'
import { byteLength } from '../wire/message.js'

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
  readonly #drafts = new Map<string, string>()
  #running: AbortController | undefined

  /** Opens a method, with what was last typed for it, or with `params`. */
  open(method: Method, params: object): void {
    const { value: before } = this.method
    if (before !== undefined) this.#drafts.set(before.name, this.text.value)
    this.method.value = method
    // What another method answered would read like the answer of this one.
    if (this.outcome.value?.status !== 'running') this.outcome.value = undefined
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
    if (method.kind === 'request') await this.#request(peer, method.name)
    else this.#tell(peer, method.name)
  }

  cancel(): void {
    this.#running?.abort()
  }

  async #request(peer: Peer, method: string): Promise<void> {
    this.#running = new AbortController()
    const { signal: cancelled } = this.#running
    const start = performance.now()
    this.outcome.value = { status: 'running', method }
    try {
      const result = await peer.request(method, this.params.value, { signal: cancelled })
      const bytes = byteLength(JSON.stringify(result) ?? '')
      this.outcome.value = {
        status: 'ok',
        method,
        latency: performance.now() - start,
        bytes,
        result,
      }
    } catch (reason) {
      const latency = performance.now() - start
      this.outcome.value = cancelled.aborted
        ? { status: 'cancelled', method, latency }
        : { status: 'error', method, latency, error: RpcError.from(reason) }
    }
  }

  #tell(peer: Peer, method: string): void {
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
