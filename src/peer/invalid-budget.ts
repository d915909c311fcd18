import type { Limits } from '../protocol/limits.js'
import type { Runtime } from '../runtime.js'

/** How many messages that are no JSON-RPC an end puts up with in a time. */
export class InvalidBudget {
  readonly #limits: Limits
  readonly #runtime: Runtime
  #since = 0
  #spent = 0

  constructor(limits: Limits, runtime: Runtime) {
    this.#limits = limits
    this.#runtime = runtime
  }

  /** Counts one. False once there were too many. */
  spend(): boolean {
    const now = this.#runtime.now()
    if (this.#spent === 0 || now - this.#since > this.#limits.invalidPeriod) {
      this.#since = now
      this.#spent = 0
    }
    return ++this.#spent <= this.#limits.invalid
  }
}
