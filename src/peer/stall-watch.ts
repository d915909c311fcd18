import type { Link } from '../link/link.js'
import { after, type Runtime } from '../runtime.js'

/** Watches bytes that wait to leave, from when they were in somebody's way until they have gone or stood still too long. */
export class StallWatch {
  readonly #link: Link
  readonly #period: number
  readonly #runtime: Runtime
  readonly #stalled: () => void
  #stop: (() => void) | undefined
  #gone = 0
  #isEnded = false

  constructor(link: Link, period: number, runtime: Runtime, stalled: () => void) {
    this.#link = link
    this.#period = period
    this.#runtime = runtime
    this.#stalled = stalled
  }

  /** Begins to watch, if it does not already. */
  begin(): void {
    if (this.#isEnded || this.#stop !== undefined) return
    this.#gone = this.#link.gone
    this.#stop = after(this.#runtime, this.#period, () => this.#look())
  }

  end(): void {
    this.#isEnded = true
    this.#stop?.()
    this.#stop = undefined
  }

  #look(): void {
    this.#stop = undefined
    if (this.#link.buffered === 0) return
    if (this.#link.gone > this.#gone) this.begin()
    else this.#stalled()
  }
}
