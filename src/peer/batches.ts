import type { ErrorObject } from '../protocol/error.js'
import { unansweredBatches } from '../protocol/limits.js'
import { type Id, membersOf } from '../protocol/message.js'
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

/**
 * The batches of this end: several calls in one array, as JSON-RPC 2.0 section 6 has it. An end that refuses one as a
 * whole says so with an error without an id. Where as many of those came as there are batches without any answer, it is
 * these that are refused.
 */
export class Batches {
  readonly #parts: BatchParts
  /** The ids of each batch of which none is answered, in the order in which they left. */
  readonly #unanswered = new Set<readonly number[]>()
  /** Errors that are for some of these. */
  #refusals: ErrorObject[] = []

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
    this.#left(gathering.leave())
    sent()
    return Promise.all(outcomes)
  }

  /** Takes note that request `id` was answered: the batch that it left in was not refused as a whole. */
  answered(id: Id): void {
    if (this.#unanswered.size === 0) return
    for (const ids of this.#unanswered) {
      if (!ids.includes(id as number)) continue
      this.#unanswered.delete(ids)
      this.#conclude()
    }
  }

  /** Takes an error that came without an id. False where it cannot be told, or not yet, what it is for. */
  refused(error: ErrorObject): boolean {
    if (this.#unanswered.size > 0) this.#refusals.push(error)
    return this.#conclude()
  }

  /**
   * The entries of one array, which answers one batch at the most. Where there are other answers, an error without an id is
   * for a call that has none, and gets its id, or an empty one; where there are none, the first is for a whole batch.
   */
  attributed(entries: readonly unknown[]): readonly unknown[] {
    if (this.#unanswered.size === 0) return entries
    const ids = entries.map((entry) => membersOf(entry)['id'])
    const isAnswered = (id: Id) => ids.includes(id)
    const batch = [...this.#unanswered].find((batch) => batch.some(isAnswered))
    const missing = batch?.filter((id) => !isAnswered(id))
    let isWhole = entries.every(isRefusal)
    return entries.map((entry) => {
      if (!isRefusal(entry)) return entry
      const id = isWhole ? null : (missing?.shift() ?? '')
      isWhole = false
      return { ...membersOf(entry), id }
    })
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

  #left(ids: readonly number[]): void {
    const batches = this.#unanswered
    const isAwaited = (id: Id) => this.#parts.requests.has(id)
    for (const old of batches)
      if (batches.size >= unansweredBatches && !old.some(isAwaited)) batches.delete(old)
    if (ids.length > 0) batches.add(ids)
  }

  /** Fails the batches that are refused, where that can be told, with the errors in the order in which these came. */
  #conclude(): boolean {
    const refusals = this.#refusals
    if (refusals.length === 0 || refusals.length < this.#unanswered.size) return false
    this.#refusals = []
    for (const ids of this.#unanswered) {
      this.#unanswered.delete(ids)
      const error = refusals.shift() as ErrorObject
      for (const id of ids) this.#parts.requests.settle({ kind: 'error', id, error })
    }
    return true
  }
}

function isRefusal(entry: unknown): boolean {
  const { id = null, error } = membersOf(entry)
  return id === null && error !== undefined
}
