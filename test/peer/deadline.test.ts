import { type Context, errorCodes, memoryPair, Peer, type PeerOptions } from 'bothways'
import { expect, test } from 'vitest'
import { Clock } from '../support/clock.js'

async function pair(clock: Clock, options: PeerOptions = {}) {
  const [near, far] = memoryPair()
  const caller = new Peer(near, { hello: true, runtime: clock, ...options })
  const callee = new Peer(far, { runtime: clock, ...options })
  await caller.greeted
  return { caller, callee }
}

test('a handler knows how long its caller waits, and its own calls wait no longer', async () => {
  const clock = new Clock()
  const { caller, callee } = await pair(clock)
  const seen: unknown[] = []
  caller.handle('never', (_params, { timeLeft }: Context) => {
    seen.push(timeLeft)
    return new Promise(() => {})
  })
  callee.handle('work', async (_params, context: Context) => {
    seen.push(context.timeLeft)
    clock.advance(300)
    seen.push(context.timeLeft)
    const longer = context.remote.request('never', [], { timeout: 60_000 })
    const shorter = context.remote.request('never', [], { timeout: 100 })
    for (const call of [shorter, longer]) seen.push(await call.catch(({ message }) => message))
    return 'late'
  })
  const work = caller.request('work', [], { timeout: 1_000 })
  const ended = work.catch(({ code }) => code)
  while (seen.length < 4) await caller.request('nobody').catch(() => {})
  clock.advance(100)
  await caller.request('nobody').catch(() => {})
  clock.advance(600)
  expect(await ended).toBe(errorCodes.timeout)
  while (seen.length < 6) await caller.request('nobody').catch(() => {})
  expect(seen.slice(0, 5)).toEqual([
    1_000,
    700,
    700,
    100,
    '"never" timed out after 100 ms; the peer is connected',
  ])
})

test('a caller without timeout leaves its handler all the time', async () => {
  const { caller, callee } = await pair(new Clock())
  callee.handle('work', (_params, { timeLeft }: Context) => timeLeft === undefined)
  expect(await caller.request('work')).toBe(true)
  expect(await caller.request('work', [], { timeout: Number.POSITIVE_INFINITY })).toBe(true)
})

test('what is asked with no time left is not sent', async () => {
  const clock = new Clock()
  const { caller, callee } = await pair(clock)
  let asked = 0
  caller.handle('ask', () => asked++)
  let outcome: unknown
  callee.handle('work', async (_params, { remote, ...context }: Context) => {
    clock.advance(2_000)
    outcome = await remote.request('ask', [], { signal: undefined }).catch((reason) => reason)
    return context
  })
  await expect(caller.request('work', [], { timeout: 1_000 })).rejects.toMatchObject({
    code: errorCodes.timeout,
  })
  while (outcome === undefined) await caller.request('nobody').catch(() => {})
  expect(outcome).toMatchObject({
    code: errorCodes.timeout,
    delivery: 'unsent',
    message: '"ask" timed out after 0 ms; it was never sent',
  })
  expect(asked).toBe(0)
})

test.each([-1, '5', null, {}, Number.NaN])(
  'a time of %j that is none is ignored',
  async (timeoutMs) => {
    const [near, far] = memoryPair()
    const callee = new Peer(far)
    callee.handle('work', (_params, { timeLeft }: Context) => timeLeft ?? 'no deadline')
    const caller = new Peer(near, { hello: true })
    await caller.greeted
    const meta = { timeoutMs: Number.isNaN(timeoutMs) ? null : timeoutMs } as never
    expect(await caller.request('work', [], { meta })).toBe('no deadline')
  },
)

test('progress starts the timeout anew where it is asked to, and only then', async () => {
  const clock = new Clock()
  const { caller, callee } = await pair(clock)
  let tell = () => {}
  let finish = () => {}
  callee.handle('work', (_params, context: Context) => {
    tell = () => context.progress('still here')
    return new Promise<string>((resolve) => (finish = () => resolve('done')))
  })
  const step = async () => {
    clock.advance(800)
    tell()
    await caller.request('nobody').catch(() => {})
  }
  const patient = caller.request('work', [], { timeout: 1_000, progressExtends: true })
  await caller.request('nobody').catch(() => {})
  for (let n = 0; n < 5; n++) await step()
  finish()
  expect(await patient).toBe('done')
  const strict = caller.request('work', [], { timeout: 1_000 }).catch(({ code }) => code)
  await caller.request('nobody').catch(() => {})
  for (let n = 0; n < 2; n++) await step()
  expect(await strict).toBe(errorCodes.timeout)
})

test('no timer is left when calls with a timeout have ended', async () => {
  const clock = new Clock()
  const { caller, callee } = await pair(clock)
  callee.handle('echo', (params) => params)
  const before = clock.timers
  await caller.request('echo', [], { timeout: 5_000, progressExtends: true })
  expect(clock.timers).toBe(before)
})
