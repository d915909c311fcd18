import { Peer } from 'bothways'
import { messagePortTransport } from 'bothways/message-port'
import { conformance } from '../suites/conformance.js'

conformance('Worker', async (options) => {
  const worker = new Worker(new URL('../support/worker.ts', import.meta.url), { type: 'module' })
  const near = new Peer(messagePortTransport(worker), options)
  worker.addEventListener('error', (event) => event.preventDefault())
  // A browser says nothing of a worker that was terminated, and much of one that crashed.
  const crash = () => worker.postMessage(new Date())
  return { near, far: undefined, drop: crash, dispose: () => worker.terminate() }
})
