import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { errorCodes } from 'bothways'
import { listen } from 'bothways/node'
import { expect, onTestFinished, test } from 'vitest'
import {
  type Reception,
  type ServerOptions,
  serveWebSockets,
} from '../../src/transport/node/serve-web-sockets.js'
import { Clock } from '../support/clock.js'
import { Tcp } from '../support/tcp.node.js'

/** A server that is still finding out who its first client is, under a clock of its own. */
async function admitting(options: ServerOptions = {}) {
  const clock = new Clock()
  let settle = (_: unknown) => {}
  let asked = () => {}
  const isAsked = new Promise<void>((resolve) => (asked = resolve))
  const admit = () => {
    asked()
    return new Promise((resolve) => (settle = resolve))
  }
  const reception: Reception = { message: 1_000, runtime: clock, admit }
  let accepted = 0
  const service = await serveWebSockets(
    { port: 0, pingAfter: Number.POSITIVE_INFINITY, ...options },
    reception,
    () => accepted++,
  )
  onTestFinished(() => service.close())
  const tcp = new Tcp(service.port)
  onTestFinished(() => void tcp.socket.destroy())
  await once(tcp.socket, 'connect')
  tcp.socket.write(
    `GET / HTTP/1.1\r\nHost: 127.0.0.1:${service.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  )
  await isAsked
  return { clock, service, tcp, admitted: () => settle('somebody'), accepted: () => accepted }
}

test('a server that closes turns away whom it is still asking about, and does not wait to know', async () => {
  const { clock, service, tcp, admitted, accepted } = await admitting()
  await service.close()
  expect(await tcp.rest()).toMatch(/^HTTP\/1.1 503 .*the server is closing$/s)
  expect(clock.timers).toBe(0)
  admitted()
  await Promise.resolve()
  expect(accepted()).toBe(0)
})

test('a server that was given is left by whom it was still asking about', async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { service, tcp } = await admitting({ server })
  await service.close()
  expect(await tcp.rest()).toMatch(/^HTTP\/1.1 503 /)
  const ended = once(server, 'close')
  server.close()
  await ended
})

test('finding out who somebody is takes 5 s at most, whatever is sent meanwhile', async () => {
  const { clock, tcp, admitted, accepted } = await admitting()
  clock.advance(4_999)
  tcp.socket.write('are you there?')
  expect(clock.timers).toBe(1)
  clock.advance(1)
  expect(await tcp.rest()).toMatch(/^HTTP\/1.1 408 .*took too long$/s)
  admitted()
  await Promise.resolve()
  expect(accepted()).toBe(0)
})

test('whoever is let in in time has a socket, and no timer where it is never pinged', async () => {
  const { clock, tcp, admitted, accepted } = await admitting()
  clock.advance(4_999)
  admitted()
  expect(await tcp.head()).toMatch(/^HTTP\/1.1 101 /)
  expect(accepted()).toBe(1)
  expect(clock.timers).toBe(0)
})

test.each([-1, 70_000, 1.5, Number.NaN])(
  'the port %d cannot be listened on, and says so',
  async (port) => {
    await expect(listen({ port }, () => {})).rejects.toMatchObject({
      name: 'RpcError',
      code: errorCodes.unavailable,
      message: expect.stringMatching(`^cannot listen on 127.0.0.1:${port}: .*port.* < 65536`),
    })
  },
)

test('options that make no sense are refused before anything listens', async () => {
  const server = createServer()
  const attempts = [
    listen({ server, limits: { message: Number.NaN } }, () => {}),
    listen({ server, timeout: -1 }, () => {}),
  ]
  for (const attempt of attempts)
    await expect(attempt).rejects.toThrow(/^(limits.message is NaN|timeout is -1): it must be/)
  expect(server.address() as AddressInfo | null).toBeNull()
})
