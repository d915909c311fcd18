import { Peer } from 'bothways'
import { contentLength, type Framing, newline, streamTransport } from 'bothways/node'
import type { MakePair, MakeRawPair } from './pair.js'

/** What an end of a byte stream sees of a close of the other. */
export const endSeen = { code: 1005, reason: 'the other end closed the stream' }

/** Two joined ends of web streams. */
function webStreams() {
  const [one, other] = [new TransformStream(), new TransformStream()]
  return {
    near: { readable: one.readable, writable: other.writable },
    far: { readable: other.readable, writable: one.writable },
  }
}

export const webStreamPeers: MakePair = async (nearOptions, farOptions) => {
  const streams = webStreams()
  const transport = streamTransport(streams.far)
  const near = new Peer(streamTransport(streams.near), nearOptions)
  const far = new Peer(transport, farOptions)
  return { near, far, drop: () => transport.close(), dispose: () => near.close() }
}

/** Framings by which a raw end sends anything: bytes, too, and as long as it likes. */
export const rawFramings = {
  contentLength: { ...contentLength, faultIn: () => undefined },
  newline: { ...newline, faultIn: () => undefined, encode: linesOf },
}

function linesOf(frames: readonly (string | Uint8Array)[]): Uint8Array {
  return Buffer.concat(frames.flatMap((frame) => [Buffer.from(frame), Buffer.from('\n')]))
}

export const webStreamRaw =
  (framing: Framing): MakeRawPair =>
  async (options) => {
    const { near, far } = webStreams()
    const peer = new Peer(streamTransport(far, { framing }), options)
    return { transport: streamTransport(near, { framing }), peer, dispose: () => peer.close() }
  }
