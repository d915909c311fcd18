/**
 * Gathers what is sent in one turn, to leave together at its end: in a microtask, so that nothing waits for a timer. Where
 * the turn before sent one message alone, the first is not kept for others that may not come.
 */
export class Turn {
  readonly #over: () => void
  #sent = 0
  #wasLone = true

  /** `over` is called at the end of each turn in which something was sent. */
  constructor(over: () => void) {
    this.#over = over
  }

  /** How many were sent in this turn. */
  get sent(): number {
    return this.#sent
  }

  /** Takes note of one more that is sent. Whether it leaves at once. */
  sends(): boolean {
    if (++this.#sent > 1) return false
    void this.#end()
    return this.#wasLone
  }

  async #end(): Promise<void> {
    await undefined
    this.#wasLone = this.#sent === 1
    this.#sent = 0
    this.#over()
  }
}
