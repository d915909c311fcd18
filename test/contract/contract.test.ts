import { errorCodes, memoryPair, Peer } from 'bothways'
import {
  array,
  boolean,
  contract,
  event,
  integer,
  notification,
  object,
  optional,
  request,
  string,
} from 'bothways/contract'
import { expect, expectTypeOf, test } from 'vitest'

const workspace = contract('workspace', '1.2.0', {
  service: {
    read: request({ params: object({ path: string() }), result: string() }),
    find: request({
      params: object({ text: string(), limit: optional(integer()) }),
      result: array(object({ line: integer() })),
    }),
    log: notification({ params: object({ line: string() }) }),
    ping: request(),
  },
  client: {
    confirm: request({ params: object({ question: string() }), result: boolean() }),
    changed: event({ data: object({ path: string() }) }),
  },
})

function pair() {
  const [near, far] = memoryPair()
  return { editor: new Peer(near, { hello: true }), extension: new Peer(far) }
}

const handlers = {
  read: ({ path }: { path: string }) => `text of ${path}`,
  find: () => [{ line: 1 }],
  log: () => {},
  ping: () => 'pong',
}
const clientHandlers = { confirm: () => true, changed: () => {} }

test('a remote calls what the other end serves, typed on both sides', async () => {
  const { editor, extension } = pair()
  workspace.serve(extension, { ...handlers, read: ({ path }) => `text of ${path}` })
  const files = workspace.remote(editor, clientHandlers)
  expectTypeOf(files.read).returns.resolves.toBeString()
  expect(await files.read({ path: 'a.ts' })).toBe('text of a.ts')
  expect(await files.find({ text: 'x' })).toEqual([{ line: 1 }])
  expect(await files.ping()).toBe('pong')
})

test('a handler asks its caller through the contract, and tells it through what serve returned', async () => {
  const { editor, extension } = pair()
  const user = workspace.serve(extension, {
    ...handlers,
    read: async ({ path }, { caller }) =>
      (await caller.confirm({ question: `read ${path}?` })) ? 'text' : 'no',
  })
  const told = new Promise((resolve) => {
    const files = workspace.remote(editor, {
      confirm: ({ question }) => question === 'read a.ts?',
      changed: resolve,
    })
    void files.read({ path: 'a.ts' }).then(async (text) => {
      expect(text).toBe('text')
      expect(await files.read({ path: 'b.ts' })).toBe('no')
      user.changed({ path: 'a.ts' })
    })
  })
  expect(await told).toEqual({ path: 'a.ts' })
})

test('params that do not fit are answered −32602 with their path, and never reach the handler', async () => {
  const { editor, extension } = pair()
  let ran = 0
  workspace.serve(extension, { ...handlers, read: () => String(++ran) })
  await expect(editor.request('read', { path: 42 })).rejects.toMatchObject({
    code: errorCodes.invalidParams,
    message: 'read: params.path must be a string, got the number 42',
    data: { path: '/path' },
  })
  await expect(editor.request('read')).rejects.toMatchObject({
    message: 'read: params.path must be a string, got nothing',
  })
  await expect(editor.request('read', { path: { toString: 1 } })).rejects.toMatchObject({
    code: errorCodes.invalidParams,
  })
  await expect(
    editor.request('read', { path: 'a', secret: 'x'.repeat(500) }),
  ).rejects.toMatchObject({
    message: expect.stringMatching(
      /^read: params\.secret must be nothing here, got the string "x{20}…"$/,
    ),
  })
  expect(ran).toBe(0)
})

test('a result that does not fit rejects at the caller, saying where', async () => {
  const { editor, extension } = pair()
  extension.handle('find', () => [{ line: 1 }, { line: 'two' }])
  const files = workspace.remote(editor, clientHandlers)
  await expect(files.find({ text: 'x' })).rejects.toMatchObject({
    code: errorCodes.encoding,
    message: 'find: result[1].line must be an integer, got the string "two"',
  })
})

test('serve and remote name the handlers that are missing or for nothing', () => {
  const { editor, extension } = pair()
  const { read: _read, ...incomplete } = handlers
  // @ts-expect-error read is missing, which the types say as well
  expect(() => workspace.serve(extension, incomplete)).toThrow('no handler for read')
  expect(() => workspace.serve(extension, { ...handlers, wirte: () => {} } as never)).toThrow(
    'not in the contract: wirte',
  )
  // @ts-expect-error confirm is missing
  expect(() => workspace.remote(editor, { changed: () => {} })).toThrow('no handler for confirm')
})

test('rpc.discover describes what is served', async () => {
  const { editor, extension } = pair()
  workspace.serve(extension, handlers)
  expect(await editor.request('rpc.discover')).toMatchObject({
    openrpc: '1.3.2',
    info: { title: 'workspace', version: '1.2.0' },
    methods: expect.arrayContaining([expect.objectContaining({ name: 'read' })]),
  })
})

test('a name that no hub could route is refused when the contract is made', () => {
  expect(() => contract('my service', '1.0.0', { service: {} })).toThrow('is no name for a service')
})

test('a contract has no method that await would take for a promise', () => {
  const client = Object.fromEntries([['then', request()]])
  const make = () => contract('x', '1.0.0', { service: {}, client })
  expect(make).toThrow('a contract has no method "then"')
})
