import { ratioOf, ratioTo, ratioToFastest, ratioToLeast } from './summary.js'

const depths = [64, 512]

const goals = [
  {
    text: 'WebSocket, one call at a time: p50 at most 1.05 × that of the fastest library',
    measure: ({ ws, peers }) => ratioToLeast(ws, 'bothways', librariesIn(peers), 'p50'),
    most: 1.05,
  },
  ...depths.map((depth) => ({
    text: `WebSocket, ${depth} in flight: at least 5 × the calls of the fastest library`,
    measure: ({ ws, peers }) => ratioToFastest(ws, 'bothways', librariesIn(peers), `rate${depth}`),
    least: 5,
  })),
  {
    text: 'WebSocket, 512 in flight: at most 0.2 × the CPU of the bare loop a call',
    measure: ({ ws }) => ratioTo(ws, 'bothways', 'ws-json', 'cpu512'),
    most: 0.2,
  },
  {
    text: 'WebSocket: at least 8 × the notifications of the bare loop',
    measure: ({ ws }) => ratioTo(ws, 'bothways', 'ws-json', 'notify'),
    least: 8,
  },
  {
    text: 'WebSocket: a stream has at least 8 × the items of the notifications of the bare loop',
    measure: ({ ws }) => ratioOf(ws, ['bothways', 'items'], ['ws-json', 'notify']),
    least: 8,
  },
  ...Object.entries({ kB64: '64 kB', MB1: '1 MB' }).map(([figure, size]) => ({
    text: `WebSocket: texts of ${size} at least as fast as the bare loop`,
    measure: ({ ws }) => ratioTo(ws, 'bothways', 'ws-json', figure),
    least: 1,
  })),
  {
    text: 'WebSocket, to a foreign peer, 64 in flight: at least 1.6 × the bare loop',
    measure: ({ ws }) => ratioTo(ws, 'bothways-plain', 'ws-json', 'rate64'),
    least: 1.6,
  },
  ...['unix', 'stdio'].flatMap((over) =>
    Object.entries({ 64: 1.8, 512: 3 }).map(([depth, least]) => ({
      text: `${over === 'unix' ? 'A unix socket' : 'stdio'}, ${depth} in flight: at least ${least} × the bare loop`,
      measure: (result) => ratioTo(result[over], 'bothways', 'ws-json', `rate${depth}`),
      least,
    })),
  ),
  ...depths.map((depth) => ({
    text: `A port, ${depth} in flight: at least 1.3 × the bare loop`,
    measure: ({ port }) => ratioTo(port, 'bothways', 'ws-json', `rate${depth}`),
    least: 1.3,
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
