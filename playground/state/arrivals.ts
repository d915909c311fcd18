import { signal } from '@preact/signals'

/** One item of a stream, and which it is: the first that came is 1. */
export interface Item {
  readonly number: number
  readonly value: unknown
}

/** What a call brought before its answer. */
export interface Arrived {
  readonly isStream: boolean
  /** The newest items, the oldest of them first. */
  readonly items: readonly Item[]
  /** How many items came, all told. */
  readonly count: number
  /** The latest progress. */
  readonly progress: unknown
}

/** Items that are kept; the oldest make room. */
export const mostItems = 200

const nothing: Arrived = { isStream: false, items: [], count: 0, progress: undefined }

/** Takes what a call brings before its answer, as fast as it comes. */
export class Arrivals {
  /** What is shown: a snapshot, taken once a frame of the screen. */
  readonly shown = signal<Arrived>(nothing)
  #isStream = false
  #items: Item[] = []
  #count = 0
  #progress: unknown
  #isScheduled = false

  /** Begins anew, for another call. */
  begin(isStream: boolean): void {
    this.#isStream = isStream
    this.#items = []
    this.#count = 0
    this.#progress = undefined
    this.publish()
  }

  take(value: unknown): void {
    this.#items.push({ number: ++this.#count, value })
    // In chunks, as shifting for each item would cost more than taking it.
    if (this.#items.length >= 2 * mostItems) this.#items = this.#items.slice(-mostItems)
    this.#schedule()
  }

  tell(progress: unknown): void {
    this.#progress = progress
    this.#schedule()
  }

  /** Shows what came, at once: frames stand still while nobody looks at the page. */
  publish(): void {
    this.shown.value = {
      isStream: this.#isStream,
      items: this.#items.slice(-mostItems),
      count: this.#count,
      progress: this.#progress,
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    requestAnimationFrame(() => {
      this.#isScheduled = false
      this.publish()
    })
  }
}
