import { errorCodes, memoryPair, RpcError } from 'bothways'
import type { MemberInfo } from 'bothways/client'
import { contract, notification, object, request, string } from 'bothways/contract'
import { Hub } from 'bothways/hub'
import { expect, test } from 'vitest'
import { Raw } from '../support/raw.js'
import {
  deferred,
  enter,
  enterRaw,
  enterWire,
  fileHandlers,
  files,
  fileUser,
  handshake,
  hanging,
  settled,
} from './support.js'

test('a member calls what another provides, and is asked back while its call is open', async () => {
  const hub = new Hub()
  const [extension, page] = [await enter(hub, 'ada', 'extension'), await enter(hub, 'ada', 'page')]
  await extension.provide(files, {
    ...fileHandlers,
    write: ({ path }, { caller }) => caller.confirm({ question: `write ${path}?` }),
  })
  const asked: string[] = []
  const remote = page.service(files, {
    ...fileUser,
    confirm: ({ question }) => asked.push(question) > 0,
  })
  expect(await remote.read({ path: 'a.ts' })).toBe('text of a.ts')
  expect(await remote.write({ path: 'a.ts' })).toBe(true)
  expect(asked).toEqual(['write a.ts?'])
})

test('each of two callers is the one that is asked back', async () => {
  const hub = new Hub()
  const extension = await enter(hub, 'extension')
  await extension.provide(files, {
    ...fileHandlers,
    write: ({ path }, { caller }) => caller.confirm({ question: path }),
  })
  const answers = ['ada', 'bob'].map(async (name) => {
    const member = await enter(hub, name)
    const confirm = ({ question }: { question: string }) => question === name
    return member.service(files, { ...fileUser, confirm }).write({ path: name })
  })
  expect(await Promise.all(answers)).toEqual([true, true])
})

test('a handler knows who calls it, as the hub found out', async () => {
  const hub = new Hub()
  const [extension, page] = [await enter(hub, 'extension'), await enter(hub, 'ada', 'page')]
  const from = deferred<unknown>()
  await extension.provide(files, {
    ...fileHandlers,
    read: (_params, { meta }) => {
      from.resolve(meta.from)
      return ''
    },
  })
  await page.peer.request(
    'files.read',
    { path: '' },
    { meta: { from: { session: 'x', principal: 'root' } } },
  )
  expect(await from.promise).toEqual({
    session: expect.stringMatching(/^[\w-]{21}$/),
    principal: 'ada',
    name: 'page',
  })
})

test('the process of the hub provides and calls like any other member', async () => {
  const hub = new Hub()
  const [extension, page] = [await enter(hub, 'extension'), await enter(hub, 'page')]
  const math = contract('math', '1.0.0', { service: { half: request() } })
  await hub.provide(math, { half: () => 21 })
  await extension.provide(files, {
    ...fileHandlers,
    read: async () => String(await extension.service(math).half()),
  })
  expect(await hub.service(files, fileUser).read({ path: 'a' })).toBe('21')
  expect(await page.service(math).half()).toBe(21)
})

test('a caller that gives up stops the provider behind the hub', async () => {
  const hub = new Hub()
  const [extension, page] = [await enter(hub, 'extension'), await enter(hub, 'page')]
  const { hang, called, stopped } = hanging()
  await extension.provide(files, { ...fileHandlers, hang })
  const giveUp = new AbortController()
  const call = page.service(files, fileUser).hang(undefined, { signal: giveUp.signal })
  await called
  giveUp.abort(new Error('never mind'))
  await expect(call).rejects.toThrow('never mind')
  expect(await stopped).toMatchObject({ code: errorCodes.cancelled })
})

test('a caller that leaves stops the provider, which may not call it back any more', async () => {
  const hub = new Hub()
  const extension = await enter(hub, 'extension')
  const { member: page, cut } = await enterWire(hub, 'page')
  const { hang, called, stopped } = hanging()
  const late = deferred<unknown>()
  const stillWaiting = deferred<unknown>()
  await extension.provide(files, {
    ...fileHandlers,
    hang: async (params, context) => {
      const ask = (signal?: AbortSignal) =>
        context.caller.confirm({ question: 'still there?' }, { signal })
      void stopped.then(() => ask().catch(late.resolve))
      void stopped.then(() => ask(context.signal).catch(stillWaiting.resolve))
      return hang(params, context)
    },
  })
  const call = page.service(files, fileUser).hang()
  await called
  cut()
  await expect(call).rejects.toMatchObject({ code: errorCodes.closed })
  expect(await late.promise).toMatchObject({ code: errorCodes.calleeLost, delivery: 'unsent' })
  expect(await stillWaiting.promise).toMatchObject({ code: errorCodes.cancelled })
})

test('when a provider goes, every call to it is settled, and its service is gone for good', async () => {
  const hub = new Hub()
  const { member: extension, cut } = await enterWire(hub, 'extension')
  const [page, other] = [await enter(hub, 'page'), await enter(hub, 'other')]
  const { hang, called } = hanging()
  await extension.provide(files, { ...fileHandlers, hang })
  const calls = [page, other, page].map((member) => member.peer.request('files.hang'))
  const outcomes = Promise.allSettled(calls)
  await called
  await settled(other)
  cut()
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: { code: errorCodes.calleeLost, delivery: 'unknown' },
    })
  }
  await expect(page.peer.request('files.read', { path: 'a' })).rejects.toMatchObject({
    code: errorCodes.unavailable,
    delivery: 'unsent',
    hint: expect.stringContaining('waitFor("files", { timeout'),
  })
})

test('a provider may call back only whom it is answering', async () => {
  const hub = new Hub()
  const [extension, page] = [await enter(hub, 'extension'), await enter(hub, 'page')]
  const kept = deferred<() => Promise<boolean>>()
  await extension.provide(files, {
    ...fileHandlers,
    write: async (_params, { caller }) => {
      kept.resolve(() => caller.confirm({ question: 'later?' }))
      return true
    },
  })
  await page.service(files, fileUser).write({ path: 'a' })
  await expect((await kept.promise)()).rejects.toMatchObject({
    code: errorCodes.forbidden,
    message: '"files.confirm": a caller may be called back only while its call is open',
  })
})

test('withdrawing ends a service, and it can be provided again at once', async () => {
  const hub = new Hub()
  const [extension, page] = [await enter(hub, 'extension'), await enter(hub, 'page')]
  const provision = await extension.provide(files, fileHandlers)
  provision.dispose()
  await settled(extension)
  await expect(page.peer.request('files.read', { path: 'a' })).rejects.toMatchObject({
    code: errorCodes.unavailable,
  })
  await extension.provide(files, { ...fileHandlers, read: () => 'again' })
  expect(await page.peer.request('files.read', { path: 'a' })).toBe('again')
})

test('the same principal and instance takes the place of the one before, which is told and stays', async () => {
  const hub = new Hub()
  const [old, young] = [await enter(hub, 'ada', 'old'), await enter(hub, 'ada', 'young')]
  const page = await enter(hub, 'page')
  const answer = deferred<string>()
  const asked = deferred()
  const provision = await old.provide(files, {
    ...fileHandlers,
    read: () => {
      asked.resolve()
      return answer.promise
    },
  })
  const open = page.peer.request('files.read', { path: 'a' })
  await asked.promise
  await young.provide(files, { ...fileHandlers, read: () => 'young' })
  expect(await provision.ended).toBe('another instance of "files" took its place')
  expect(await page.peer.request('files.read', { path: 'b' })).toBe('young')
  answer.resolve('old')
  expect(await open).toBe('old')
  provision.dispose()
  await settled(old)
  expect(await page.peer.request('files.read', { path: 'c' })).toBe('young')
})

test('withdrawing ends a provision, even while nothing more can leave', async () => {
  const hub = new Hub()
  const [extension, page] = [await enter(hub, 'ada'), await enter(hub, 'page')]
  const provision = await extension.provide(files, fileHandlers)
  const text = 'x'.repeat(900_000)
  extension.peer.notify('hub.unheard', { text })
  expect(() => extension.peer.notify('hub.unheard', { text })).toThrow('unsent')
  provision.dispose()
  provision.dispose()
  expect(await provision.ended).toBe('it was withdrawn')
  await extension.peer.flush()
  await settled(extension)
  expect((await page.discover()).methods).toEqual([])
  const again = await extension.provide(files, fileHandlers)
  again.dispose()
})

test('a provision that nobody replaced ends with its connection', async () => {
  const hub = new Hub()
  const extension = await enter(hub, 'extension')
  const { ended } = await extension.provide(files, fileHandlers)
  await hub.close()
  expect(await ended).toBe('the connection to the hub closed (4001, the hub is closing)')
})

test('another principal is refused, and its handlers are gone again', async () => {
  const hub = new Hub()
  const [ada, bob] = [await enter(hub, 'ada'), await enter(hub, 'bob')]
  const provision = await ada.provide(files, fileHandlers)
  await expect(bob.provide(files, fileHandlers)).rejects.toMatchObject({
    code: errorCodes.forbidden,
    message: '"files" is provided by another principal',
  })
  provision.dispose()
  await settled(ada)
  await bob.provide(files, { ...fileHandlers, read: () => 'from bob' })
  expect(await ada.peer.request('files.read', { path: 'a' })).toBe('from bob')
})

test('one member provides two services, and each has its own handlers', async () => {
  const hub = new Hub()
  const [extension, page] = [await enter(hub, 'extension'), await enter(hub, 'page')]
  const words = contract('text.words', '1.0.0', { service: { read: request() } })
  await extension.provide(files, fileHandlers)
  await extension.provide(words, { read: () => ['two', 'words'] })
  expect(await page.service(words).read()).toEqual(['two', 'words'])
  expect(await page.service(files, fileUser).read({ path: 'a' })).toBe('text of a')
})

test('of two services whose names fit, the longer answers, and the rest of the method is verbatim', async () => {
  const hub = new Hub()
  const [extension, other] = [await enter(hub, 'ada', 'one'), await enter(hub, 'ada', 'two')]
  const service = { 'b.c/d': request(), own: request() }
  await extension.provide(contract('a', '1.0.0', { service }), {
    'b.c/d': () => 'a',
    own: () => 'own',
  })
  const inner = contract('a.b', '1.0.0', { service: { 'c/d': request() } })
  const provision = await other.provide(inner, { 'c/d': () => 'a.b' })
  expect(await extension.peer.request('a.b.c/d')).toBe('a.b')
  expect(await extension.peer.request('a.own')).toBe('own')
  provision.dispose()
  await settled(other)
  expect(await extension.peer.request('a.b.c/d')).toBe('a')
})

test('a service may be used before anybody provides it', async () => {
  const hub = new Hub()
  const page = await enter(hub, 'page')
  const remote = page.service(files, fileUser)
  await expect(remote.read({ path: 'a' })).rejects.toMatchObject({ code: errorCodes.unavailable })
  const waiting = page.waitFor('files')
  const extension = await enter(hub, 'extension')
  await extension.provide(files, fileHandlers)
  await waiting
  expect(await remote.read({ path: 'a' })).toBe('text of a')
  await hub.waitFor('files')
})

test('whoever waits for a service can give up', async () => {
  const hub = new Hub()
  const page = await enter(hub, 'page')
  await expect(page.waitFor('files', { timeout: 1 })).rejects.toMatchObject({
    code: errorCodes.timeout,
  })
  const giveUp = new AbortController()
  const waiting = page.waitFor('files', { signal: giveUp.signal })
  giveUp.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
})

test('events reach everybody who uses the service, and nobody else', async () => {
  const hub = new Hub()
  const extension = await enter(hub, 'extension')
  const { users } = await extension.provide(files, fileHandlers)
  const members = await Promise.all(['ada', 'bob', 'eve'].map((name) => enter(hub, name)))
  const told = members.map(() => deferred<string>())
  members.slice(0, 2).forEach((member, index) => {
    const changed = ({ path }: { path: string }) => told[index]?.resolve(path)
    member.service(files, { ...fileUser, changed })
  })
  const strays: unknown[] = []
  members[2]?.peer.on('files.changed', (data) => strays.push(data))
  await Promise.all(members.map((member) => settled(member)))
  users.changed({ path: 'a.ts' })
  expect(await told[0]?.promise).toBe('a.ts')
  expect(await told[1]?.promise).toBe('a.ts')
  await settled(extension)
  await Promise.all(members.map((member) => settled(member)))
  expect(strays).toEqual([])
})

test('a provider that uses its own service is told what it tells the service', async () => {
  const hub = new Hub()
  const [extension, page] = [await enter(hub, 'extension'), await enter(hub, 'page')]
  const lines: string[] = []
  const strays: unknown[] = []
  page.service(files, fileUser)
  page.peer.on('files.log', (params) => strays.push(params))
  await settled(page)
  await extension.provide(files, { ...fileHandlers, log: ({ line }) => void lines.push(line) })
  extension.service(files, fileUser).log({ line: 'hello' })
  await settled(extension)
  await Promise.all([settled(extension), settled(page)])
  expect(lines).toEqual(['hello'])
  expect(strays).toEqual([])
})

test('every instance of a service tells the users', async () => {
  const hub = new Hub()
  const [one, two] = [await enter(hub, 'ada', 'one'), await enter(hub, 'ada', 'two')]
  const page = await enter(hub, 'page')
  await one.provide(files, fileHandlers, { instance: 'one' })
  const { users } = await two.provide(files, fileHandlers, { instance: 'two' })
  const told = deferred<string>()
  page.service(files, { ...fileUser, changed: ({ path }) => told.resolve(path) })
  await settled(page)
  users.changed({ path: 'from two' })
  expect(await told.promise).toBe('from two')
})

test('an error crosses the hub as its provider threw it', async () => {
  const hub = new Hub()
  const [extension, page] = [await enter(hub, 'extension'), await enter(hub, 'page')]
  const thrown = new RpcError(4242, 'the disk is full', { data: { free: 0, path: ['a', 1] } })
  await extension.provide(files, {
    ...fileHandlers,
    read: () => {
      throw thrown
    },
    write: () => {
      throw new TypeError('bad path 7')
    },
  })
  const { code, message, data } = thrown
  await expect(page.peer.request('files.read', { path: 'a' })).rejects.toMatchObject({
    code,
    message,
    data,
    remote: true,
  })
  await expect(page.peer.request('files.write', { path: 'a' })).rejects.toMatchObject({
    code: errorCodes.internal,
    message: 'bad path 7',
  })
  await expect(page.peer.request('files.raed')).rejects.toMatchObject({
    code: errorCodes.methodNotFound,
    hint: 'did you mean "files.read"?',
  })
  await expect(page.peer.request('fils.read')).rejects.toMatchObject({
    code: errorCodes.unavailable,
    hint: 'did you mean "files"?',
  })
  await expect(page.peer.request('read')).rejects.toMatchObject({
    code: errorCodes.methodNotFound,
    hint: 'call <service>.<method>; here: files',
  })
})

test('rpc.discover describes every service, with its components kept apart from those of others', async () => {
  const hub = new Hub()
  const extension = await enter(hub, 'extension')
  const page = await enter(hub, 'page')
  const describe = (title: string) => ({
    openrpc: '1.3.2',
    info: { title, version: '1.0.0' },
    methods: [
      {
        name: 'get',
        params: [{ $ref: '#/components/contentDescriptors/Id' }],
        result: { schema: { $ref: '#/components/schemas/Item' } },
      },
    ],
    components: {
      schemas: { Item: { title } },
      contentDescriptors: { Id: { name: 'id', schema: { $ref: '#/components/schemas/Item' } } },
    },
  })
  for (const name of ['one', 'two']) {
    const service = contract(name, '1.0.0', { service: { get: request() } })
    await extension.provide(service, { get: () => name }, { description: describe(name) })
  }
  const { methods, components } = await page.discover()
  expect(methods).toMatchObject([
    { name: 'one.get', result: { schema: { $ref: '#/components/schemas/one.Item' } } },
    { name: 'two.get', result: { schema: { $ref: '#/components/schemas/two.Item' } } },
  ])
  expect(components?.schemas).toEqual({
    'one.Item': { title: 'one' },
    'two.Item': { title: 'two' },
  })
  expect(methods[1]?.params).toEqual([{ $ref: '#/components/contentDescriptors/two.Id' }])
  expect(components?.contentDescriptors).toMatchObject({
    'two.Id': { name: 'id', schema: { $ref: '#/components/schemas/two.Item' } },
  })
})

test('who is there is shown at once, and whenever it changes', async () => {
  const hub = new Hub()
  const page = await enter(hub, 'page')
  const seen: MemberInfo[][] = []
  let wake = () => {}
  await page.watchMembers((members) => {
    seen.push([...members])
    wake()
  })
  const until = async (isThere: (members: MemberInfo[]) => boolean) => {
    while (!isThere(seen.at(-1) ?? [])) await new Promise<void>((resolve) => (wake = resolve))
  }
  expect(seen[0]?.map(({ name }) => name)).toEqual(['hub', 'page'])
  const extension = await enter(hub, 'ada', 'extension')
  await extension.provide(files, fileHandlers)
  await until((members) => members.some(({ services }) => services.includes('files')))
  expect(seen.at(-1)?.at(-1)).toMatchObject({
    principal: 'ada',
    name: 'extension',
    services: ['files'],
  })
  await extension.leave()
  await until((members) => members.length === 2)
})

test('a member that says no hello calls, and is called back, in plain JSON-RPC', async () => {
  const hub = new Hub()
  const extension = await enter(hub, 'extension')
  await extension.provide(files, {
    ...fileHandlers,
    write: ({ path }, { caller }) => caller.confirm({ question: path }),
  })
  const foreign = enterRaw(hub, 'foreign')
  foreign.send('{"jsonrpc":"2.0","id":"w","method":"files.write","params":{"path":"a"}}')
  const question = (await foreign.next()) as { id: number }
  expect(question).toEqual({
    jsonrpc: '2.0',
    id: expect.any(Number),
    method: 'files.confirm',
    params: { question: 'a' },
  })
  foreign.send(JSON.stringify({ jsonrpc: '2.0', id: question.id, result: true }))
  expect(await foreign.next()).toEqual({ jsonrpc: '2.0', id: 'w', result: true })
})

test('what a hub answers a member without hello in one turn is kept for one write', async () => {
  const hub = new Hub()
  const [near, far] = memoryPair()
  const done: string[] = []
  const { send } = far
  Object.assign(far, {
    cork: () => done.push('cork'),
    uncork: () => done.push('uncork'),
    send: (frame: string) => {
      done.push('send')
      send.call(far, frame)
    },
  })
  hub.accept(far, handshake, { principal: 'foreign' })
  const foreign = new Raw(near)
  for (const id of [1, 2, 3]) foreign.send(`{"jsonrpc":"2.0","id":${id},"method":"nobody.there"}`)
  for (const id of [1, 2, 3]) expect(await foreign.next()).toMatchObject({ id })
  expect(done.filter((step) => step === 'send')).toHaveLength(3)
  expect(done.indexOf('cork')).toBeLessThan(done.lastIndexOf('send'))
  expect(done.at(-1)).toBe('uncork')
})

test('what is told to nobody is told to onDiagnostic, and to no caller', async () => {
  const told = deferred<unknown>()
  const hub = new Hub({ onDiagnostic: told.resolve })
  const page = await enter(hub, 'page')
  const nobody = contract('nobody', '1.0.0', {
    service: { log: notification({ params: object({ line: string() }) }) },
  })
  page.service(nobody).log({ line: 'hello?' })
  expect(await told.promise).toMatchObject({ kind: 'listenerFailed', method: 'nobody.log' })
  await settled(page)
})
