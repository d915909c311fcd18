/** Why a transport, and with it everything above it, came to its end. */
export interface CloseReason {
  /** A WebSocket close code (RFC 6455 section 7.4, and 4000 to 4999 of ours), whatever the transport is. */
  readonly code: number
  /** In words; may be empty. */
  readonly reason: string
}

/** What a transport tells the link above it. */
export interface TransportListener {
  /** One frame arrived, whole: text as a string, bytes as they are. */
  frame(data: string | Uint8Array): void
  /** What was buffered has gone. */
  writable(): void
  /** Something arrived that is no frame, such as a ping: the other end lives. */
  activity(): void
  /**
   * The other end sends no more, and may still read: `close` ends it, with `reason`, once everything is answered. A
   * transport that cannot tell this apart from its end, or whose listener does not know this, ends at once.
   */
  ending?(reason: CloseReason): void
  /** The transport came to its end; told once, and nothing after it. */
  closed(reason: CloseReason): void
}

/**
 * Frames of text or bytes, in order: all a link ever knows of the world. Nothing arrives before `start`; what is sent
 * before the far end is ready waits; what is sent after the end is dropped, for `closed` has been told.
 */
export interface Transport {
  start(listener: TransportListener): void
  /** Bytes are given away: whoever sends them does not touch their buffer again. */
  send(frame: string | Uint8Array): void
  /** Keeps what is sent from now on for one write, where that is cheaper than several. What is kept is `buffered`. */
  cork?(): void
  /** Writes what was kept. */
  uncork?(): void
  /** Ends it, once what was sent has left or `closeWait` has passed. Idempotent. */
  close(reason?: CloseReason): void
  /** Bytes taken and not yet gone. */
  readonly buffered: number
  /** Bytes that have arrived, ever, where that is known: also those of a frame that is not whole yet. */
  readonly received?: number | undefined
  /** Bytes that have left, ever, where that is known: also those of a write that is not done. */
  readonly written?: number | undefined
  /**
   * Whether the other end is a part of the same program: then its end is told whatever happens, silence means nothing, and each
   * frame is a task of its own there. Default false.
   */
  readonly isLocal?: boolean | undefined
}

/** The usual end: nothing was wrong. */
export const normalClose: CloseReason = { code: 1000, reason: '' }
