import type { Context, Peer } from 'bothways'

declare const gc: () => void

/** Bytes in use after collection: of the heap, and of buffers outside it. */
export function memory(): number {
  gc()
  gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Makes and takes streams without end. */
export function serve(peer: Peer): void {
  peer.handle('echo', (params) => params)
  peer.handle('memory', memory)
  let made = 0
  peer.handle('made', () => made)
  peer.handle('endless', async function* () {
    for (;;) yield { n: made++, text: 'x'.repeat(1_000) }
  })
  peer.handle('chunks', async function* ({ count, size }: { count: number; size: number }) {
    for (let n = 0; n < count; n++) yield String.fromCharCode(97 + (n % 26)).repeat(size)
  })
  peer.handle('length', async (_params, { input }: Context) => {
    let length = 0
    for await (const chunk of input ?? []) length += (chunk as string).length
    return length
  })
  peer.handle('echoStream', async function* (_params, { input }: Context) {
    for await (const chunk of input ?? []) yield chunk
  })
}
