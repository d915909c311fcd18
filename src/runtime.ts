/** A timer that was set, to be cleared. */
export type Timer = unknown

/** The world as the core sees it: injected, so that the real code runs under a simulated clock. */
export interface Runtime {
  /** Milliseconds of a clock that never goes back. */
  now(): number
  setTimer(action: () => void, milliseconds: number): Timer
  clearTimer(timer: Timer): void
}

/** The clock and timers of this process. */
export const systemRuntime: Runtime = {
  now: () => performance.now(),
  setTimer: (action, milliseconds) => setTimeout(action, milliseconds),
  clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
}

/** The longest delay a timer takes: setTimeout fires at once for anything over it. */
const longestDelay = 2 ** 31 - 1

/** Runs `action` after `milliseconds`, however many; returns what stops it. No process stays for one that `isIdle`. */
export function after(
  runtime: Runtime,
  milliseconds: number,
  action: () => void,
  isIdle = false,
): () => void {
  let timer: Timer
  const arm = (left: number) => {
    const delay = Math.min(left, longestDelay)
    timer = runtime.setTimer(() => (left > delay ? arm(left - delay) : action()), delay)
    // A timer of Node keeps its process alive; a browser's is a number.
    if (isIdle) Object(timer).unref?.()
  }
  arm(milliseconds)
  return () => runtime.clearTimer(timer)
}

/**
 * Microtask turns between an answer and the call that arrived behind it, so that whoever awaited the answer has gone on
 * before the next message is handled: see docs/decisions/003. As many pass before a new peer takes in anything.
 */
export const turns = 8

/** Runs `action` after `count` turns of the microtask queue. */
export function afterTurns(count: number, action: () => void): void {
  // A turn of it costs half of an await, and a fraction of Node's queueMicrotask.
  const turn = () => {
    if (count-- > 0) void settled.then(turn)
    else action()
  }
  turn()
}

const settled = Promise.resolve()
