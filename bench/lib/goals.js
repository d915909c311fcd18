import { ratioTo, ratioToFastest } from './summary.js'

const goals = [
  {
    text: 'WebSocket, one call at a time: p50 at most 1.05 × that of birpc',
    measure: ({ ws }) => ratioTo(ws, 'bothways', 'birpc', 'p50'),
    most: 1.05,
  },
  ...[64, 512].map((depth) => ({
    text: `WebSocket, ${depth} in flight: at least 3 × the calls of the fastest library`,
    measure: ({ ws, peers }) => ratioToFastest(ws, 'bothways', librariesIn(peers), `rate${depth}`),
    least: 3,
  })),
  ...[1, 64].map((depth) => ({
    text: `In one process, ${depth} in flight: at least the calls of birpc`,
    measure: ({ memory }) => ratioTo(memory, 'bothways', 'birpc', `rate${depth}`),
    least: 1,
  })),
  {
    text: 'The core in a browser: at most 5,000 B, minified and brotli',
    measure: ({ size }) => size['bothways core']?.brotli ?? Number.NaN,
    most: 5_000,
    unit: 'B',
  },
]

/** Every goal with what was measured, NaN where it was not, and whether that meets it. */
export function checkGoals(result) {
  return goals.map(({ text, measure, most = Number.POSITIVE_INFINITY, least = 0, unit = '×' }) => {
    const measured = measure(result)
    return { text, measured, unit, met: measured >= least && measured <= most }
  })
}

function librariesIn(peers) {
  return peers.filter(({ kind }) => kind === 'library').map(({ name }) => name)
}
