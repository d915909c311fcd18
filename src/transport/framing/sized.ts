import { type Decoder, frameOf, tooLong } from './framing.js'
import { KeptBytes } from './kept-bytes.js'

/** Reads what stands before a frame and tells how many bytes the frame has. */
export interface Header {
  /** Takes the next bytes. The length, with the bytes behind the header, once it is whole. Throws where it is no header. */
  push(bytes: Uint8Array): { readonly length: number; readonly rest: Uint8Array } | undefined
  /** Whether a header has begun and is not whole. */
  readonly isInside: boolean
}

const none = new Uint8Array(0)

/** Finds frames whose length stands before them. */
export class SizedDecoder implements Decoder {
  readonly #header: Header
  readonly #limit: number
  readonly #frame: (data: string | Uint8Array) => void
  readonly #kept = new KeptBytes()
  /** Bytes of the frame that is being taken; none between two frames. */
  #length: number | undefined

  constructor(header: Header, limit: number, frame: (data: string | Uint8Array) => void) {
    this.#header = header
    this.#limit = limit
    this.#frame = frame
  }

  get isInside(): boolean {
    return this.#length !== undefined || this.#header.isInside
  }

  push(chunk: Uint8Array): void {
    let rest = chunk
    while (rest.length > 0) rest = this.pushOne(rest)
  }

  /** Takes the next bytes up to the end of the frame that they belong to, or begin; returns those behind it. */
  pushOne(bytes: Uint8Array): Uint8Array {
    let rest = bytes
    do rest = this.#length === undefined ? this.#begin(rest) : this.#take(rest, this.#length)
    while (rest.length > 0 && this.isInside)
    return rest
  }

  #begin(bytes: Uint8Array): Uint8Array {
    const { length, rest = none } = this.#header.push(bytes) ?? {}
    if (length === undefined) return none
    if (length > this.#limit) throw tooLong(length, this.#limit)
    this.#length = length
    // The empty frame has no byte whose arrival would end it.
    return length === 0 ? this.#take(rest, 0) : rest
  }

  /** Takes what belongs to the frame, and returns the rest. */
  #take(bytes: Uint8Array, length: number): Uint8Array {
    const part = bytes.subarray(0, length - this.#kept.length)
    const isWhole = this.#kept.length + part.length === length
    if (!isWhole || this.#kept.length > 0) this.#kept.add(part)
    if (isWhole) {
      this.#length = undefined
      this.#frame(frameOf(this.#kept.length > 0 ? this.#kept.take() : part))
    }
    return bytes.subarray(part.length)
  }
}

const encoder = new TextEncoder()

/** `frames`, each behind the header for its length. */
export function withHeaders(
  frames: readonly (string | Uint8Array)[],
  headerFor: (length: number) => Uint8Array,
): Uint8Array {
  return joined(
    frames.flatMap((frame) => {
      const body = typeof frame === 'string' ? encoder.encode(frame) : frame
      return [headerFor(body.length), body]
    }),
  )
}

/** `parts`, one after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
