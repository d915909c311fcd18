import { errorCodes, RpcError } from '../protocol/error.js'
import { overLimit } from '../protocol/limits.js'
import type { IncomingCall } from './incoming-call.js'

/**
 * When the calls of one method start: `concurrent`, each as it arrives; `serial`, each when the one before has ended;
 * `keyedBy`, serially among those with the same value of that param (its name, or its place where params go by position);
 * `latest`, at once, and the one before is cancelled.
 */
export type Schedule = 'concurrent' | 'serial' | 'latest' | { readonly keyedBy: string | number }

/** Where calls wait for their turn. */
export interface Lane {
  /** Starts `call` now, or once it is its turn; says whether it started. Throws `busy` where too many wait. */
  enter(call: IncomingCall, start: () => void): boolean
  /** Forgets `call` where it waits; says whether it did. */
  drop(call: IncomingCall): boolean
  /** Takes note that a call has ended. */
  leave(call: IncomingCall): void
}

/** The lane of a call, by its params. */
export type Lanes = (params: unknown) => Lane

/** The lanes for `schedule`, in each of which at most `limit` calls wait; none where nothing waits. `overtaken` ends a call that a newer one replaced. */
export function lanesFor(
  schedule: Schedule,
  limit: number,
  overtaken: (call: IncomingCall, reason: RpcError) => void,
): Lanes | undefined {
  if (schedule === 'concurrent') return undefined
  if (typeof schedule === 'object') return keyedLanes(schedule.keyedBy, limit)
  const lane = schedule === 'serial' ? new SerialLane(limit) : new LatestLane(overtaken)
  return () => lane
}

/** A lane for each value of `param` for as long as it is in use. */
function keyedLanes(param: string | number, limit: number): Lanes {
  const lanes = new Map<string, Lane>()
  return (params) => {
    const key = keyIn(params, param)
    const lane = lanes.get(key) ?? new SerialLane(limit, () => lanes.delete(key))
    lanes.set(key, lane)
    return lane
  }
}

class SerialLane implements Lane {
  readonly #limit: number
  readonly #emptied: () => void
  readonly #waiting = new Map<IncomingCall, () => void>()
  #running: IncomingCall | undefined
  #isStarting = false

  constructor(limit: number, emptied: () => void = () => {}) {
    this.#limit = limit
    this.#emptied = emptied
  }

  get #isEmpty(): boolean {
    return this.#running === undefined && this.#waiting.size === 0
  }

  enter(call: IncomingCall, start: () => void): boolean {
    if (this.#isEmpty) {
      this.#running = call
      start()
      return true
    }
    if (this.#waiting.size >= this.#limit)
      throw overLimit(
        `calls of "${call.method}" that wait for their turn are`,
        'waiting',
        this.#limit,
        {
          code: errorCodes.busy,
        },
      )
    this.#waiting.set(call, start)
    return false
  }

  drop(call: IncomingCall): boolean {
    return this.#waiting.delete(call)
  }

  leave(call: IncomingCall): void {
    if (this.#running !== call) return
    this.#running = undefined
    if (this.#isStarting) return
    this.#isStarting = true
    // A loop: a thousand that end as soon as they start would overflow the stack otherwise.
    for (const [next, start] of this.#waiting) {
      if (this.#running !== undefined) break
      this.#waiting.delete(next)
      this.#running = next
      start()
    }
    this.#isStarting = false
    if (this.#isEmpty) this.#emptied()
  }
}

class LatestLane implements Lane {
  readonly #overtaken: (call: IncomingCall, reason: RpcError) => void
  #latest: IncomingCall | undefined

  constructor(overtaken: (call: IncomingCall, reason: RpcError) => void) {
    this.#overtaken = overtaken
  }

  enter(call: IncomingCall, start: () => void): boolean {
    const before = this.#latest
    this.#latest = call
    if (before !== undefined) {
      const message = `"${call.method}" was overtaken by a newer call`
      this.#overtaken(before, new RpcError(errorCodes.cancelled, message))
    }
    start()
    return true
  }

  drop(): boolean {
    return false
  }

  leave(call: IncomingCall): void {
    if (this.#latest === call) this.#latest = undefined
  }
}

/** What tells calls apart: the JSON of one param, so that "1" and 1 are two. */
function keyIn(params: unknown, param: string | number): string {
  const value = Object.hasOwn(Object(params), param)
    ? (params as Record<string | number, unknown>)[param]
    : undefined
  return JSON.stringify(value) ?? ''
}
