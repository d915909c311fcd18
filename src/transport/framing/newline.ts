import { type Decoder, type Framing, faultInBytes, frameOf, tooLong } from './framing.js'
import { KeptBytes } from './kept-bytes.js'

/** A frame a line, as JSON Lines has it: for two ends of our own, MCP, ACP and most other programs. */
export const newline: Framing = {
  faultIn(frame) {
    // What JSON.stringify writes has none. A line that somebody else wrote must not become two.
    const isTwo = typeof frame === 'string' && frame.includes('\n')
    return isTwo ? 'has a line break, which ends a frame here' : faultInBytes(frame)
  },
  encode: (frames) => encoder.encode(`${frames.join('\n')}\n`),
  decoder: (limit, frame) => new LineDecoder(limit, frame),
}

const encoder = new TextEncoder()
const lineFeed = 10
const carriageReturn = 13

/** Lines end with LF or CRLF, and blank ones are nothing. */
class LineDecoder implements Decoder {
  readonly #limit: number
  readonly #frame: (data: string | Uint8Array) => void
  readonly #kept = new KeptBytes()

  constructor(limit: number, frame: (data: string | Uint8Array) => void) {
    this.#limit = limit
    this.#frame = frame
  }

  get isInside(): boolean {
    return this.#kept.length > 0
  }

  push(chunk: Uint8Array): void {
    let start = 0
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      this.#line(chunk.subarray(start, end))
      start = end + 1
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start))
  }

  #line(rest: Uint8Array): void {
    if (this.#kept.length === 0) return this.#whole(rest)
    this.#keep(rest)
    this.#whole(this.#kept.take())
  }

  #whole(line: Uint8Array): void {
    const length = line.length - (line.at(-1) === carriageReturn ? 1 : 0)
    if (length > this.#limit) throw tooLong(length, this.#limit)
    if (length > 0) this.#frame(frameOf(line.subarray(0, length)))
  }

  #keep(bytes: Uint8Array): void {
    const length = this.#kept.length + bytes.length
    const ends = bytes.at(-1) ?? this.#kept.last
    const size = length - (ends === carriageReturn ? 1 : 0)
    if (size > this.#limit) throw tooLong(size, this.#limit)
    this.#kept.add(bytes)
  }
}
