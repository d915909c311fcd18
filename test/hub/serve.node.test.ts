import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { errorCodes } from 'bothways'
import { join } from 'bothways/client'
import { Hub } from 'bothways/hub'
import { launchToken, type ServeOptions, serve } from 'bothways/hub/node'
import { expect, onTestFinished, test } from 'vitest'
import { openBare, sendBytes, upgradeRequest } from './bare.node.js'
import { fileHandlers, files, fileUser } from './support.js'

async function startServer(hub: Hub, options?: ServeOptions) {
  const server = await serve(hub, options)
  onTestFinished(() => server.close())
  return server
}

test('a hub is served on loopback, on a free port, unless told otherwise', async () => {
  const server = await startServer(new Hub())
  expect(server.url).toBe(`ws://127.0.0.1:${server.port}`)
  expect((await join(server.url)).peer.state).toBe('open')
  expect(server.connections).toBe(1)
})

test('what a hub takes in one message is what its server takes', async () => {
  const hub = new Hub({ limits: { message: 2_097_152 } })
  const { url } = await startServer(hub)
  const limits = { message: 2_097_152 }
  const extension = await join(url, { limits })
  await extension.provide(files, { ...fileHandlers, read: ({ path }) => String(path.length) })
  const caller = await join(url, { limits })
  const path = 'x'.repeat(1_500_000)
  expect(await caller.service(files, fileUser).read({ path })).toBe('1500000')
})

test('a hub that asks nobody who it is refuses to be served where other machines reach it', async () => {
  const refusal = { code: errorCodes.forbidden, hint: expect.stringContaining('authenticate') }
  await expect(serve(new Hub(), { host: '0.0.0.0' })).rejects.toMatchObject(refusal)
  const open = createServer().listen(0)
  onTestFinished(() => void open.close())
  await expect(serve(new Hub(), { server: open })).rejects.toMatchObject(refusal)
  const { token, authenticate } = launchToken()
  const server = await startServer(new Hub({ authenticate }), { host: '0.0.0.0' })
  expect((await join(server.url, { token })).peer.state).toBe('open')
})

test('a port that is taken is named, and the hub can be served on another', async () => {
  const { port } = await startServer(new Hub())
  const hub = new Hub()
  await expect(serve(hub, { port })).rejects.toMatchObject({
    code: errorCodes.unavailable,
    message: `127.0.0.1:${port} is in use`,
    hint: expect.stringContaining('choose another port'),
  })
  await hub.provide(files, fileHandlers)
  const member = await join((await startServer(hub)).url)
  expect(await member.service(files, fileUser).read({ path: 'a' })).toBe('text of a')
})

test('a server that was given keeps answering its own requests, also after the hub has closed', async () => {
  const own = createServer((_request, response) => response.end('own page'))
  onTestFinished(() => void own.close())
  const server = await serve(new Hub(), { server: own, path: '/hub' })
  expect(server.url).toBe(`ws://127.0.0.1:${server.port}/hub`)
  const page = async () => (await fetch(`http://127.0.0.1:${server.port}/hub`)).text()
  expect(await page()).toBe('own page')
  expect((await join(server.url)).peer.state).toBe('open')
  await server.close()
  expect(await page()).toBe('own page')
})

test('a server of its own answers plain requests with nothing but that it is for WebSockets', async () => {
  const { port } = await startServer(new Hub())
  const response = await fetch(`http://127.0.0.1:${port}/healthz`)
  expect(response.status).toBe(426)
  expect(await response.text()).toBe('this is a WebSocket server\n')
})

test('another path is 404', async () => {
  const { port } = await startServer(new Hub(), { path: '/hub' })
  const at = async (path: string) =>
    (await sendBytes(port, upgradeRequest({}, `GET ${path} HTTP/1.1`))).status
  expect([await at('/'), await at('/hub/'), await at('/hub')]).toEqual([404, 404, 101])
})

test('a server that has just been told where to listen listens there', async () => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  const own = createServer().listen(port, '127.0.0.1')
  onTestFinished(() => void own.close())
  expect(await startServer(new Hub(), { server: own })).toMatchObject({ port })
})

test('an open hub refuses a server that is on its way to an address that others reach', async () => {
  const own = createServer().listen(0, '0.0.0.0')
  onTestFinished(() => void own.close())
  await expect(serve(new Hub(), { server: own })).rejects.toMatchObject({
    code: errorCodes.forbidden,
  })
})

test('two hubs are served by one server, each at its path, and any other path is 404', async () => {
  const own = createServer()
  onTestFinished(() => void own.close())
  const one = await startServer(new Hub(), { server: own, path: '/one' })
  const two = await startServer(new Hub(), { server: own, path: '/two' })
  expect(two.port).toBe(one.port)
  const members = await Promise.all([join(one.url), join(two.url)])
  expect(members.map(({ peer }) => peer.state)).toEqual(['open', 'open'])
  expect([one.connections, two.connections]).toEqual([1, 1])
  const other = upgradeRequest({}, 'GET /three HTTP/1.1')
  expect((await sendBytes(one.port, other)).status).toBe(404)
  await one.close()
  expect((await join(two.url)).peer.state).toBe('open')
})

test('an application that takes WebSockets of its own keeps them', async () => {
  const own = createServer()
  onTestFinished(() => void own.close())
  own.on('upgrade', ({ url }, socket) => {
    if (url === '/own') socket.end('HTTP/1.1 418 Own\r\n\r\n')
  })
  const { port, url } = await startServer(new Hub(), { server: own, path: '/hub' })
  const theirs = upgradeRequest({}, 'GET /own HTTP/1.1')
  expect((await sendBytes(port, theirs)).status).toBe(418)
  expect((await join(url)).peer.state).toBe('open')
})

test('closing the server closes its members with 4001', async () => {
  const server = await serve(new Hub())
  const member = await join(server.url)
  await server.close()
  expect(await member.peer.closed).toMatchObject({ code: 4001, reason: 'the hub is closing' })
  await expect(member.provide(files, fileHandlers)).rejects.toMatchObject({
    code: errorCodes.closed,
    delivery: 'unsent',
  })
})

test('closing does not wait for a client that never answers the close', async () => {
  const server = await serve(new Hub())
  const { socket } = await openBare(server.url)
  socket.pause()
  await server.close()
  socket.terminate()
})

test('over the connections of a hub the upgrade is answered 503, and the next gets in when one has left', async () => {
  const server = await startServer(new Hub(), { connections: 1 })
  const member = await join(server.url)
  const { status, text } = await sendBytes(server.port, upgradeRequest())
  expect(status).toBe(503)
  expect(text).toMatch(/\r\nretry-after: \d+\r\n/i)
  await member.leave()
  expect((await sendBytes(server.port, upgradeRequest())).status).toBe(101)
})

test('over the connections of one address the upgrade is answered 429', async () => {
  const server = await startServer(new Hub(), { connectionsPerAddress: 1 })
  await join(server.url)
  expect((await sendBytes(server.port, upgradeRequest())).status).toBe(429)
})
