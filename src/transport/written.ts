/** What carries the bytes of a socket or a pipe of Node, and below TLS. Not documented: where it is not there, nothing is known. */
interface Handle {
  readonly bytesWritten?: number
  readonly writeQueueSize?: number
  readonly _parent?: Handle
}

/**
 * Bytes that `stream` has handed to the system, ever, as far as that can be seen: also those of a write that is not done, of
 * which what is documented tells nothing.
 */
export function writtenBy(stream: object | undefined): number {
  const { _handle } = Object(stream) as { readonly _handle?: Handle | null }
  const { bytesWritten = 0, writeQueueSize = 0 } = _handle?._parent ?? _handle ?? {}
  return bytesWritten - writeQueueSize
}
