import { Worker } from 'node:worker_threads'
import { Peer } from 'bothways'
import { messagePortTransport } from 'bothways/message-port'
import { conformance } from '../suites/conformance.js'
import { bundle } from '../support/bundle.node.js'

const path = await bundle('worker.node')

conformance('node:worker_threads', async (options) => {
  const worker = new Worker(path)
  const near = new Peer(messagePortTransport(worker), options)
  const end = () => worker.terminate()
  return { near, far: undefined, drop: () => void end(), dispose: end }
})
