import type { Runtime } from 'bothways'

interface Alarm {
  readonly at: number
  readonly action: () => void
}

/** A runtime whose time passes only when told to. */
export class Clock implements Runtime {
  #now = 0
  readonly #alarms = new Set<Alarm>()

  /** Timers that were set and neither ran nor were cleared. */
  get timers(): number {
    return this.#alarms.size
  }

  now(): number {
    return this.#now
  }

  setTimer(action: () => void, milliseconds: number): Alarm {
    const alarm = { at: this.#now + milliseconds, action }
    this.#alarms.add(alarm)
    return alarm
  }

  clearTimer(timer: unknown): void {
    this.#alarms.delete(timer as Alarm)
  }

  /** Lets `milliseconds` pass, and runs what was due in them in its order. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#alarms.delete(next)
      this.#now = next.at
      next.action()
    }
    this.#now = end
  }

  #next(end: number): Alarm | undefined {
    const due = [...this.#alarms].filter(({ at }) => at <= end)
    return due.sort((one, other) => one.at - other.at)[0]
  }
}
