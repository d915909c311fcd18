import type { Link } from '../link/link.js'
import { after, type Runtime } from '../runtime.js'

/** Looks without a byte gone after which it is a standstill. */
const stalledLooks = 4

/** Watches bytes that wait to leave, from when they were in somebody's way until they have gone or stood still too long. */
export class StallWatch {
  readonly #link: Link
  readonly #period: number
  readonly #runtime: Runtime
  readonly #stalled: () => void
  #stop: (() => void) | undefined
  #gone = 0
  #looks = 0
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
    this.#looks = 0
    this.#wait()
  }

  /** Looks are counted, not time: a process that stood still looks once, and nothing could leave meanwhile. */
  #wait(): void {
    this.#stop = after(this.#runtime, this.#period / stalledLooks, () => this.#look())
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
    else if (++this.#looks < stalledLooks) this.#wait()
    else this.#stalled()
  }
}
