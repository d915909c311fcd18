import { type Context, Peer } from 'bothways'
import { listen, stdio } from 'bothways/node'

// A process of its own that makes and takes streams without end, over WebSocket or, as told, over its stdio.

declare const gc: () => void

function serve(peer: Peer): void {
  peer.handle('echo', (params) => params)
  peer.handle('heap', () => {
    gc()
    return process.memoryUsage().heapUsed
  })
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
}

if (process.argv[2] === 'stdio') serve(new Peer(stdio()))
else {
  const server = await listen({ port: 0 }, serve)
  process.stdout.write(`${server.url}\n`)
}
