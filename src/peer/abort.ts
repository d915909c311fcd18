/** Who listens to a signal on behalf of calls. Weak, so that a signal no call uses any more can go. */
const fanOuts = new WeakMap<AbortSignal, FanOut>()

/**
 * Runs `action` when `signal` aborts; returns what stops that. All calls that share a signal share one listener:
 * AbortSignal.any keeps about 1 kB a call for as long as the signal lives, and adding listeners grows with their number.
 */
export function onAbort(signal: AbortSignal, action: () => void): () => void {
  const fanOut = fanOuts.get(signal) ?? new FanOut(signal)
  fanOut.actions.add(action)
  return () => fanOut.remove(action)
}

class FanOut {
  readonly actions = new Set<() => void>()
  readonly #signal: AbortSignal

  constructor(signal: AbortSignal) {
    this.#signal = signal
    fanOuts.set(signal, this)
    signal.addEventListener('abort', this.#run)
  }

  remove(action: () => void): void {
    this.actions.delete(action)
    if (this.actions.size > 0) return
    this.#signal.removeEventListener('abort', this.#run)
    fanOuts.delete(this.#signal)
  }

  readonly #run = (): void => {
    for (const action of [...this.actions]) action()
  }
}
