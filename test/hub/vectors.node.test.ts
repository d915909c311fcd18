import { type Diagnostic, errorCodes, RpcError } from 'bothways'
import { join } from 'bothways/client'
import { Hub } from 'bothways/hub'
import { launchToken, serve } from 'bothways/hub/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Clock } from '../support/clock.js'
import { openBare, sendBytes, upgradeRequest } from './bare.node.js'
import {
  deferred,
  enter,
  enterRaw,
  enterWire,
  fileHandlers,
  files,
  fileUser,
  hanging,
  settled,
} from './support.js'
import { vectors } from './vectors.node.js'

const hello = (params: object, id = 1) => ({
  jsonrpc: '2.0',
  id,
  method: 'rpc.hello',
  params: { protocol: 1, features: [], ...params },
})
const auth = (token: unknown) => hello({ auth: { token } })
const inputOf = (id: string) => vectors.scenarios.find((row) => row.id === id)?.input
const wordsOf = (id: string) => (inputOf(id) as { each: string[] }).each

async function startServer(secret?: string) {
  const { token, authenticate } = launchToken(secret)
  const clock = new Clock()
  const hub = new Hub({ authenticate, runtime: clock })
  const server = await serve(hub)
  onTestFinished(() => server.close())
  return { hub, server, token, clock }
}

/** What each scenario comes to. */
const proofs: Record<string, () => Promise<void>> = {
  'H-01': async () => {
    const hub = new Hub()
    const extension = await enter(hub, 'extension')
    const release = deferred()
    const seen: unknown[] = []
    await extension.provide(files, {
      ...fileHandlers,
      read: async ({ path }) => {
        if (seen.push(path) === 2) release.resolve()
        await release.promise
        return path
      },
    })
    const raws = ['a', 'b'].map((path) => {
      const raw = enterRaw(hub, path)
      raw.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'files.read', params: { path } }))
      return raw
    })
    expect(await raws[0]?.next()).toMatchObject({ id: 1, result: 'a' })
    expect(await raws[1]?.next()).toMatchObject({ id: 1, result: 'b' })
    expect(seen).toHaveLength(2)
  },

  'H-02': async () => {
    const told: Diagnostic[] = []
    const hub = new Hub({ onDiagnostic: (event) => told.push(event) })
    const [extension, page] = [await enter(hub, 'extension'), await enter(hub, 'page')]
    const answer = deferred<string>()
    await extension.provide(files, { ...fileHandlers, read: () => answer.promise })
    const call = page.peer.request('files.read', { path: 'a' })
    await settled(page)
    const evil = enterRaw(hub, 'eve')
    for (let id = 0; id < 100; id++)
      evil.send(JSON.stringify({ jsonrpc: '2.0', id, result: 'forged' }))
    await evil.fence()
    expect(told.filter(({ kind }) => kind === 'unknownResponse')).toHaveLength(100)
    answer.resolve('genuine')
    expect(await call).toBe('genuine')
  },

  'H-04': () => provesIdentity({ path: 'a', __meta: { user: 'admin' } }),
  'A-25': () => provesIdentity({ path: 'a', role: 'admin', user: 'root' }),

  'H-16': async () => {
    const hub = new Hub()
    const [extension, page] = [await enter(hub, 'extension'), await enter(hub, 'ada')]
    const meta = deferred<object>()
    extension.peer.handle('files.read', (_params, context) => meta.resolve(context.meta))
    await extension.peer.request('hub.provide', {
      service: 'files',
      version: '1.0.0',
      description: { methods: [] },
    })
    const claims = {
      replyTo: 'admin.topic',
      from: { session: 'x', principal: 'root' },
      roles: ['admin'],
    }
    await page.peer.request('files.read', undefined, { meta: claims })
    expect(await meta.promise).toEqual({
      from: { session: expect.any(String), principal: 'ada', name: 'ada' },
    })
  },

  'H-23': async () => {
    const told: Diagnostic[] = []
    const hub = new Hub({ onDiagnostic: (event) => told.push(event) })
    const [extension, page] = [await enter(hub, 'extension'), await enter(hub, 'page')]
    const answer = deferred<string>()
    await extension.provide(files, { ...fileHandlers, read: () => answer.promise })
    const giveUp = new AbortController()
    const call = page.peer.request('files.read', { path: 'a' }, { signal: giveUp.signal })
    await settled(page)
    giveUp.abort(new Error('timed out'))
    await expect(call).rejects.toThrow('timed out')
    answer.resolve('late')
    await settled(extension)
    await settled(page)
    expect(told).toEqual([])
    expect(await page.peer.request('files.read', { path: 'b' })).toBe('late')
  },

  'H-24': async () => {
    const hub = new Hub()
    const extension = await enter(hub, 'extension')
    const { member: page, cut } = await enterWire(hub, 'page')
    const { hang, called, stopped } = hanging()
    await extension.provide(files, { ...fileHandlers, hang })
    const call = page.service(files, fileUser).hang()
    await called
    cut()
    await expect(call).rejects.toMatchObject({ code: errorCodes.closed })
    expect(await stopped).toMatchObject({ code: errorCodes.cancelled })
    const { members } = await extension.peer.request<{ members: unknown[] }>('hub.watch')
    expect(members).toHaveLength(2)
  },

  'H-26': async () => {
    const hub = new Hub()
    const [extension, page] = [await enter(hub, 'extension'), await enter(hub, 'page')]
    await extension.provide(files, fileHandlers)
    const { methods } = await page.discover()
    expect(methods.filter(({ name }) => !name.startsWith('files.'))).toEqual([])
  },

  'H-32': async () => {
    const hub = new Hub()
    const extension = await enter(hub, 'extension')
    const methods = Array.from({ length: 10_000 }, (_, n) => ({ name: `m${n}` }))
    await expect(
      extension.peer.request('hub.provide', {
        service: 'big',
        version: '1.0.0',
        description: { methods },
      }),
    ).rejects.toMatchObject({ code: errorCodes.limitExceeded })
  },

  'H-RES-18': async () => {
    const hub = new Hub()
    const { member: extension, cut } = await enterWire(hub, 'extension')
    const page = await enter(hub, 'page')
    const handled = deferred()
    let runs = 0
    await extension.provide(files, {
      ...fileHandlers,
      read: () => {
        runs++
        handled.resolve()
        return new Promise<string>(() => {})
      },
    })
    const call = page.peer.request('files.read', { path: 'a' })
    void handled.promise.then(cut)
    await expect(call).rejects.toMatchObject({ code: errorCodes.calleeLost, delivery: 'unknown' })
    await (await enter(hub, 'extension')).provide(files, {
      ...fileHandlers,
      read: () => `${++runs}`,
    })
    await settled(page)
    expect(runs).toBe(1)
  },

  'A-02': async () => {
    const { server } = await startServer()
    const { send, next, closed } = await openBare(server.url)
    send(inputOf('A-02'))
    expect(await next()).toMatchObject({ id: 1, error: { code: errorCodes.unauthenticated } })
    expect(await closed).toMatchObject({ code: 4500 })
  },

  'A-04': async () => {
    const wrap = (inputOf('A-04') as { wrap: string }).wrap
    for (const params of wordsOf('A-04')) {
      const { server } = await startServer()
      const plain = await openBare(server.url)
      const asAuth = await openBare(server.url)
      plain.send(wrap.replace(/\$\{x\}/, () => params))
      asAuth.send(hello({ auth: JSON.parse(params) }))
      const codes = [errorCodes.invalidParams, errorCodes.unauthenticated]
      for (const { next, closed } of [plain, asAuth]) {
        const { error } = (await next()) as { error: { code: number } }
        expect(codes).toContain(error.code)
        expect(await closed).toMatchObject({ code: 4500 })
      }
    }
  },

  'A-13': async () => {
    const names = new Map([
      ['1', 'alice'],
      ['2', 'bob'],
    ])
    const authenticate = ({ auth: shown }: { auth?: unknown }) =>
      shown === undefined ? undefined : { principal: names.get(String(shown)) ?? '' }
    const server = await serve(new Hub({ authenticate }))
    onTestFinished(() => server.close())
    const { send, next } = await openBare(server.url)
    send(hello({ auth: '1' }))
    expect(await next()).toMatchObject({ id: 1, result: { auth: { principal: 'alice' } } })
    send(hello({ auth: '2' }, 2))
    expect(await next()).toMatchObject({ id: 2, error: { code: errorCodes.invalidRequest } })
    send({ jsonrpc: '2.0', id: 3, method: 'hub.watch' })
    expect(await next()).toMatchObject({
      result: { members: [{ principal: 'hub' }, { principal: 'alice' }] },
    })
  },

  'A-14': async () => {
    const { server } = await startServer('admin')
    const { send, next, closed } = await openBare(server.url)
    send(inputOf('A-14'))
    const answers = await next()
    expect(answers).toHaveLength(2)
    expect(answers).toContainEqual(expect.objectContaining({ id: 1 }))
    expect(answers).toContainEqual({
      jsonrpc: '2.0',
      id: 2,
      error: expect.objectContaining({ code: errorCodes.unauthenticated }),
    })
    expect(await closed).toMatchObject({ code: 4500 })
  },

  'A-16': async () => {
    const words = wordsOf('A-16')
      .filter((word) => word !== '<1 MiB>')
      .map((word) => JSON.parse(`"${word}"`))
    for (const word of words) {
      const { server } = await startServer('correct-horse')
      const { send, next, closed } = await openBare(server.url)
      send(auth(word))
      expect(await next()).toMatchObject({ error: { code: errorCodes.unauthenticated } })
      expect(await closed).toMatchObject({ code: 4500 })
    }
    const { server } = await startServer('correct-horse')
    const { send, closed } = await openBare(server.url)
    send(auth('x'.repeat(1_000_000)))
    expect(await closed).toMatchObject({ code: 1009 })
    expect((await join(server.url, { token: 'correct-horse' })).peer.state).toBe('open')
  },

  'A-18': async () => {
    const { server, token, clock } = await startServer()
    const attempt = async (word: string) => {
      const { send, closed } = await openBare(server.url)
      send(auth(word))
      return (await closed).code
    }
    for (let n = 1; n <= 10; n++) expect(await attempt('wrong')).toBe(4500)
    expect(await attempt('wrong')).toBe(4504)
    expect(await attempt(token)).toBe(4504)
    const headers = { authorization: `Bearer ${token}` }
    expect((await sendBytes(server.port, upgradeRequest(headers))).status).toBe(429)
    clock.advance(60_000)
    expect((await join(server.url, { token })).peer.state).toBe('open')
  },

  'A-22': async () => {
    const { canary } = inputOf('A-22') as { canary: string }
    const { server } = await startServer(canary)
    const failures = [{ token: `${canary}x` }, { headers: { authorization: `Bearer ${canary}x` } }]
    for (const options of failures) {
      const reason = await join(server.url, options).catch((error) => error)
      expect(reason).toBeInstanceOf(RpcError)
      expect(`${reason.stack} ${JSON.stringify(reason)}`).not.toContain(canary)
    }
  },

  'A-23': async () => {
    const { server } = await startServer()
    const { handshake } = inputOf('A-23') as { handshake: Record<string, string> }
    expect((await sendBytes(server.port, upgradeRequest(handshake))).status).toBe(403)
  },

  'A-24': async () => {
    const { url } = inputOf('A-24') as { url: string }
    const refused = { code: errorCodes.forbidden, hint: 'use wss:' }
    let fetched = 0
    const token = () => `${++fetched}`
    await expect(join(url, { token })).rejects.toMatchObject(refused)
    const headers = { Authorization: 'Bearer x' }
    await expect(join(url, { headers })).rejects.toMatchObject(refused)
    await expect(join('ws://127.0.0.1.evil.example', { token })).rejects.toMatchObject(refused)
    expect(fetched).toBe(0)
    const only = (asked: string) => {
      throw new Error(`no token for ${new URL(asked).host}`)
    }
    await expect(join('wss://evil.example', { token: only })).rejects.toThrow(
      'no token for evil.example',
    )
  },

  'A-26': async () => {
    const { server } = await startServer()
    const response = await fetch(`http://127.0.0.1:${server.port}/healthz`)
    expect([response.status, await response.text()]).toEqual([426, 'this is a WebSocket server\n'])
  },
}

/** Proves that what a caller says of itself in `params` changes nothing of who it is. */
async function provesIdentity(params: object): Promise<void> {
  const hub = new Hub()
  const [extension, page] = [await enter(hub, 'extension'), await enter(hub, 'ada')]
  extension.peer.handle('any.whoami', (_params, { meta }) => meta.from?.principal)
  await extension.peer.request('hub.provide', {
    service: 'any',
    version: '1.0.0',
    description: { methods: [] },
  })
  expect(await page.peer.request('any.whoami', params)).toBe('ada')
}

describe('vectors', () => {
  test.each(vectors.scenarios.map(({ id, title }) => [id, title] as const))('%s: %s', (id) =>
    proofs[id]?.(),
  )

  test('every case of the hub and of logins is run, or is listed with the reason', () => {
    const run = vectors.scenarios.map(({ id }) => id)
    const later = Object.values(vectors.later).flat()
    expect(Object.keys(proofs).sort()).toEqual([...run].sort())
    expect(run.filter((id) => later.includes(id))).toEqual([])
    expect(new Set([...run, ...later]).size).toBe(84)
    expect(vectors.handshakes).toHaveLength(26)
  })
})
