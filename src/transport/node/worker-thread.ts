import type { Worker } from 'node:worker_threads'
import { messagePortTransport } from '../message-port.js'
import type { CloseReason, Transport } from '../transport.js'

/**
 * A worker of Node that speaks over its `parentPort`, as `messagePortTransport` has it. Ends when the worker does, with
 * what it failed with or its exit code as the reason: 1005 where that is 0, otherwise 1006.
 */
export function workerThread(worker: Worker): Transport {
  let end: CloseReason | undefined
  // Before the transport's own listeners, so that the reason is known when it tells the end.
  worker.once('error', (cause: unknown) => (end ??= failed(cause)))
  worker.once('exit', (code) => (end ??= exited(code)))
  const transport = messagePortTransport(worker)
  return {
    start: (listener) => {
      transport.start({
        frame: (data) => listener.frame(data),
        writable: () => listener.writable(),
        activity: () => listener.activity(),
        closed: (reason) => listener.closed(reason.code === 1006 ? (end ?? reason) : reason),
      })
    },
    send: (frame) => transport.send(frame),
    close: (reason) => transport.close(reason),
    get buffered() {
      return transport.buffered
    },
    isLocal: transport.isLocal,
  }
}

function failed(cause: unknown): CloseReason {
  return {
    code: 1006,
    reason: `the worker failed: ${cause instanceof Error ? cause.message : cause}`,
  }
}

function exited(code: number): CloseReason {
  return { code: code === 0 ? 1005 : 1006, reason: `the worker exited with code ${code}` }
}
