import { getEventListeners } from 'node:events'
import { memoryPair, Peer } from 'bothways'
import { expect, test } from 'vitest'
import { Clock } from '../support/clock.js'

test('calls that were answered, aborted, timed out and closed upon leave no listener and no timer', async () => {
  const clock = new Clock()
  const [one, other] = memoryPair()
  const near = new Peer(one, { runtime: clock, limits: { outbound: 4 } })
  const far = new Peer(other)
  far.handle('echo', (params) => params)
  far.handle(
    'never',
    (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', reject)),
  )
  const shared = new AbortController()
  for (let round = 0; round < 100; round++) {
    const own = new AbortController()
    const outcomes = Promise.allSettled([
      near.request('echo', [round], { signal: shared.signal, timeout: 1_000 }),
      near.request('never', [], { signal: own.signal, timeout: 1_000 }),
      near.request('never', [], { signal: shared.signal, timeout: 10 }),
    ])
    expect(getEventListeners(shared.signal, 'abort')).toHaveLength(1)
    own.abort()
    clock.advance(10)
    expect((await outcomes).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
    ])
    expect(getEventListeners(own.signal, 'abort')).toEqual([])
    expect(getEventListeners(shared.signal, 'abort')).toEqual([])
  }
  const last = Promise.allSettled([
    near.request('never', [], { signal: shared.signal, timeout: 10 }),
  ])
  await near.close()
  expect((await last).map(({ status }) => status)).toEqual(['rejected'])
  expect(getEventListeners(shared.signal, 'abort')).toEqual([])
  expect(clock.timers).toBe(0)
})
