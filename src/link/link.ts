import type { Outgoing } from '../protocol/brief.js'
import type { CloseReason } from '../transport/transport.js'

/** What a link tells the peer above it. */
export interface LinkListener {
  /** One frame arrived: one message, or an array of them. */
  frame(data: string | Uint8Array): void
  /** What was buffered has gone. */
  writable(): void
  /** The other end sends no more, and may still read answers. */
  ending(reason: CloseReason): void
  closed(reason: CloseReason): void
}

/** Messages on their way: packs what is sent into frames, and knows neither methods nor sockets. */
export interface Link {
  start(listener: LinkListener): void
  /** Takes one encoded message. It leaves with the others of this turn, but for one of bytes, which leaves by itself. */
  send(message: Outgoing): void
  /** Takes one frame that must leave as it is, after what was sent before it. */
  sendAlone(frame: Outgoing): void
  /** From now on, what is sent in one turn may leave as one array frame of so many characters: the other end understands. */
  pack(characters: number): void
  /** Gives what waits to the transport now. */
  flush(): void
  /** Sends what waits, then ends. Idempotent. */
  close(reason?: CloseReason): void
  /** Bytes taken and not yet gone. */
  readonly buffered: number
  /** Counts up with whatever arrives. */
  readonly heard: number
  /** Whether the other end is a part of the same program: then its end is told whatever happens, and silence means nothing. */
  readonly isLocal: boolean
  /** How much was seen to leave, ever: where this has not grown, nothing moves. */
  readonly gone: number
}
