import type { Peer } from 'bothways'
import * as streams from './memory.js'

declare const gc: () => void

/** Bytes in use after collection: of the heap, and of buffers outside it. */
export function memory(): number {
  gc()
  gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Makes and takes streams without end, and tells what memory this process uses. */
export function serve(peer: Peer): void {
  streams.serve(peer)
  peer.handle('memory', memory)
}
