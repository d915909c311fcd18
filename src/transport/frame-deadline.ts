import { after, type Runtime } from '../runtime.js'

/** Notices a frame that has begun and does not become whole in time, however steadily its bytes drip. */
export class FrameDeadline {
  readonly #runtime: Runtime
  readonly #milliseconds: number
  readonly #passed: () => void
  #stop: (() => void) | undefined

  constructor(runtime: Runtime, milliseconds: number, passed: () => void) {
    this.#runtime = runtime
    this.#milliseconds = milliseconds
    this.#passed = passed
  }

  /** Takes note of what the latest bytes brought: the end of a frame, and the beginning of one that is not whole. */
  look(hasEnded: boolean, isInside: boolean): void {
    if (hasEnded || !isInside) this.stop()
    if (isInside && this.#milliseconds < Number.POSITIVE_INFINITY) this.#stop ??= this.#arm()
  }

  stop(): void {
    this.#stop?.()
    this.#stop = undefined
  }

  #arm(): () => void {
    return after(this.#runtime, this.#milliseconds, () => {
      // One turn more: a process that stood still itself has not read what came meanwhile.
      this.#stop = after(this.#runtime, 0, this.#passed)
    })
  }
}
