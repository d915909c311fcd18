import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errorCodes } from 'bothways'
import { openService, type ServiceManifest, type ServiceTransport } from 'bothways/ipc'
import { expect, onTestFinished, test, vi } from 'vitest'
import { EkkoService, freshFolder } from './support.js'

// Each starts a process, on machines that may be busy.
vi.setConfig({ testTimeout: 30_000 })

interface Methods {
  getUserById(id: number): Promise<{ id: number; name: string; email: string }>
  createUser(userData: object): Promise<object>
  echo(...data: unknown[]): Promise<unknown>
  never(): Promise<void>
  getUser(): Promise<void>
}

const described = JSON.parse(
  readFileSync('test/codegen/documents/database-service.ekko.ipc.json', 'utf8'),
) as ServiceManifest

const at = (transport: ServiceTransport): ServiceManifest => ({
  ...described,
  service: { ...described.service, transport },
})

function open(transport: ServiceTransport, options?: Parameters<typeof openService>[1]) {
  const service = openService<Methods>(at(transport), options)
  onTestFinished(() => service.disconnect())
  return service
}

/** A service on a unix socket, and the transport by which it is reached. */
async function onSocket() {
  const path = join(freshFolder(), 'db.sock')
  return {
    program: await EkkoService.start({ path }),
    transport: { type: 'socket', address: path },
    path,
  }
}

/** Resolves with the next event of a channel, and where it came from. */
function next(service: { subscribe: ReturnType<typeof open>['subscribe'] }, channel: string) {
  return new Promise<[unknown, string]>((resolve) =>
    service.subscribe(channel, (data, event) => resolve([data, event])),
  )
}

const ada = { id: 123, name: 'Ada', email: 'ada@example.org' }

test.each(['named pipe', 'unix socket', 'TCP', 'WebSocket'])(
  'a program that speaks as EkkoJS does is called and subscribed to over a %s',
  async (kind) => {
    const pipe = `bothways-${process.pid}-${kind.length}`
    const path = join(freshFolder(), 'db.sock')
    const places = {
      'named pipe': { path: join(process.env['TMPDIR'] || tmpdir(), `CoreFxPipe_${pipe}`) },
      'unix socket': { path },
      TCP: { port: 0 },
      WebSocket: { webSocket: true },
    } as const
    const program = await EkkoService.start(places[kind as keyof typeof places])
    const transports: Record<string, ServiceTransport> = {
      'named pipe': { type: 'namedpipe', address: pipe, port: null },
      'unix socket': { type: 'Socket', address: path },
      TCP: { type: 'tcp', address: '127.0.0.1', port: program.port },
      WebSocket: { type: 'websocket', address: `ws://127.0.0.1:${program.port}`, protocol: 'ekko' },
    }
    const service = open(transports[kind] ?? {})
    expect(service.isConnected()).toBe(false)
    expect(await service.getUserById(123)).toEqual(ada)
    expect(service.isConnected()).toBe(true)
    expect(await service.createUser({ name: 'Bob' })).toEqual({ id: 124, name: 'Bob' })
    const told = next(service, 'user.created')
    await program.received('subscribe')
    program.publish('user.created', { id: 7, name: 'Eve', timestamp: 'now' })
    expect(await told).toEqual([{ id: 7, name: 'Eve', timestamp: 'now' }, 'user.created'])
    await service.publish('order.completed', { orderId: 456 })
    expect(await program.received('event')).toMatchObject({
      channel: 'order.completed',
      data: { orderId: 456 },
    })
  },
)

test('an error that carries the id of the message instead of its correlation reaches its caller', async () => {
  const { transport } = await onSocket()
  const service = open(transport)
  await expect(service.getUserById(9)).rejects.toMatchObject({
    message: 'no user 9',
    data: { code: 'USER_NOT_FOUND', details: { id: 9 } },
  })
  await expect(service.call('getUser')).rejects.toMatchObject({
    code: errorCodes.methodNotFound,
  })
})

test.each([
  [[], undefined],
  [[1], 1],
  [[[1, 2]], [1, 2]],
  [
    [1, undefined, 'a', undefined],
    [1, null, 'a'],
  ],
])('of the arguments %j the data is %j', async (args, data) => {
  const { program, transport } = await onSocket()
  const answer = await open(transport).call('echo', ...args)
  expect((await program.received('request'))['data']).toEqual(data)
  expect(answer).toEqual(data ?? null)
})

test.each([null, 7, 'text', [1], [1, 2], [], {}, { id: 1 }].map((data) => ({ data })))(
  'an event brings what was published: $data',
  async ({ data }) => {
    const { program, transport } = await onSocket()
    const service = open(transport)
    const told = next(service, 'user.updated')
    await program.received('subscribe')
    program.publish('user.updated', data)
    expect(await told).toEqual([data, 'user.updated'])
    await service.publish('user.updated', data)
    expect((await program.received('event'))['data'] ?? null).toEqual(data)
  },
)

test('what was killed in the middle of a call fails it, and is called and heard again once it is back', async () => {
  const { program, path, transport } = await onSocket()
  const service = open(transport)
  const states: string[] = []
  service.onState((state) => states.push(state))
  const events: unknown[] = []
  const told = () => new Promise((resolve) => (wake = resolve))
  let wake: (data: unknown) => void = () => {}
  service.subscribe('user.created', (data) => {
    events.push(data)
    wake(data)
  })
  service.subscribe('user.updated', () => {})
  await program.received('subscribe')
  const lost = expect(service.call('never')).rejects.toMatchObject({
    code: errorCodes.closed,
    delivery: 'unknown',
  })
  await program.received('request')
  await program.kill()
  await lost
  const again = await EkkoService.start({ path })
  expect(await service.getUserById(123)).toEqual(ada)
  const channels = [await again.received('subscribe'), await again.received('subscribe')]
  expect(channels.map(({ channel }) => channel)).toEqual(['user.created', 'user.updated'])
  const heard = told()
  again.publish('user.created', { id: 8 })
  await heard
  expect(events).toEqual([{ id: 8 }])
  expect(states.slice(0, 3)).toEqual(['connecting', 'open', 'suspended'])
  expect(states.at(-1)).toBe('open')
})

test('who only listens hears again by itself once the service is back', async () => {
  const { program, path, transport } = await onSocket()
  const service = open(transport)
  const told = next(service, 'user.created')
  await program.received('subscribe')
  await program.kill()
  const again = await EkkoService.start({ path })
  await again.received('subscribe')
  again.publish('user.created', { id: 9 })
  expect(await told).toEqual([{ id: 9 }, 'user.created'])
})

test('who unsubscribes says so, and hears no more', async () => {
  const { program, transport } = await onSocket()
  const service = open(transport)
  const heard: unknown[] = []
  const first = service.subscribe('user.created', (data) => heard.push(['first', data]))
  service.subscribe('user.created', (data) => heard.push(['second', data]))
  await program.received('subscribe')
  first()
  const told = next(service, 'user.updated')
  await program.received('subscribe')
  program.publish('user.created', 1)
  program.publish('user.updated', 2)
  await told
  expect(heard).toEqual([['second', 1]])
  service.unsubscribe('user.created')
  expect(await program.received('unsubscribe')).toMatchObject({ channel: 'user.created' })
})

test('disconnecting fails what waits, and the next call connects again', async () => {
  const { program, transport } = await onSocket()
  const service = open(transport)
  const waiting = service.call('never')
  await program.received('request')
  const ended = expect(waiting).rejects.toMatchObject({ code: errorCodes.closed })
  await service.disconnect()
  await ended
  expect(service.isConnected()).toBe(false)
  const early = service.getUserById(123)
  const refused = expect(early).rejects.toMatchObject({
    code: errorCodes.closed,
    delivery: 'unsent',
  })
  await service.disconnect()
  await refused
  expect(await service.getUserById(123)).toEqual(ada)
})

test('a call ends when the time of its method, of the transport or of the options is over', async () => {
  const { transport } = await onSocket()
  const manifest = {
    ...at({ ...transport, timeout: 40 }),
    methods: { never: { timeout: 20 }, echo: {} },
  }
  const end = async (method: string, options = {}) => {
    const service = openService(manifest, options)
    onTestFinished(() => service.disconnect())
    return service.call(method).catch(({ message }) => message)
  }
  expect(await end('never')).toContain('"never" timed out after 20 ms')
  expect(await end('NEVER')).toContain('"NEVER" timed out after 40 ms')
  expect(await end('never', { timeout: 10 })).toContain('"never" timed out after 10 ms')
})

test('a service that is not there fails a call and says what to do, and a subscription tells of each attempt', async () => {
  const path = join(freshFolder(), 'db.sock')
  const service = open({ type: 'socket', address: path })
  await expect(service.getUserById(1)).rejects.toMatchObject({
    code: errorCodes.unavailable,
    message: expect.stringContaining(path),
    hint: 'is it running, and is this its path?',
  })
  const cause = new Promise((resolve) =>
    service.onState((state, why) => state === 'suspended' && resolve(why)),
  )
  const end = service.subscribe('user.created', () => {})
  expect(await cause).toMatchObject({ code: errorCodes.unavailable })
  const states: string[] = []
  service.onState((state) => states.push(state))
  end()
  expect(states).toEqual(['closed'])
})

test.each([
  ['a frame over the limit', [0xff, 0xff, 0xff, 0x7f], 'limit'],
  ['what is no JSON', [3, 0, 0, 0, 0x7b, 0x7b, 0x7b], undefined],
])('%s fails the call that waits, or is told', async (_what, bytes, reason) => {
  const { program, transport } = await onSocket()
  const service = open(transport)
  const diagnostic = new Promise((resolve) => service.onDiagnostic(resolve))
  const waiting = service.call('never')
  const failed = waiting.catch((error) => error.message)
  await program.received('request')
  program.raw(Uint8Array.from(bytes))
  if (reason === undefined) expect(await diagnostic).toMatchObject({ kind: 'invalidMessage' })
  else expect(await failed).toContain(reason)
})

test('a message of ours that is too long fails its own call', async () => {
  const { transport } = await onSocket()
  const service = open(transport)
  await expect(service.createUser({ name: 'x'.repeat(1_100_000) })).rejects.toMatchObject({
    code: errorCodes.limitExceeded,
  })
  expect(await service.getUserById(123)).toEqual(ada)
})

test('a listener that throws is told of', async () => {
  const { program, transport } = await onSocket()
  const service = open(transport)
  const diagnostic = new Promise((resolve) => service.onDiagnostic(resolve))
  service.subscribe('user.created', () => {
    throw new Error('not today')
  })
  await program.received('subscribe')
  program.publish('user.created', 1)
  expect(await diagnostic).toMatchObject({ kind: 'listenerFailed', method: 'user.created' })
  await service.disconnect()
  const failure = new Error('nor tomorrow')
  service.onState(() => {
    throw failure
  })
  const told = new Promise((resolve) => service.onDiagnostic(resolve))
  await service.connect()
  expect(await told).toMatchObject({ kind: 'listenerFailed', cause: failure })
})

test('a method called as a word of every service is reached by call', async () => {
  const { transport } = await onSocket()
  const manifest = {
    ...at(transport),
    methods: { connect: {}, ['then' as string]: {}, echo: {} },
  }
  const service = openService(manifest)
  onTestFinished(() => service.disconnect())
  expect(await service.connect()).toBe(undefined)
  expect('then' in service).toBe(false)
  expect(await service.call('echo', 5)).toBe(5)
  expect(service.getMethodInfo('echo')).toEqual({})
  expect(service.getMethodInfo('toString')).toBe(undefined)
  expect(service.getServiceInfo().name).toBe('database-service')
})

test('a channel brings the events that it lists, and those of its category', async () => {
  const { program, transport } = await onSocket()
  const manifest = {
    ...at(transport),
    events: { 'note.created': { category: 'notes' }, 'note.removed': {} },
    channels: { notes: {}, listed: { events: ['note.removed'] } },
  }
  const service = openService(manifest)
  onTestFinished(() => service.disconnect())
  const heard: unknown[] = []
  service.subscribe('notes', (data, event) => heard.push([data, event]))
  service.subscribe('listed', (data, event) => heard.push([data, event]))
  service.subscribe('note.created', () => {})
  service.subscribe('note.removed', () => {})
  const last = next(service, 'last')
  for (let n = 0; n < 5; n++) await program.received('subscribe')
  for (const [n, channel] of ['note.created', 'note.removed', 'notes', 'last'].entries())
    program.publish(channel, n)
  await last
  expect(heard).toEqual([
    [0, 'note.created'],
    [1, 'note.removed'],
    [2, 'notes'],
  ])
})
