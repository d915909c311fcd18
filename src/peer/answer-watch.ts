import type { Link } from '../link/link.js'
import { after, type Runtime } from '../runtime.js'

/** What the watch needs of its peer. */
export interface AnswerHost {
  readonly link: Link
  readonly runtime: Runtime
  /** Milliseconds without a word before the other end is given up. */
  readonly patience: number
  /** Whether an answer is waited for. */
  isWaiting(): boolean
  /** Whether the other end, as far as it is known by now, answers when it is asked. */
  canAsk(): boolean
  ask(): void
  silent(): void
}

/** Of ten looks at silence, the one after which the other end is asked. */
const asked = 6
const givenUp = 10

/**
 * Notices an other end that says nothing while an answer of it is waited for. It counts looks, not time: a process that slept
 * looks once when it wakes, and has not read yet what came meanwhile.
 */
export class AnswerWatch {
  readonly #host: AnswerHost
  #looks = 0
  #heard = 0
  #stop: (() => void) | undefined
  #isEnded = false

  constructor(host: AnswerHost) {
    this.#host = host
  }

  /** Begins to watch, if it does not already and there is something to watch. */
  begin(): void {
    const { link, patience } = this.#host
    if (this.#isEnded || this.#stop !== undefined || !this.#host.canAsk()) return
    if (link.isLocal || patience === Number.POSITIVE_INFINITY || !this.#host.isWaiting()) return
    this.#looks = 0
    this.#heard = link.heard
    this.#wait()
  }

  end(): void {
    this.#isEnded = true
    this.#stop?.()
    this.#stop = undefined
  }

  /** A process that has nothing else to stay for is not kept. */
  #wait(): void {
    const { runtime, patience } = this.#host
    this.#stop = after(runtime, patience / givenUp, () => this.#look(), true)
  }

  #look(): void {
    const { link } = this.#host
    this.#stop = undefined
    if (!this.#host.isWaiting()) return
    this.#looks = link.heard === this.#heard ? this.#looks + 1 : 0
    this.#heard = link.heard
    if (this.#looks === givenUp) return this.#host.silent()
    if (this.#looks === asked) this.#host.ask()
    this.#wait()
  }
}
