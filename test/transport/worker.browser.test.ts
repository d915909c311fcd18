import { errorCodes, Peer } from 'bothways'
import { messagePortTransport } from 'bothways/message-port'
import { expect, test } from 'vitest'
import { conformance } from '../suites/conformance.js'
import { tying } from '../support/tied.browser.js'

function open(): Worker {
  return new Worker(new URL('../support/worker.ts', import.meta.url), { type: 'module' })
}

conformance('Worker', async (options) => {
  const tied = await tying()
  const worker = open()
  const near = new Peer(messagePortTransport(worker), options)
  // What is terminated says nothing any more, and neither does the browser.
  const terminate = () => worker.terminate()
  return { near, far: undefined, drop: () => void tied().then(terminate), dispose: terminate }
})

test('a worker that crashed is heard of, with what it said', async () => {
  const worker = open()
  worker.addEventListener('error', (event) => event.preventDefault())
  const near = new Peer(messagePortTransport(worker))
  const waiting = near.request('never')
  worker.postMessage(new Date())
  await expect(waiting).rejects.toMatchObject({ code: errorCodes.closed })
})

test('all that a closing end sent arrives before its end, and with its reason', async () => {
  const worker = open()
  const near = new Peer(messagePortTransport(worker))
  const seen: unknown[] = []
  near.on('seen', (params) => seen.push(params))
  expect(await near.request('sendAndClose', { count: 5_000 }).catch(() => 'closed')).toBe('closed')
  expect(await near.closed).toEqual({ code: 4007, reason: 'as asked' })
  expect(seen).toHaveLength(5_000)
})

test('what a worker said before it had a peer is not lost', async () => {
  const code = new Blob([`postMessage('{"jsonrpc":"2.0","method":"told"}')`])
  const worker = new Worker(URL.createObjectURL(code))
  const transport = messagePortTransport(worker)
  await new Promise((resolve) => worker.addEventListener('message', resolve, { once: true }))
  const peer = new Peer(transport)
  await new Promise((resolve) => peer.on('told', resolve))
  worker.terminate()
  await peer.close()
})
