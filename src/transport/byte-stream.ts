import type { CloseReason } from './transport.js'

/** What a byte stream tells whoever uses it. */
export interface ByteSink {
  chunk(bytes: Uint8Array): void
  /** All that was written has gone. */
  drained(): void
  /** The other end sends no more, and what it sent has all been told. It may still read. */
  ended(): void
  /** Nothing can leave any more: what has arrived still comes, and then the end. */
  ending(): void
  /** It has come to its end, for as much as it knows of that; told once, and nothing after it. */
  closed(reason: CloseReason): void
}

/** Bytes both ways, in order: what a transport of frames stands on. */
export interface ByteStream {
  /** Called once, before anything else. */
  open(sink: ByteSink): void
  /** From now on chunks are told. Idempotent. */
  read(): void
  /** Dropped where nothing can leave any more. */
  write(bytes: Uint8Array): void
  /** Says that no more is written, once what was written has left. Idempotent. */
  end(): void
  /** Ends it now, whatever has not left. Idempotent. */
  destroy(): void
  /** Bytes written and not yet gone. */
  readonly buffered: number
  /** Bytes that have gone, ever, where that is known: also those of a write that is not done. */
  readonly written?: number | undefined
}

/** The end of a stream whose other end said so: bytes have no code and no reason of their own. */
export const endedByOther: CloseReason = { code: 1005, reason: 'the other end closed the stream' }

/** The end of a stream that failed. */
export function failed(cause: unknown): CloseReason {
  const words = cause === undefined ? '' : `: ${wordsOf(cause)}`
  return { code: 1006, reason: `the stream failed${words}` }
}

/** What is known of a failure of the system: Node tells several attempts in one error without a message. */
export function wordsOf(cause: unknown): string {
  const { message, code } = Object(cause) as { message?: unknown; code?: unknown }
  return String(message || code || cause)
}
