import { once } from 'node:events'
import { connect } from 'node:net'
import { Hub } from 'bothways/hub'
import { launchToken, serve } from 'bothways/hub/node'
import { expect, onTestFinished, test } from 'vitest'
import { bearer, openBare, sendBytes, upgradeRequest } from './bare.node.js'
import { deferred } from './support.js'
import { vectors } from './vectors.node.js'

type Headers = Record<string, string | readonly string[]>

async function startServer() {
  const { token, authenticate } = launchToken()
  const hub = new Hub({ authenticate })
  const allowed = { allowOrigins: ['https://app.test'], allowHosts: ['hub.test'] }
  const server = await serve(hub, allowed)
  onTestFinished(() => server.close())
  return { server, token }
}

/** The bytes of a row: what it names is sent as it is, and nothing else. */
function bytesOf({ GET, POST, drip, rstAfter, extraHeaders, longHeader, ...headers }: Headers) {
  if (drip !== undefined || rstAfter !== undefined) return String(drip ?? rstAfter)
  const many = Array.from({ length: Number(extraHeaders ?? 0) }, (_, n) => [`X-${n}`, 'x'])
  const long = longHeader === undefined ? {} : { X: 'a'.repeat(Number(longHeader)) }
  const lines = Object.entries({ ...headers, ...Object.fromEntries(many), ...long }).flatMap(
    ([name, values]) => [values].flat().map((value) => `${name}: ${value}\r\n`),
  )
  const line = POST === undefined ? `GET ${GET}` : `POST ${POST}`
  return `${line} HTTP/1.1\r\n${lines.join('')}\r\n`
}

const answered = vectors.handshakes.filter(({ expect: { http } }) => http !== undefined)

test.each(answered.map((row) => [row.id, row.title, row] as const))(
  '%s: %s',
  { timeout: 20_000 },
  async (_id, _title, { input, expect: expected }) => {
    const { server } = await startServer()
    const { status, text } = await sendBytes(server.port, bytesOf(input.handshake as Headers))
    expect(status).toBe(expected.http)
    for (const secret of expected.mustNotContain ?? []) expect(text).not.toContain(secret)
    expect(text).not.toMatch(/sec-websocket-extensions/i)
  },
)

test('W-HS-12: a reset in the middle of a handshake harms nobody', async () => {
  const { server, token } = await startServer()
  const row = vectors.handshakes.find(({ id }) => id === 'W-HS-12')
  const socket = connect(server.port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(String(row?.input.handshake['rstAfter']))
  socket.resetAndDestroy()
  const { next, send } = await openBare(server.url, bearer(token))
  send({ jsonrpc: '2.0', id: 1, method: 'hub.watch' })
  expect(await next()).toMatchObject({ id: 1, result: {} })
})

test('a refusal says what to do, and repeats nothing that would steer a terminal', async () => {
  const { server } = await startServer()
  const origin = 'https://evil.example/\u001b[31m'
  const { status, text } = await sendBytes(server.port, upgradeRequest({ Origin: origin }))
  expect(status).toBeGreaterThanOrEqual(400)
  expect(text).not.toContain('\u001b')
  const plain = await sendBytes(server.port, upgradeRequest({ Origin: 'https://evil.example' }))
  expect(plain.text).toContain('add it to allowOrigins')
  expect((await sendBytes(server.port, upgradeRequest({ Host: 'evil.example' }))).text).toContain(
    'add it to allowHosts',
  )
})

test('a page of another port of this machine is a foreign page', async () => {
  const { server } = await startServer()
  const host = `127.0.0.1:${server.port}`
  const from = (origin: string) =>
    sendBytes(server.port, upgradeRequest({ Host: host, Origin: origin }))
  expect(await from('http://127.0.0.1:1')).toMatchObject({ status: 403 })
  expect(await from(`http://localhost:${server.port}`)).toMatchObject({ status: 403 })
  expect(await from(`http://${host}`)).toMatchObject({ status: 101 })
})

test('whoever is refused and never closes is closed', async () => {
  const { server } = await startServer()
  const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true })
  socket.write(upgradeRequest({ Host: 'evil.example' }))
  socket.resume()
  // Its own half stays open; only a reset, or nothing, can come after the answer.
  await once(socket, 'end')
  await server.close()
  socket.destroy()
})

test('half a request does not keep a hub from closing', async () => {
  const { server } = await startServer()
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n')
  const closed = deferred()
  socket.on('close', () => closed.resolve())
  await server.close()
  await closed.promise
})

test('a client that is let in while the hub closes is turned away', async () => {
  const { promise, resolve } = deferred<{ principal: string }>()
  const asked = deferred()
  const hub = new Hub({
    authenticate: () => {
      asked.resolve()
      return promise
    },
  })
  const server = await serve(hub)
  const answer = sendBytes(server.port, upgradeRequest())
  await asked.promise
  const closed = server.close()
  resolve({ principal: 'late' })
  expect(await answer).toMatchObject({ status: 503 })
  await closed
})
