import { inspect } from 'node:util'
import { type Diagnostic, errorCodes, memoryPair, RpcError } from 'bothways'
import { join } from 'bothways/client'
import { Hub, type HubOptions } from 'bothways/hub'
import { launchToken, type ServeOptions, serve } from 'bothways/hub/node'
import { expect, onTestFinished, test } from 'vitest'
import { Clock } from '../support/clock.js'
import { Raw } from '../support/raw.js'
import { bearer, openBare, sendBytes, upgradeRequest } from './bare.node.js'
import { deferred, enter, fileHandlers, files, fileUser, handshake, settled } from './support.js'

async function startServer(hubOptions: HubOptions = {}, options?: ServeOptions) {
  const { token, authenticate } = launchToken()
  const hub = new Hub({ authenticate, ...hubOptions })
  const server = await serve(hub, options)
  onTestFinished(() => server.close())
  await hub.provide(files, fileHandlers)
  return { hub, server, token }
}

const hello = (token: unknown) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'rpc.hello',
  params: { protocol: 1, features: [], auth: { token } },
})
const read = { jsonrpc: '2.0', id: 'r', method: 'files.read', params: { path: 'a' } }

test('a client with a token in its headers speaks plain JSON-RPC, and needs no hello', async () => {
  const { server, token } = await startServer()
  const { send, next } = await openBare(server.url, bearer(token))
  send(read)
  expect(await next()).toEqual({ jsonrpc: '2.0', id: 'r', result: 'text of a' })
  send([
    { ...read, id: 1 },
    { ...read, id: 2, method: 'files.none' },
    { ...read, id: undefined },
  ])
  expect(await next()).toEqual([
    { jsonrpc: '2.0', id: 1, result: 'text of a' },
    { jsonrpc: '2.0', id: 2, error: expect.objectContaining({ code: errorCodes.methodNotFound }) },
  ])
})

test('a client with a token in its headers notifies', async () => {
  const lines = deferred<unknown>()
  const { token, authenticate } = launchToken()
  const hub = new Hub({ authenticate })
  const server = await serve(hub)
  onTestFinished(() => server.close())
  await hub.provide(files, { ...fileHandlers, log: ({ line }) => lines.resolve(line) })
  const { send } = await openBare(server.url, bearer(token))
  send({ jsonrpc: '2.0', method: 'files.log', params: { line: 'hello' } })
  expect(await lines.promise).toBe('hello')
})

test('a client that shows a wrong token at the upgrade is answered 401', async () => {
  const { server } = await startServer()
  const { status, text } = await sendBytes(server.port, upgradeRequest(bearer('wrong')))
  expect(status).toBe(401)
  expect(text).toMatch(/www-authenticate: Bearer/i)
})

test('a client that says nothing is closed with 4502 after 5 s, and one that is known is not', async () => {
  const clock = new Clock()
  const { server, token } = await startServer({ runtime: clock })
  const [known, silent] = [await openBare(server.url, bearer(token)), await openBare(server.url)]
  clock.advance(5_000)
  expect(await silent.closed).toMatchObject({ code: 4502 })
  known.send(read)
  expect(await known.next()).toMatchObject({ result: 'text of a' })
})

test('the first message of somebody unknown is rpc.hello with the right token, or the last', async () => {
  const { server } = await startServer()
  const firsts = [
    hello('wrong'),
    hello(undefined),
    read,
    { jsonrpc: '2.0', method: 'files.log', params: { line: 'x' } },
    { jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 1 } },
    { jsonrpc: '2.0', id: 1, result: 'an answer to nothing' },
    { jsonrpc: '2.0', id: 1, method: 'rpc.discover' },
    [hello('wrong')],
    'no JSON at all',
  ]
  for (const first of firsts) {
    const { send, closed } = await openBare(server.url)
    send(first)
    expect([first, await closed]).toEqual([first, { code: 4500, reason: expect.any(String) }])
  }
})

test('somebody who is still being looked up has no second message', async () => {
  const lookup = deferred<{ principal: string }>()
  const asked = deferred()
  const authenticate = ({ auth }: { auth?: unknown }) => {
    if (auth === undefined) return undefined
    asked.resolve()
    return lookup.promise
  }
  const { server } = await startServer({ authenticate })
  const { send, closed, next } = await openBare(server.url)
  send(hello('slow'))
  await asked.promise
  send(read)
  expect(await next()).toMatchObject({ id: 'r', error: { code: errorCodes.unauthenticated } })
  expect(await closed).toMatchObject({ code: 4500 })
  lookup.resolve({ principal: 'late' })
})

test('before login a message is at most 16 KiB, counted in bytes', async () => {
  const { server, token } = await startServer()
  for (const padding of ['x'.repeat(16_384), '\u20ac'.repeat(6_000)]) {
    const { send, closed } = await openBare(server.url)
    send({ ...hello(token), padding })
    expect(await closed).toMatchObject({ code: 1009 })
  }
  const { send, next } = await openBare(server.url)
  send({ ...hello(token), padding: 'x'.repeat(15_000) })
  expect(await next()).toMatchObject({ id: 1, result: { auth: { principal: 'local' } } })
})

test('of those without login, 256 may be connected at once', async () => {
  const hub = new Hub({ authenticate: launchToken().authenticate })
  const visit = () => {
    const [near, far] = memoryPair()
    hub.accept(far, handshake)
    return new Raw(near)
  }
  const visitors = Array.from({ length: 256 }, visit)
  expect(await visit().closed).toMatchObject({ code: 4504 })
  visitors[0]?.close()
  await settled(await enter(hub, 'ada'))
  const next = visit()
  next.send(JSON.stringify(hello('wrong')))
  expect(await next.closed).toMatchObject({ code: 4500 })
  await hub.close()
})

test('nobody logs in as the hub itself', async () => {
  const { server } = await startServer({ authenticate: () => ({ principal: 'hub' }) })
  expect((await sendBytes(server.port, upgradeRequest())).status).toBe(403)
})

test('what a check of the application throws is told to onDiagnostic, and not to somebody unknown', async () => {
  const told: Diagnostic[] = []
  const thrown = new Error('no row for user 42 in table staff')
  const authenticate = ({ auth }: { auth?: unknown }) => {
    if (auth === undefined) return undefined
    throw thrown
  }
  const { server } = await startServer({ authenticate, onDiagnostic: (event) => told.push(event) })
  await expect(join(server.url, { token: 'x' })).rejects.toMatchObject({
    code: errorCodes.unauthenticated,
    message: 'the hub does not know you',
  })
  expect(told).toContainEqual(expect.objectContaining({ kind: 'handlerFailed', cause: thrown }))
})

test('an RpcError of the check is what the client is told', async () => {
  const authenticate = ({ auth }: { auth?: unknown }) => {
    if (auth === undefined) return undefined
    throw new RpcError(errorCodes.unauthenticated, 'your trial has ended')
  }
  const { server } = await startServer({ authenticate })
  await expect(join(server.url, { token: 'x' })).rejects.toThrow('your trial has ended')
})

test('a launch token is 128 random bits, and never empty', () => {
  const [one, other] = [launchToken().token, launchToken().token]
  expect(Buffer.from(one, 'base64url')).toHaveLength(16)
  expect(one).not.toBe(other)
  expect(() => launchToken('')).toThrow('keeps nobody out')
})

test('a token shows in no error, close reason, diagnostic or answer', async () => {
  const right = 'right-CANARY-of-the-hub'
  const wrong = 'wrong-CANARY-of-a-guess'
  const seen: unknown[] = []
  const onDiagnostic = (event: Diagnostic) => seen.push(event)
  const { authenticate } = launchToken(right)
  const { server } = await startServer({ authenticate, onDiagnostic })
  const answers = [
    upgradeRequest(bearer(wrong)),
    upgradeRequest({ ...bearer(right), Origin: 'https://evil.example' }),
    upgradeRequest({ Cookie: `token=${wrong}` }),
    upgradeRequest({}, `GET /?token=${wrong} HTTP/1.1`),
    upgradeRequest({}, `GET /${wrong} HTTP/1.1`),
  ].map((text) => sendBytes(server.port, text))
  seen.push(...(await Promise.all(answers)))
  for (const first of [hello(wrong), { ...read, params: { path: wrong } }, `{"token":"${wrong}"`]) {
    const { send, next, closed } = await openBare(server.url)
    send(first)
    seen.push(await next(), await closed)
  }
  seen.push(await join(server.url, { token: wrong }).catch((reason) => reason))
  seen.push(await join('ws://hub.example', { token: right }).catch((reason) => reason))
  const member = await join(server.url, { token: right })
  seen.push(await member.discover(), await member.service(files, fileUser).read({ path: 'a' }))
  seen.push(
    await member.peer.request('hub.watch'),
    await member.peer.request('nobody.x').catch((reason) => reason),
  )
  const lines = inspect(seen, { depth: 20, showHidden: true }).split('\n')
  expect(lines.filter((line) => line.includes('CANARY'))).toEqual([])
})
