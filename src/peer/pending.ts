import type { RpcError } from '../protocol/error.js'
import type { Id } from '../protocol/message.js'

/** One request that waits for its answer. */
export interface Waiting {
  readonly method: string
  resolve(result: unknown): void
  reject(reason: unknown): void
  /** Ends what watches over the request: its timeout and its signal. */
  release?: (() => void) | undefined
}

/** What became of an answer that was looked up. */
export type Settled = 'settled' | 'late' | 'unknown'

/** The requests of this end that wait for an answer. Ids ascend, so that a late answer is known without being remembered. */
export class Pending {
  readonly #waiting = new Map<Id, Waiting>()
  #lastId = 0

  get size(): number {
    return this.#waiting.size
  }

  nextId(): number {
    return ++this.#lastId
  }

  add(id: number, waiting: Waiting): void {
    this.#waiting.set(id, waiting)
  }

  has(id: Id): boolean {
    return this.#waiting.has(id)
  }

  methodOf(id: Id): string | undefined {
    return this.#waiting.get(id)?.method
  }

  resolve(id: Id, result: unknown): Settled {
    const waiting = this.#take(id)
    if (waiting === undefined) return this.#missing(id)
    waiting.resolve(result)
    return 'settled'
  }

  reject(id: Id, reason: unknown): Settled {
    const waiting = this.#take(id)
    if (waiting === undefined) return this.#missing(id)
    waiting.reject(reason)
    return 'settled'
  }

  /** Rejects every request that waits, each with the error `errorFor` makes for it. */
  rejectAll(errorFor: (method: string, id: Id) => RpcError): void {
    for (const [id, { method }] of [...this.#waiting]) this.reject(id, errorFor(method, id))
  }

  #take(id: Id): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return undefined
    this.#waiting.delete(id)
    waiting.release?.()
    return waiting
  }

  #missing(id: Id): Settled {
    return typeof id === 'number' && id >= 1 && id <= this.#lastId ? 'late' : 'unknown'
  }
}
