import { errorCodes } from 'bothways'
import { defineContract, type Event, type Request } from 'bothways/contract'
import { Hub } from 'bothways/hub'
import { expect, test } from 'vitest'
import { deferred, enter, fileHandlers, files, fileUser, settled } from '../hub/support.js'

async function members() {
  const hub = new Hub()
  return { hub, extension: await enter(hub, 'extension'), page: await enter(hub, 'page') }
}

test('params that do not fit are refused by the provider, behind the hub', async () => {
  const { extension, page } = await members()
  await extension.provide(files, {
    ...fileHandlers,
    read: () => {
      throw new Error('not reached')
    },
  })
  await expect(page.peer.request('files.read', { path: 42 })).rejects.toMatchObject({
    code: errorCodes.invalidParams,
    message: 'read: params.path must be a string, got the number 42',
    data: { reason: 'invalidParams', path: '/path' },
  })
})

test('a result that does not fit is refused by the caller, behind the hub', async () => {
  const { extension, page } = await members()
  await extension.provide(files, { ...fileHandlers, read: (() => 42) as never })
  await expect(page.service(files, fileUser).read({ path: 'a' })).rejects.toMatchObject({
    code: errorCodes.encoding,
    message: 'files.read: result must be a string, got the number 42',
    delivery: 'accepted',
  })
})

test('what a provider asks of its caller is checked at both ends too', async () => {
  const { extension, page } = await members()
  const reasons: unknown[] = []
  await extension.provide(files, {
    ...fileHandlers,
    write: async (_params, { caller, remote }) => {
      const asked = [remote.request('files.confirm', {}), caller.confirm({ question: 'really?' })]
      for (const outcome of await Promise.allSettled(asked))
        reasons.push(outcome.status === 'rejected' && outcome.reason)
      return true
    },
  })
  const confirm = () => 'perhaps' as never
  await page.service(files, { ...fileUser, confirm }).write({ path: 'a' })
  expect(reasons).toMatchObject([
    { code: errorCodes.invalidParams },
    { message: 'files.confirm: result must be a boolean, got the string "perhaps"' },
  ])
})

test('an event that does not fit reaches no listener, and the next one does', async () => {
  const hub = new Hub()
  const [extension, page] = [await enter(hub, 'extension'), await enter(hub, 'page')]
  const { users } = await extension.provide(files, fileHandlers)
  const paths: string[] = []
  const told = deferred()
  page.service(files, {
    ...fileUser,
    changed: ({ path }) => {
      paths.push(path)
      told.resolve()
    },
  })
  await settled(page)
  users.changed({ path: 42 as never })
  users.changed({ path: 'fits' })
  await told.promise
  expect(paths).toEqual(['fits'])
})

interface Service {
  find: Request<{ text: string; limit?: number; word?: boolean }, unknown>
}
interface Client {
  found: Event<{ line: number; text?: string }>
}

const finder = defineContract<Service, Client>('finder', '1.0.0', {
  service: { find: { kind: 'request', positions: ['text', 'limit', 'word'] } },
  client: { found: { kind: 'event', positions: ['line', 'text'] } },
})

test('params by position cross the hub as they are, holes as null, and arrive as objects', async () => {
  const { hub, extension, page } = await members()
  const seen: unknown[] = []
  const { users } = await extension.provide(finder, {
    find: (params) => {
      seen.push(params)
      return params
    },
  })
  const told = deferred<unknown>()
  const remote = page.service(finder, { found: told.resolve })
  expect(await remote.find({ text: 'a', word: true })).toEqual({
    text: 'a',
    limit: null,
    word: true,
  })
  expect(await hub.service(finder, { found: () => {} }).find({ text: 'b' })).toEqual({ text: 'b' })
  expect(await page.peer.request('finder.find', { text: 'c' })).toEqual({ text: 'c' })
  users.found({ line: 7 })
  expect(await told.promise).toEqual({ line: 7 })
})

test('a handler that is missing is named before anything is provided', async () => {
  const { extension, page } = await members()
  const { read: _read, ...incomplete } = fileHandlers
  await expect(extension.provide(files, incomplete as never)).rejects.toThrow('no handler for read')
  await expect(page.peer.request('files.write', { path: 'a' })).rejects.toMatchObject({
    code: errorCodes.unavailable,
  })
  await extension.provide(files, fileHandlers)
})
