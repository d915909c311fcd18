import { errorCodes, memoryPair, Peer } from 'bothways'
import { expect, test } from 'vitest'
import { Clock } from '../support/clock.js'
import { Raw } from '../support/raw.js'
import { Fixtures } from '../vectors/fixtures.js'

// The vectors that are about numbers: over memory alone, for what they count does not depend on the transport.

test('J-FLOW-02: 100,000 cancellations of what was never asked are nothing', async () => {
  const { raw } = start()
  for (let id = 1; id <= 100_000; id++) raw.send(cancellation(id))
  expect(await raw.fence()).toEqual([])
})

test('J-FLOW-04: 100,000 calls that are cancelled at once are each answered once', async () => {
  const { raw } = start()
  for (let first = 0; first < 100_000; first += 1_000) {
    const ids = Array.from({ length: 1_000 }, (_, index) => first + index)
    for (const id of ids) {
      raw.send(`{"jsonrpc":"2.0","id":${id},"method":"abortable"}`)
      raw.send(cancellation(id))
    }
    const answers = (await raw.fence()) as { id: number; error: { code: number } }[]
    expect(answers.map(({ id }) => id)).toEqual(ids)
    expect(answers.every(({ error }) => error.code === errorCodes.cancelled)).toBe(true)
  }
}, 60_000)

test('J-FLOW-08: 200,000 calls that share a signal share one listener', async () => {
  const { raw, peer } = start()
  const { signal } = new AbortController()
  const listeners = countListeners(signal)
  for (let first = 1; first <= 200_000; first += 100) {
    const waiting = Array.from({ length: 100 }, () => peer.request('echo', [], { signal }))
    for (let id = first; id < first + 100; id++) {
      await raw.nextText()
      raw.send(`{"jsonrpc":"2.0","id":${id},"result":1}`)
    }
    await Promise.all(waiting)
  }
  expect(listeners).toEqual({ most: 1, now: 0 })
}, 60_000)

function start() {
  const [near, far] = memoryPair()
  const peer = new Peer(far)
  new Fixtures(new Clock()).serve(peer)
  return { peer, raw: new Raw(near) }
}

function cancellation(id: number): string {
  return `{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":${id}}}`
}

/** Counts the listeners of `signal` from here on. */
function countListeners(signal: AbortSignal): { most: number; now: number } {
  const count = { most: 0, now: 0 }
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...listener: Parameters<typeof add>) => {
    count.most = Math.max(count.most, ++count.now)
    add(...listener)
  }
  signal.removeEventListener = (...listener: Parameters<typeof remove>) => {
    count.now--
    remove(...listener)
  }
  return count
}
