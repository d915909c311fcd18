import type { Peer } from 'bothways'
import { connectSocket, listen, listenSocket } from 'bothways/node'
import { connect } from 'bothways/websocket'
import { expect, onTestFinished, test } from 'vitest'
import { freePath } from '../support/sockets.node.js'

/** Numbers from 0 to below 1 that are the same in every run. */
function numbersFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff
    return state / 0x7fffffff
  }
}

/** Two peers over a real socket, which take as much as `limits` say. */
async function pair(over: string, limits: object): Promise<[Peer, Peer]> {
  let given: (peer: Peer) => void = () => {}
  const arrived = new Promise<Peer>((resolve) => (given = resolve))
  const path = freePath()
  const server =
    over === 'WebSocket'
      ? await listen({ limits }, (peer) => given(peer))
      : await listenSocket({ path, limits }, (peer) => given(peer))
  onTestFinished(() => server.close())
  const near =
    'url' in server
      ? await connect(server.url, { limits })
      : await connectSocket({ path }, { limits })
  onTestFinished(() => near.close())
  return [near, await arrived]
}

/** Has `peer` answer, call back and be told, and count how often each was. */
function handle(peer: Peer, ran: Map<number, number>): void {
  const count = (n: number) => ran.set(n, (ran.get(n) ?? 0) + 1)
  peer.handle('leaf', ({ n }) => {
    count(n)
    return 'x'.repeat(n % 700)
  })
  peer.handle('work', async ({ n }, { remote }) => {
    count(n)
    return remote.request('leaf', { n: n + 1_000_000 })
  })
  peer.on('note', ({ n }) => count(n))
}

function tells(peer: Peer, n: number): boolean {
  try {
    peer.notify('note', { n })
    return true
  } catch {
    return false
  }
}

test.each([
  ['WebSocket', { inbound: 8, unsent: 600 }],
  ['WebSocket', { inbound: 64 }],
  ['a unix socket', { inbound: 8, unsent: 600 }],
  ['a unix socket', {}],
])(
  'over %s with %j, what is cancelled at random settles, runs once, and loses nothing',
  async (over, limits) => {
    const random = numbersFrom(7)
    const ends = await pair(over, limits)
    await ends[0].greeted
    const ran = [new Map<number, number>(), new Map<number, number>()] as const
    handle(ends[0], ran[0])
    handle(ends[1], ran[1])
    const told: number[] = []
    const calls: Promise<unknown>[] = []
    for (let n = 0; n < 6_000; n++) {
      const from = random() < 0.5 ? 0 : 1
      const peer = ends[from]
      if (random() < 0.1) {
        await peer.flush()
        // Refused where too much waits again: then it was not told.
        if (tells(peer, n)) told.push(n)
        continue
      }
      const controller = new AbortController()
      const { signal } = controller
      const method = random() < 0.5 ? 'work' : 'leaf'
      calls.push(peer.request(method, { n }, { signal }).catch(() => {}))
      if (random() < 0.3) queueMicrotask(() => controller.abort('enough'))
      else if (random() < 0.2) setImmediate(() => controller.abort('enough'))
      if (n % 500 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all(calls)
    await Promise.all(ends.map((peer) => peer.flush()))
    await Promise.all(ends.map((peer) => peer.request('leaf', { n: 9_000_000 })))
    const times = [...ran[0], ...ran[1]].filter(([n]) => n < 9_000_000)
    expect(times.filter(([, count]) => count > 1)).toEqual([])
    const heard = new Set(times.map(([n]) => n))
    expect(told.filter((n) => !heard.has(n))).toEqual([])
  },
)
