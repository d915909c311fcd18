import { errorCodes, Peer } from 'bothways'
import { Membership } from 'bothways/client'
import { contract, request } from 'bothways/contract'
import { Hub } from 'bothways/hub'
import { expect, test } from 'vitest'
import { Clock } from '../support/clock.js'
import { gate } from './gate.js'
import {
  deferred,
  enter,
  enterRaw,
  fileHandlers,
  files,
  fileUser,
  hanging,
  settled,
} from './support.js'

const description = { methods: [] }
const offer = (service: string, more: object = {}) => ({
  service,
  version: '1.0.0',
  description,
  ...more,
})

test('names that mean something to JavaScript are services and methods like any other', async () => {
  const hub = new Hub()
  const [extension, page] = [await enter(hub, 'ada'), await enter(hub, 'eve')]
  for (const name of ['__proto__', 'constructor', 'toString']) {
    await expect(page.peer.request(`${name}.${name}`)).rejects.toMatchObject({
      code: errorCodes.unavailable,
    })
    const service = contract(name, '1.0.0', { service: { read: request() } })
    await extension.provide(service, { read: () => name })
    expect(await page.peer.request(`${name}.read`)).toBe(name)
    await expect(page.peer.request(`${name}.constructor`)).rejects.toMatchObject({
      code: errorCodes.methodNotFound,
    })
  }
  const { methods } = await page.discover()
  expect(methods.map(({ name }) => name)).toEqual([
    '__proto__.read',
    'constructor.read',
    'toString.read',
  ])
})

test('nothing can be provided under the names of the hub and the protocol, or under no name', async () => {
  const hub = new Hub()
  const page = await enter(hub, 'eve')
  for (const name of [
    'hub',
    'hub.more',
    'rpc',
    'rpc.x',
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    'a b',
    '$',
    'ü',
  ]) {
    await expect(page.peer.request('hub.provide', offer(name))).rejects.toMatchObject({
      code: errorCodes.invalidParams,
    })
  }
})

test('what the hub itself tells its members is told by nobody else', async () => {
  const hub = new Hub()
  const [evil, page] = [await enter(hub, 'eve'), await enter(hub, 'ada')]
  const forged: unknown[] = []
  page.peer.on('hub.members', (params) => forged.push(params))
  page.peer.handle('hub.confirm', () => forged.push('asked'))
  const refused = deferred<unknown>()
  await evil.provide(files, {
    ...fileHandlers,
    write: async (_params, { remote }) => {
      remote.notify('hub.members', { members: [] })
      await remote.request('hub.confirm').catch(refused.resolve)
      return true
    },
  })
  await page.service(files, fileUser).write({ path: 'a' })
  expect(await refused.promise).toMatchObject({
    code: errorCodes.methodNotFound,
    message: '"hub.confirm" is no method of the hub',
  })
  await settled(page)
  expect(forged).toEqual([])
})

test("no name within another principal's, nor around it, is provided", async () => {
  const hub = new Hub()
  const [ada, eve] = [await enter(hub, 'ada'), await enter(hub, 'eve')]
  await ada.peer.request('hub.provide', offer('vault.keys'))
  for (const name of ['vault', 'vault.keys.old']) {
    await expect(eve.peer.request('hub.provide', offer(name))).rejects.toMatchObject({
      code: errorCodes.forbidden,
      message: `"${name}" overlaps "vault.keys", which another principal provides`,
    })
    await ada.peer.request('hub.provide', offer(name))
  }
  await eve.peer.request('hub.provide', offer('vaults'))
})

test('no provider calls back in the name of a service that has gone, or is not there yet', async () => {
  const hub = new Hub()
  const [page, eve] = [await enter(hub, 'ada'), await enter(hub, 'eve')]
  page.service(files, fileUser)
  await settled(page)
  const refused = deferred<unknown>()
  eve.peer.handle('evil.run', (_params, { remote }) => {
    void remote.request('files.confirm', { question: 'sure?' }).catch(refused.resolve)
    return refused.promise.then(() => true)
  })
  await eve.peer.request('hub.provide', offer('evil'))
  expect(await page.peer.request('evil.run')).toBe(true)
  expect(await refused.promise).toMatchObject({
    code: errorCodes.forbidden,
    message: '"files.confirm" was not sent: "files" is another member\'s to provide',
  })
})

test('a provider that is replaced while it answers still calls its caller back', async () => {
  const hub = new Hub()
  const [first, second] = [await enter(hub, 'ada', 'first'), await enter(hub, 'ada', 'second')]
  const page = await enter(hub, 'page')
  const [called, replaced] = [deferred(), deferred()]
  await first.provide(files, {
    ...fileHandlers,
    write: async (_params, { caller }) => {
      called.resolve()
      await replaced.promise
      return caller.confirm({ question: 'sure?' })
    },
  })
  const written = page.service(files, fileUser).write({ path: 'a' })
  await called.promise
  await second.provide(files, fileHandlers)
  replaced.resolve()
  expect(await written).toBe(true)
})

test('nobody withdraws what another provides', async () => {
  const hub = new Hub()
  const [ada, eve] = [await enter(hub, 'ada'), await enter(hub, 'eve')]
  const { registration } = await ada.peer.request<{ registration: string }>(
    'hub.provide',
    offer('mine'),
  )
  ada.peer.handle('mine.read', () => 'still here')
  eve.peer.notify('hub.withdraw', { registration })
  await settled(eve)
  expect(await eve.peer.request('mine.read')).toBe('still here')
})

test('nobody is called by a session that is not answering it', async () => {
  const hub = new Hub()
  const [ada, eve] = [await enter(hub, 'ada'), await enter(hub, 'eve')]
  const calls: unknown[] = []
  ada.peer.handle('secret', () => calls.push('asked'))
  ada.peer.on('told', () => calls.push('told'))
  const { members } = await eve.peer.request<{ members: { session: string; name: string }[] }>(
    'hub.watch',
  )
  const to = members.find(({ name }) => name === 'ada')?.session ?? ''
  await expect(eve.peer.request('secret', undefined, { meta: { to } })).rejects.toMatchObject({
    code: errorCodes.forbidden,
  })
  eve.peer.notify('told', undefined, { meta: { to } })
  for (const odd of ['7', 'null', '{}', JSON.stringify([to]), '{"toString":1}', '"__proto__"']) {
    const meta = { to: JSON.parse(odd) }
    await expect(eve.peer.request('secret', undefined, { meta })).rejects.toMatchObject({
      code: odd === '"__proto__"' ? errorCodes.calleeLost : errorCodes.invalidRequest,
    })
  }
  await settled(ada)
  expect(calls).toEqual([])
})

test("a provider calls back in no other provider's name", async () => {
  const hub = new Hub()
  const [extension, evil, page] = [
    await enter(hub, 'ada'),
    await enter(hub, 'ada'),
    await enter(hub, 'page'),
  ]
  await extension.provide(files, fileHandlers)
  let asked = 0
  page.service(files, { ...fileUser, confirm: () => ++asked > 0 })
  page.peer.handle('plain', () => 'answered')
  const tricks = contract('tricks', '1.0.0', { service: { play: request() } })
  await evil.provide(tricks, {
    play: async (_params, { remote }) => [
      await remote.request('files.confirm', { question: 'Sure?' }).catch(({ code }) => code),
      await remote.request('plain'),
    ],
  })
  expect(await page.service(tricks).play()).toEqual([errorCodes.forbidden, 'answered'])
  expect(asked).toBe(0)
})

test('a name is said once, is only a name, and steers no terminal', async () => {
  const hub = new Hub()
  const raw = enterRaw(hub, 'eve')
  const hello = (name: unknown) =>
    raw.send(
      JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'rpc.hello',
        params: { protocol: 1, features: [], name },
      }),
    )
  hello(`\u001b[2Jhub\u0000${'x'.repeat(100)}`)
  expect(await raw.next()).toMatchObject({ result: { auth: { principal: 'eve' } } })
  hello('ada')
  expect(await raw.next()).toMatchObject({ error: { code: errorCodes.invalidRequest } })
  raw.send('{"jsonrpc":"2.0","id":2,"method":"hub.watch"}')
  expect(await raw.next()).toMatchObject({
    result: {
      members: [
        { principal: 'hub' },
        { principal: 'eve', name: `[2Jhub${'x'.repeat(58)}`, services: [] },
      ],
    },
  })
})

test('what one member provides is bounded in services, methods and words', async () => {
  const hub = new Hub()
  const page = await enter(hub, 'eve')
  const provide = (more: object) => page.peer.request('hub.provide', offer('big', more))
  const limited = { code: errorCodes.limitExceeded }
  const methods = (count: number) => Array.from({ length: count }, (_, n) => ({ name: `m${n}` }))
  await expect(provide({ description: { methods: methods(1_001) } })).rejects.toMatchObject(limited)
  await expect(
    provide({ description: { methods: [], info: 'x'.repeat(300_000) } }),
  ).rejects.toMatchObject(limited)
  await expect(provide({ instance: 'x'.repeat(1_000) })).rejects.toMatchObject({
    code: errorCodes.invalidParams,
  })
  await provide({ description: { methods: methods(1_000) } })
  const more = offer('more', { description: { methods: methods(1) } })
  await expect(page.peer.request('hub.provide', more)).rejects.toMatchObject(limited)
  await provide({ description: { methods: [] } })
  for (let n = 1; n < 256; n++) await page.peer.request('hub.provide', offer(`s${n}`))
  await expect(page.peer.request('hub.provide', offer('one-more'))).rejects.toMatchObject(limited)
})

test('what a member waits for and uses is kept under names of services only', async () => {
  const told = deferred<unknown>()
  const hub = new Hub({ onDiagnostic: told.resolve })
  const page = await enter(hub, 'eve')
  const service = 'x'.repeat(100_000)
  const refused = {
    code: errorCodes.invalidParams,
    message: expect.stringMatching(/^"x{64}" cannot name a service$/),
  }
  await expect(page.waitFor(service)).rejects.toMatchObject(refused)
  page.peer.notify('hub.use', { service })
  expect(await told.promise).toMatchObject({ method: 'hub.use', cause: refused })
})

test('no method of the hub takes params of another shape', async () => {
  const hub = new Hub()
  const raw = enterRaw(hub, 'eve')
  const hostile = [
    [],
    ['service'],
    {},
    { service: 1 },
    { service: { toString: 1 } },
    { service: ['files'] },
    JSON.parse('{"__proto__":{"service":"files"}}'),
    { service: 'files', version: '1', description: { methods: [{ name: { toString: 1 } }] } },
    { service: 'files', version: '1', description: { methods: { length: 1 } } },
    { service: 'f', version: '1', description: { methods: [], components: { schemas: 'abc' } } },
    {
      service: 'f',
      version: '1',
      description: { methods: [], components: { contentDescriptors: null } },
    },
  ]
  for (const method of ['hub.provide', 'hub.wait']) {
    for (const params of hostile) {
      raw.send(JSON.stringify({ jsonrpc: '2.0', id: method, method, params }))
      expect(await raw.next()).toMatchObject({
        id: method,
        error: { code: errorCodes.invalidParams },
      })
    }
  }
})

test.each([1_048_576, 4_194_304])(
  'a provider that never reads costs its callers an error, the hub 1 MiB, and itself its connection (unsent: %i)',
  async (unsent) => {
    const clock = new Clock()
    const hub = new Hub({ runtime: clock, limits: { unsent } })
    const { transport, open, seen } = gate()
    hub.accept(transport.far, { headers: new Map(), path: '/', address: '' }, { principal: 'slow' })
    const slow = new Membership(
      new Peer(transport.near, { hello: { say: () => ({ name: 'slow' }) } }),
    )
    await slow.peer.greeted
    await slow.provide(files, fileHandlers)
    const page = await enter(hub, 'page')
    open(false)
    const path = 'x'.repeat(200_000)
    const calls = Array.from({ length: 20 }, () =>
      page.peer.request('files.read', { path }).catch((reason) => reason.code),
    )
    await settled(page)
    expect(seen()).toBeLessThan(1_048_576 + 300_000)
    clock.advance(10_000)
    const outcomes = new Set(await Promise.all(calls))
    expect(outcomes).toEqual(new Set([errorCodes.calleeLost, errorCodes.busy]))
    await expect(page.peer.request('files.read', { path: 'a' })).rejects.toMatchObject({
      code: errorCodes.unavailable,
    })
  },
)

test('events to a member that never reads are dropped, and reach the others', async () => {
  const told = new Map<string, number>()
  const onDiagnostic = ({ kind }: { kind: string }) => told.set(kind, (told.get(kind) ?? 0) + 1)
  const hub = new Hub({ onDiagnostic })
  const { transport, open } = gate()
  hub.accept(transport.far, { headers: new Map(), path: '/', address: '' }, { principal: 'slow' })
  const slow = new Membership(new Peer(transport.near, { hello: true }))
  await slow.peer.greeted
  slow.service(files, fileUser)
  await settled(slow)
  open(false)
  const [extension, page] = [await enter(hub, 'extension'), await enter(hub, 'page')]
  let count = 0
  page.service(files, { ...fileUser, changed: () => void count++ })
  await settled(page)
  const { users } = await extension.provide(files, fileHandlers)
  for (let n = 0; n < 10; n++) {
    users.changed({ path: 'x'.repeat(200_000) })
    await settled(extension)
  }
  await settled(page)
  expect(count).toBe(10)
  expect(told.get('undelivered')).toBeGreaterThanOrEqual(4)
})

test('a flood of notifications to nobody, and to the hub, changes nothing for anybody', async () => {
  const hub = new Hub()
  const extension = await enter(hub, 'extension')
  await extension.provide(files, fileHandlers)
  const eve = enterRaw(hub, 'eve')
  for (let n = 0; n < 2_000; n++) {
    eve.send(JSON.stringify({ jsonrpc: '2.0', method: `nobody${n}.told` }))
    eve.send(JSON.stringify({ jsonrpc: '2.0', method: 'hub.use', params: { service: `s${n}` } }))
    eve.send(
      JSON.stringify({ jsonrpc: '2.0', method: 'hub.withdraw', params: { registration: '' } }),
    )
  }
  expect(await eve.fence()).toEqual([])
  expect(await (await enter(hub, 'page')).peer.request('files.read', { path: 'a' })).toBe(
    'text of a',
  )
})

test('two callers that use one id at once each get their own answer', async () => {
  const hub = new Hub()
  const extension = await enter(hub, 'extension')
  await extension.provide(files, fileHandlers)
  const members = ['a', 'b'].map((path) => ({ path, raw: enterRaw(hub, path) }))
  for (const { raw, path } of members) {
    raw.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'files.read', params: { path } }))
  }
  for (const { raw, path } of members) {
    expect(await raw.next()).toEqual({ jsonrpc: '2.0', id: 1, result: `text of ${path}` })
  }
})

test('cancelling an id cancels a call of nobody else', async () => {
  const hub = new Hub()
  const extension = await enter(hub, 'extension')
  const { hang, called, stopped } = hanging()
  await extension.provide(files, { ...fileHandlers, hang })
  const [ada, eve] = [enterRaw(hub, 'ada'), enterRaw(hub, 'eve')]
  ada.send('{"jsonrpc":"2.0","id":1,"method":"files.hang"}')
  await called
  for (let id = 0; id < 50; id++)
    eve.send(JSON.stringify({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id } }))
  await eve.fence()
  expect(await Promise.race([stopped, ada.fence()])).toEqual([])
})
