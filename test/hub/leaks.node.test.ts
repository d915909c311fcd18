import { createServer } from 'node:http'
import { errorCodes, memoryPair } from 'bothways'
import { join } from 'bothways/client'
import { Hub } from 'bothways/hub'
import { serve } from 'bothways/hub/node'
import { expect, onTestFinished, test } from 'vitest'
import { Clock } from '../support/clock.js'
import { openBare } from './bare.node.js'
import { enter, enterWire, fileHandlers, files, fileUser, handshake, settled } from './support.js'

/** What a hub shows of all it keeps. */
async function shown(hub: Hub) {
  const witness = await enter(hub, 'witness')
  const { members } = await witness.peer.request<{ members: { name: string }[] }>('hub.watch')
  const { methods, components } = await witness.discover()
  const lost = await witness.peer.request('files.read', { path: 'a' }).catch(({ code }) => code)
  await witness.leave()
  return { names: members.map(({ name }) => name), methods, components, lost }
}

test('after members came, provided, called, waited and went, a hub is as it was at first', async () => {
  const clock = new Clock()
  const hub = new Hub({ runtime: clock })
  const atFirst = await shown(hub)
  expect(atFirst).toMatchObject({ names: ['hub', 'witness'], lost: errorCodes.unavailable })
  const timers = clock.timers
  for (let round = 0; round < 50; round++) {
    const [extension, page] = [await enterWire(hub, 'ada'), await enterWire(hub, 'bob')]
    await extension.member.provide(files, fileHandlers, { instance: `${round}` })
    const remote = page.member.service(files, fileUser)
    await page.member.watchMembers(() => {})
    expect(await remote.read({ path: 'a' })).toBe('text of a')
    const open = [remote.hang(), page.member.waitFor('never')].map((call) =>
      call.catch(({ code }) => code),
    )
    await settled(page.member)
    if (round % 2 === 0) extension.cut()
    else await extension.member.leave()
    if (round % 3 === 0) page.cut()
    else await page.member.leave()
    for (const code of await Promise.all(open))
      expect([errorCodes.closed, errorCodes.calleeLost]).toContain(code)
  }
  expect(await shown(hub)).toEqual(atFirst)
  expect(clock.timers).toBe(timers)
})

test('connections that end in the middle of anything are no longer counted', async () => {
  const hub = new Hub({ authenticate: () => undefined })
  const own = createServer()
  let gone: Promise<unknown>[] = []
  own.on('connection', (socket) => gone.push(new Promise((resolve) => socket.on('close', resolve))))
  const server = await serve(hub, { server: own, connectionsPerAddress: 8 })
  onTestFinished(async () => {
    await server.close()
    own.close()
  })
  for (let round = 0; round < 5; round++) {
    const clients = await Promise.all(Array.from({ length: 8 }, () => openBare(server.url)))
    expect(server.connections).toBe(8)
    await expect(openBare(server.url)).rejects.toThrow('429')
    for (const { socket } of clients) socket.terminate()
    await Promise.all(gone)
    gone = []
    expect(server.connections).toBe(0)
  }
})

test('a service is there again as soon as its provider is, however it went', async () => {
  const hub = new Hub()
  const server = await serve(hub)
  onTestFinished(() => server.close())
  const remote = hub.service(files, fileUser)
  for (let round = 0; round < 10; round++) {
    const extension = await join(server.url, { name: `${round}` })
    await extension.provide(files, { ...fileHandlers, read: () => `round ${round}` })
    expect(await remote.read({ path: 'a' })).toBe(`round ${round}`)
    if (round % 2 === 0) await extension.leave()
  }
})

test('a hub that was closed lets nobody in', async () => {
  const hub = new Hub()
  await hub.close()
  await expect(hub.provide(files, fileHandlers)).rejects.toMatchObject({ code: errorCodes.closed })
  const [near, far] = memoryPair()
  hub.accept(far, handshake, { principal: 'late' })
  const ended = new Promise((resolve) =>
    near.start({ frame: () => {}, writable: () => {}, activity: () => {}, closed: resolve }),
  )
  expect(await ended).toMatchObject({ code: 4001 })
})
