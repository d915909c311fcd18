import { isPacked } from '../../protocol/codec.js'
import { type ErrorDetails, errorCodes, RpcError } from '../../protocol/error.js'
import { textOf } from '../../protocol/json.js'
import { overLimit } from '../../protocol/limits.js'

/** How frames are told apart in a stream of bytes. */
export interface Framing {
  /** What keeps `frame` from being sent this way, as the end of a sentence about it; nothing where it can. */
  faultIn(frame: string | Uint8Array): string | undefined
  /** The bytes of as many frames, one after the other, of which none has a fault. */
  encode(frames: readonly (string | Uint8Array)[]): Uint8Array
  /** What finds the frames in the bytes that arrive, and tells each, once it is whole. */
  decoder(limit: number, frame: (data: string | Uint8Array) => void): Decoder
}

/** Finds frames in bytes. The time it takes grows with their number, however they are cut into chunks. */
export interface Decoder {
  /**
   * Takes the next bytes, and keeps none of them that it has not copied. Throws where they are no frames, or one of
   * more bytes than the limit: `protocol` or `limitExceeded`. Where the next frame begins is lost then.
   */
  push(chunk: Uint8Array): void
  /** Whether a frame has begun and is not whole. */
  readonly isInside: boolean
}

/**
 * The frame that `bytes` are: text, or a copy of what a codec made. Bytes that are neither are handed on for whoever reads
 * them to refuse.
 */
export function frameOf(bytes: Uint8Array): string | Uint8Array {
  if (isPacked(bytes)) return new Uint8Array(bytes)
  try {
    return textOf(bytes)
  } catch {
    return new Uint8Array(bytes)
  }
}

/** What is said of bytes that the other end would take for text. */
export function faultInBytes(frame: string | Uint8Array): string | undefined {
  const isTold = typeof frame === 'string' || isPacked(frame)
  return isTold ? undefined : 'is bytes that begin as text does, and would be taken for text'
}

/** The error for what is no frame. */
export function broken(what: string, details?: ErrorDetails): RpcError {
  return new RpcError(errorCodes.protocol, what, details)
}

/** The error for a frame of `size` bytes, or already so many, where `limit` are allowed. */
export function tooLong(size: number, limit: number): RpcError {
  return overLimit(`a message of ${size} bytes is`, 'message', limit, { size })
}
