import { memoryPair, Peer } from 'bothways'
import { messagePack } from 'bothways/msgpack'
import { expect, test } from 'vitest'
import { Clock } from '../support/clock.js'
import { respond } from '../support/responder.js'

/** A clock that stands still, and counts the timers that were ever set. */
class CountingClock extends Clock {
  set = 0

  override setTimer(...args: Parameters<Clock['setTimer']>) {
    this.set++
    return super.setTimer(...args)
  }
}

/** Two ends whose clocks stand still: what waits for a timer never comes. */
function standing(hello: boolean) {
  const [one, other] = memoryPair()
  const clock = new CountingClock()
  const options = { runtime: clock, codec: messagePack() }
  const near = new Peer(one, { hello, ...options })
  const far = new Peer(other, options)
  respond(far)
  return { near, far, clock }
}

async function* numbers() {
  for (let n = 0; n < 10_000; n++) yield n
}

test.each([true, false])('no message waits for a timer (hello: %s)', async (hello) => {
  const { near, far, clock } = standing(hello)
  if (hello) await near.greeted
  near.handle('double', ([value]) => 2 * value)
  near.notify('tell', ['alone'])
  expect(await near.request('told')).toBe(1)
  expect(await near.request('sumOf', [300])).toBe(89_700)
  const calls = Array.from({ length: 1_000 }, (_, index) => near.request('echo', [index]))
  expect(await Promise.all(calls)).toHaveLength(1_000)
  expect(await near.batch([{ method: 'echo', params: [1] }])).toMatchObject([{ value: [1] }])
  const seen: unknown[] = []
  const onProgress = (value: unknown) => seen.push(value)
  for await (const item of near.stream('stream', { to: 5_000 }, { onProgress })) seen.push(item)
  expect(seen).toHaveLength(5_001)
  let count = 0
  for await (const _ of near.stream('echoStream', {}, { input: numbers() })) count++
  expect(count).toBe(10_000)
  await near.flush()
  expect(clock.now()).toBe(0)
  await near.close()
  await far.closed
  expect(clock.timers).toBe(0)
})

test('a call sets no timer of its own, however many there are', async () => {
  const { near, far, clock } = standing(true)
  await near.greeted
  const before = clock.set
  for (let turn = 0; turn < 100; turn++)
    await Promise.all(Array.from({ length: 100 }, (_, n) => near.request('echo', [n])))
  // One end looks now and then whether the other is there, for all calls together.
  expect(clock.set - before).toBeLessThanOrEqual(1)
  await near.close()
  await far.closed
})
