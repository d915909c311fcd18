import type { Context, Peer } from 'bothways'
import { bytes, contract, object, stream } from 'bothways/contract'

/** Bytes as a contract has them: base64 where an end has no codec. */
const chunks = contract('chunks', '1.0.0', {
  service: {
    echoChunks: stream({ params: object({}), item: bytes(), input: bytes(), result: object({}) }),
  },
})

/** Makes and takes streams without end. */
export function serve(peer: Peer): void {
  peer.handle('echo', (params) => params)
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
  peer.handle('standStill', async (_params, { input }: Context) => {
    await input?.[Symbol.asyncIterator]().next()
    return new Promise(() => {})
  })
  peer.handle('echoStream', async function* (_params, { input }: Context) {
    for await (const chunk of input ?? []) yield chunk
  })
  chunks.serve(peer, {
    async *echoChunks(_params, { input }) {
      for await (const chunk of input ?? []) yield chunk
      return {}
    },
  })
}

/** Streams `count` chunks of 64 KiB there and back at once, and resolves with the bytes of those that came as they were. */
export function echoBytes(peer: Peer, count: number): Promise<number> {
  return unchanged(peer.stream('echoStream', {}, { input: chunksOf(count) }))
}

/** The same by a contract. */
export function echoChunks(peer: Peer, count: number): Promise<number> {
  return unchanged(chunks.remote(peer).echoChunks({}, { input: chunksOf(count) }))
}

async function* chunksOf(count: number) {
  for (let n = 0; n < count; n++) yield new Uint8Array(65_536).fill(n)
}

async function unchanged(echoes: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0
  let n = 0
  for await (const chunk of echoes)
    if (chunk.length === 65_536 && chunk.every((byte) => byte === (n & 255))) {
      n++
      length += chunk.length
    }
  return length
}
