import { Duplex, type Readable, type Writable } from 'node:stream'
import { errorCodes, RpcError } from '../../protocol/error.js'
import { type FramedOptions, framedTransport } from '../framed.js'
import type { Transport } from '../transport.js'
import { type WebStreams, webStreamTransport } from '../web-streams.js'
import { NodeByteStream } from './node-stream.js'

/** A pair of Node's streams that carry bytes. */
export interface NodeStreams {
  readonly readable: Readable
  readonly writable: Writable
}

/**
 * Text frames over two streams that nothing else reads or writes: a pair of Node's, a Duplex, or a pair of web streams.
 * What is sent in one turn leaves together; `close` ends the writable and waits 2 s for the readable to end. Bytes
 * carry no close code: the other end sees 1005, or 1006 in the middle of a message. A message over `limits.message`
 * ends it with 1009, and what is no frame with 1002.
 */
export function streamTransport(
  streams: NodeStreams | WebStreams | Duplex,
  options?: FramedOptions,
): Transport {
  if (isWeb(streams)) return webStreamTransport(streams, options)
  const { readable, writable } =
    streams instanceof Duplex ? { readable: streams, writable: streams } : streams
  if (readable.readableEncoding !== null) {
    throw new RpcError(
      errorCodes.invalidParams,
      'the readable gives text, and a transport reads bytes',
      { hint: 'do not call setEncoding on it' },
    )
  }
  return framedTransport(new NodeByteStream(readable, writable), options)
}

function isWeb(streams: NodeStreams | WebStreams | Duplex): streams is WebStreams {
  return typeof streams.readable === 'object' && 'getReader' in streams.readable
}
