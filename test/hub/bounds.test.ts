import { errorCodes, RpcError } from 'bothways'
import { Hub } from 'bothways/hub'
import { expect, test } from 'vitest'
import { Clock } from '../support/clock.js'
import { deferred, enter, enterWire, fileHandlers, files } from './support.js'

const nothing = { openrpc: '1.3.2', info: { title: 'x', version: '1' }, methods: [] }

/** A description of `bytes` bytes, or a little more. */
function description(bytes: number) {
  return { ...nothing, methods: [{ name: 'read', params: [], summary: 'ä'.repeat(bytes / 2) }] }
}

test('rpc.discover leaves out what one message has no room for, says so, and tells it by name', async () => {
  const hub = new Hub({ limits: { message: 65_536 } })
  const [extension, page] = [await enter(hub, 'ada'), await enter(hub, 'page')]
  for (const service of ['one', 'two', 'three']) {
    const offer = { service, version: '1.0.0', description: description(30_000) }
    await extension.peer.request('hub.provide', offer)
  }
  const { methods, 'x-omitted': omitted } = await page.discover()
  expect(methods.map(({ name }) => name)).toEqual(['one.read', 'two.read'])
  expect(omitted).toBe(1)
  const third = await page.discover('three')
  expect(third.methods.map(({ name }) => name)).toEqual(['three.read'])
  expect(third).not.toHaveProperty('x-omitted')
  expect((await page.discover('nobody')).methods).toEqual([])
})

test('who is there is told as far as one message goes, with how many more there are', async () => {
  const hub = new Hub({ limits: { message: 8_192 } })
  const page = await enter(hub, 'page')
  const seen: [number, number][] = []
  let wake = () => {}
  await page.watchMembers((members, omitted) => {
    seen.push([members.length, omitted])
    wake()
  })
  for (let n = 0; n < 100; n++) await enter(hub, `member ${n}`)
  while (seen.at(-1)?.[1] === 0) await new Promise<void>((resolve) => (wake = resolve))
  const [shown = 0, omitted = 0] = seen.at(-1) ?? []
  expect(shown).toBeGreaterThan(50)
  expect(shown + omitted).toBe(102)
})

test('a member waits for at most 256 services at once, and uses at most as many', async () => {
  const hub = new Hub()
  const page = await enter(hub, 'page')
  const giveUp = new AbortController()
  const waiting = Array.from({ length: 256 }, (_, n) =>
    page.waitFor(`s${n}`, { signal: giveUp.signal }).catch(() => 'gave up'),
  )
  await expect(page.waitFor('one-more')).rejects.toMatchObject({
    code: errorCodes.limitExceeded,
    message: 'a session waits for at most 256 services',
  })
  giveUp.abort()
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['gave up']))
  await page.peer.request('rpc.discover')
  const again = page.waitFor('files')
  await (await enter(hub, 'ada')).provide(files, fileHandlers)
  await again
})

test('using a service that is used already costs nothing of the limit', async () => {
  const told = deferred<unknown>()
  const hub = new Hub({ onDiagnostic: told.resolve })
  const page = await enter(hub, 'page')
  for (let n = 0; n < 256; n++) page.peer.notify('hub.use', { service: `s${n}` })
  page.peer.notify('hub.use', { service: 's0' })
  page.peer.notify('hub.use', { service: 'one-more' })
  expect(await told.promise).toMatchObject({
    method: 'hub.use',
    cause: { message: 'a session uses at most 256 services' },
  })
})

test('limits that make no sense are refused when the hub is made', () => {
  expect(() => new Hub({ limits: { message: Number.NaN } })).toThrow('limits.message is NaN')
})

test('waiting for a service names it when the time is up', async () => {
  const clock = new Clock()
  const hub = new Hub()
  const { member: page } = await enterWire(hub, 'page', 'page', { runtime: clock })
  const waiting = page.waitFor('wrkspace', { timeout: 5_000 })
  clock.advance(5_000)
  await expect(waiting).rejects.toMatchObject({
    code: errorCodes.timeout,
    message: 'nobody provided "wrkspace" within 5000 ms',
    hint: 'hub.discover() tells what is provided',
  })
})

test('the name of a service has at most 255 characters', async () => {
  const hub = new Hub()
  const page = await enter(hub, 'page')
  const name = Array(64).fill('abc').join('.')
  const provide = (service: string) =>
    page.peer.request('hub.provide', { service, version: '1.0.0', description: nothing })
  await provide(name)
  await expect(provide(`${name}d`)).rejects.toMatchObject({ code: errorCodes.invalidParams })
})

test('of addresses that log in wrongly, 10,000 are remembered', async () => {
  const hub = new Hub({
    authenticate: () => {
      throw new RpcError(errorCodes.unauthenticated, 'wrong')
    },
  })
  const login = (address: string) =>
    hub.identify({ headers: new Map(), path: '/', address }).catch(({ code }) => code)
  for (let n = 0; n < 10; n++) expect(await login('first')).toBe(errorCodes.unauthenticated)
  expect(await login('first')).toBe(errorCodes.rateLimited)
  for (let n = 0; n < 9_999; n++) await login(`address ${n}`)
  expect(await login('first')).toBe(errorCodes.rateLimited)
  await login('one more')
  expect(await login('first')).toBe(errorCodes.unauthenticated)
})
