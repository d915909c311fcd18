import { quantile } from './stats.js'

/** One call after the other: microseconds of the median and of the slowest in a hundred, and calls per second. */
export async function latency(call, milliseconds) {
  const times = []
  const start = performance.now()
  let last = start
  while (last < start + milliseconds) {
    await call()
    const now = performance.now()
    times.push(now - last)
    last = now
  }
  return {
    p50: quantile(times, 0.5) * 1000,
    p99: quantile(times, 0.99) * 1000,
    rate1: (times.length / (last - start)) * 1000,
  }
}

/** Keeps `depth` calls in flight. The rate is that after `settle` ms; `calls` are all, for what the whole has cost. */
export async function flight(call, { depth, milliseconds, settle }) {
  let calls = 0
  let isOver = false
  const lane = async () => {
    while (!isOver) {
      await call()
      calls++
    }
  }
  const all = Promise.all(Array.from({ length: depth }, lane))
  await Promise.race([sleep(settle), all])
  const callsBefore = calls
  const start = performance.now()
  await Promise.race([sleep(milliseconds), all])
  const rate = ((calls - callsBefore) / (performance.now() - start)) * 1000
  isOver = true
  await all
  return { rate, calls }
}

/**
 * Calls per second with `depth` in flight where both ends are in this process. Timers would never fire between
 * microtasks, so the clock is read after every 16 calls of a lane.
 */
export async function lanes(call, { depth, milliseconds }) {
  const calls = 16
  const lane = async () => {
    for (let made = 0; made < calls; made++) await call()
  }
  let made = 0
  const start = performance.now()
  let now = start
  while (now < start + milliseconds) {
    await Promise.all(Array.from({ length: depth }, lane))
    made += depth * calls
    now = performance.now()
  }
  return (made / (now - start)) * 1000
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
