import { errorCodes } from 'bothways'
import { join } from 'bothways/client'
import { boolean, contract, event, object, request, string } from 'bothways/contract'
import { Hub } from 'bothways/hub'
import { launchToken, serve } from 'bothways/hub/node'
import { expect, onTestFinished, test } from 'vitest'

const files = contract('files', '1.0.0', {
  service: {
    read: request({ params: object({ path: string() }), result: string() }),
    write: request({ params: object({ path: string() }), result: boolean() }),
    hang: request(),
  },
  client: {
    confirm: request({ params: object({ question: string() }), result: boolean() }),
    changed: event({ data: object({ path: string() }) }),
  },
})

const handlers = {
  read: ({ path }: { path: string }) => `text of ${path}`,
  write: () => true,
  hang: (_params: unknown, { signal }: { signal: AbortSignal }) =>
    new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason)),
    ),
}
const user = { confirm: () => true, changed: () => {} }

async function startHub() {
  const { token, authenticate } = launchToken()
  const hub = new Hub({ authenticate })
  const server = await serve(hub)
  onTestFinished(() => server.close())
  const member = (name: string) => join(server.url, { name, token })
  return { hub, server, token, member }
}

test('a member calls what another provides, and is asked back while its call is open', async () => {
  const { member } = await startHub()
  const [extension, page] = await Promise.all([member('extension'), member('page')])
  await extension.provide(files, {
    ...handlers,
    write: ({ path }, { caller }) => caller.confirm({ question: `write ${path}?` }),
  })
  const asked: string[] = []
  const remote = page.service(files, {
    ...user,
    confirm: ({ question }) => asked.push(question) > 0,
  })
  expect(await remote.read({ path: 'a.ts' })).toBe('text of a.ts')
  expect(await remote.write({ path: 'a.ts' })).toBe(true)
  expect(asked).toEqual(['write a.ts?'])
})

test('the process of the hub is a member like any other', async () => {
  const { hub, member } = await startHub()
  const extension = await member('extension')
  await extension.provide(files, handlers)
  expect(await hub.service(files, user).read({ path: 'b.ts' })).toBe('text of b.ts')
})

test('when a provider goes, calls to it reject with calleeLost and its service is gone', async () => {
  const { member } = await startHub()
  const [extension, page] = await Promise.all([member('extension'), member('page')])
  await extension.provide(files, handlers)
  const waiting = page.service(files, user).hang()
  await page.service
  await page.peer.request('files.read', { path: 'x' })
  void extension.leave()
  await expect(waiting).rejects.toMatchObject({ code: errorCodes.calleeLost, delivery: 'unknown' })
  await expect(page.peer.request('files.read', { path: 'x' })).rejects.toMatchObject({
    code: errorCodes.unavailable,
    hint: expect.stringContaining('waitFor("files")'),
  })
})
