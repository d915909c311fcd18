import type { ErrorObject } from '../protocol/error.js'
import type { Encoder } from './encoder.js'
import { Gathering } from './gathering.js'
import type { Asking } from './intercept.js'
import type { Call, Outcome } from './options.js'
import type { Outbox } from './outbox.js'
import type { Requests } from './requests.js'

/** What batches are sent with. */
export interface BatchParts {
  readonly encoder: Encoder
  readonly outbox: Outbox
  readonly requests: Requests
  /** Whether the other end may read an array as a frame, or as nothing at all. */
  readonly mayBeFramed: () => boolean
  /** Makes one call of a batch: it joins those that gather, while they do. */
  readonly out: (call: Asking, gathering: Gathering) => unknown
  /** Is told when calls have left. */
  readonly sent: () => void
}

/** The batches of this end: several calls in one array, as JSON-RPC 2.0 section 6 has it. */
export class Batches {
  readonly #parts: BatchParts
  /** The ids of each batch that has calls without an answer. */
  readonly #open = new Set<readonly number[]>()

  constructor(parts: BatchParts) {
    this.#parts = parts
  }

  /** Sends `calls` together, and resolves with how each ended. */
  async send(calls: readonly Call[]): Promise<Outcome[]> {
    const { encoder, outbox, mayBeFramed, sent } = this.#parts
    // One by one each call keeps its place and its limits; between two of ours a frame does what a batch is for.
    const isOne = !mayBeFramed() && outbox.hasRoom(calls.length)
    const gathering = new Gathering(encoder, outbox, isOne)
    const outcomes = calls.map((call) => this.#make(call, gathering))
    const ids = gathering.leave()
    sent()
    if (ids.length > 0) this.#open.add(ids)
    const settled = await Promise.all(outcomes)
    this.#open.delete(ids)
    return settled
  }

  /**
   * Fails the only open batch with an error that came without an id: a server that refuses a batch as a whole has no
   * other way to say so. False where that is not what it can mean.
   */
  refused(error: ErrorObject): boolean {
    const { requests } = this.#parts
    const [ids, other] = this.#open
    if (ids === undefined || other !== undefined || !ids.every((id) => requests.has(id)))
      return false
    for (const id of ids) requests.settle({ kind: 'error', id, error })
    return true
  }

  async #make(call: Call, gathering: Gathering): Promise<Outcome> {
    try {
      const { method, params, notify } = call
      const kind = notify ? 'notification' : 'request'
      const value = await this.#parts.out({ kind, method, params, options: {} }, gathering)
      return notify ? { status: 'sent' } : { status: 'fulfilled', value }
    } catch (reason) {
      return { status: 'rejected', reason }
    }
  }
}
