import { errorCodes, Peer } from 'bothways'
import { messagePortTransport } from 'bothways/message-port'
import { expect, test } from 'vitest'
import { conformance } from '../suites/conformance.js'
import { tying } from '../support/tied.browser.js'

/** A port to the one worker of this address and name. */
function portTo(name = ''): MessagePort {
  const url = new URL('../support/shared-worker.ts', import.meta.url)
  return new SharedWorker(url, { type: 'module', name }).port
}

function open(): Peer {
  return new Peer(messagePortTransport(portTo()), { hello: true })
}

conformance('SharedWorker', async (options) => {
  const tied = await tying()
  const name = crypto.randomUUID()
  const near = new Peer(messagePortTransport(portTo(name)), options)
  const end = () => portTo(name).postMessage(new Date())
  return { near, far: undefined, drop: () => void tied().then(end), dispose: end }
})

test('a shared worker calls back, streams, and tells its errors', async () => {
  await using peer = open()
  peer.handle('confirm', ({ name }) => name === 'Ada')
  expect(await peer.request('greet', { name: 'Ada' })).toBe('Hello Ada')
  const items: unknown[] = []
  for await (const item of peer.stream('stream', { to: 200 })) items.push(item)
  expect(items).toEqual(Array.from({ length: 200 }, (_, index) => index))
  await expect(peer.request('missing')).rejects.toMatchObject({ code: errorCodes.methodNotFound })
})

test('every page, and every port of a page, is a conversation of its own', async () => {
  const one = open()
  await using two = open()
  expect(await one.request('echo', [1])).toEqual([1])
  const waiting = one.request('never')
  await one.request('started')
  await Promise.all([
    one.close(),
    expect(waiting).rejects.toMatchObject({ code: errorCodes.closed }),
  ])
  expect(await two.request('echo', [2])).toEqual([2])
})
