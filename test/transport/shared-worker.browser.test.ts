import { Peer } from 'bothways'
import { messagePortTransport } from 'bothways/message-port'
import { expect, test } from 'vitest'
import { conformance } from '../suites/conformance.js'
import { tied } from '../support/tied.browser.js'

function open() {
  const url = new URL('../support/shared-worker.ts', import.meta.url)
  const { port } = new SharedWorker(url, { type: 'module' })
  return port
}

conformance('SharedWorker', async (options) => {
  const port = open()
  const near = new Peer(messagePortTransport(port), options)
  return {
    near,
    far: undefined,
    // A browser says nothing to a page of a shared worker that has ended.
    drop: () => void tied().then(() => port.postMessage(new Date())),
    dispose: () => port.close(),
  }
})

test('every page, and every port of a page, is a conversation of its own', async () => {
  const [one, two] = [open(), open()].map((port) => new Peer(messagePortTransport(port)))
  expect(await one?.request('echo', [1])).toEqual([1])
  await one?.close()
  expect(await two?.request('echo', [2])).toEqual([2])
  await two?.close()
})
