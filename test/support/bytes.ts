import { RpcError } from 'bothways'
import type { Framing } from 'bothways/node'

/** What came out of a stream of bytes. */
export interface Decoded {
  readonly frames: readonly (string | Uint8Array)[]
  /** What the decoder threw, which ends the stream. */
  readonly error: RpcError | undefined
  readonly isInside: boolean
}

/** What `framing` makes of `chunks`. Throws where that is another error than those a decoder has. */
export function decode(framing: Framing, chunks: Iterable<Uint8Array>, limit = 1_048_576): Decoded {
  const frames: (string | Uint8Array)[] = []
  const decoder = framing.decoder(limit, (frame) => frames.push(frame))
  try {
    for (const chunk of chunks) {
      // What is handed in is overwritten afterwards: a decoder keeps copies.
      const lent = chunk.slice()
      decoder.push(lent)
      lent.fill(0xee)
    }
  } catch (reason) {
    if (!(reason instanceof RpcError)) throw reason
    return { frames, error: reason, isInside: decoder.isInside }
  }
  return { frames, error: undefined, isInside: decoder.isInside }
}

/** `bytes` in chunks of `size`. */
export function* inChunks(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

/** `bytes`, cut at `places`, counted round and round. */
export function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const within = places.map((place) => place % (bytes.length + 1))
  const sorted = [0, ...within.sort((one, other) => one - other), bytes.length]
  return sorted.slice(1).map((place, index) => bytes.subarray(sorted[index], place))
}

export const bytesOf = (text: string) => new TextEncoder().encode(text)
