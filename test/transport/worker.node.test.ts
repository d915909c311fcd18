import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { errorCodes, Peer } from 'bothways'
import { messagePortTransport } from 'bothways/message-port'
import { workerThread } from 'bothways/node'
import { expect, onTestFinished, test } from 'vitest'
import { conformance } from '../suites/conformance.js'
import { bundle } from '../support/bundle.node.js'

const path = await bundle('worker.node')

conformance('node:worker_threads', async (options) => {
  const worker = new Worker(path)
  const near = new Peer(messagePortTransport(worker), options)
  const end = () => worker.terminate()
  return { near, far: undefined, drop: () => void end(), dispose: end }
})

conformance('workerThread', async (options) => {
  const worker = new Worker(path)
  const near = new Peer(workerThread(worker), options)
  const end = () => worker.terminate()
  return { near, far: undefined, drop: () => void end(), dispose: end }
})

/** A worker that does what `code` says; ends with the test. */
function workerOf(code: string): Worker {
  const worker = new Worker(code, { eval: true })
  onTestFinished(async () => {
    await worker.terminate()
  })
  return worker
}

test.each([
  ['setImmediate(() => process.exit(3))', 1006, 'the worker exited with code 3'],
  ['setImmediate(() => process.exit(0))', 1005, 'the worker exited with code 0'],
  ["setImmediate(() => { throw new Error('no luck') })", 1006, 'the worker failed: no luck'],
])('why a worker ended is told: %s', async (code, closeCode, reason) => {
  const peer = new Peer(workerThread(workerOf(code)))
  const call = peer.request('never')
  await expect(call).rejects.toMatchObject({ code: errorCodes.closed })
  expect(await peer.closed).toEqual({ code: closeCode, reason })
})

test('a worker that had ended before it was spoken to has ended', async () => {
  const worker = workerOf('')
  const transport = workerThread(worker)
  await once(worker, 'exit')
  const peer = new Peer(transport)
  expect(await peer.closed).toEqual({ code: 1005, reason: 'the worker exited with code 0' })
})

test.each([
  ['goes on', 'parentPort.ref()', undefined],
  ['exits', 'process.exit(0)', 1005],
])('what a worker said before it had a peer is not lost, where it %s', async (_, rest, code) => {
  const worker = workerOf(`
    const { parentPort } = require('node:worker_threads')
    parentPort.on('message', () => {})
    for (const params of [[1], [2]])
      parentPort.postMessage(JSON.stringify({ jsonrpc: '2.0', method: 'told', params }))
    setImmediate(() => ${rest})
  `)
  const transport = workerThread(worker)
  await (code === undefined ? once(worker, 'message') : once(worker, 'exit'))
  const peer = new Peer(transport)
  const told: unknown[] = []
  peer.on('told', (params) => told.push(params))
  if (code !== undefined) expect((await peer.closed).code).toBe(code)
  await expect.poll(() => told).toEqual([[1], [2]])
})
