import { headerBytes, headerLines } from '../limits.js'
import { broken, type Framing, faultInBytes } from './framing.js'
import { KeptBytes } from './kept-bytes.js'
import { type Header, SizedDecoder, withHeaders } from './sized.js'

/** A frame behind a header with its length in bytes: the base protocol of LSP and of the Debug Adapter Protocol. */
export const contentLength: Framing = {
  faultIn: faultInBytes,
  encode: (frames) =>
    withHeaders(frames, (length) => encoder.encode(`Content-Length: ${length}\r\n\r\n`)),
  decoder: (limit, frame) => new SizedDecoder(new HeaderBlock(), limit, frame),
}

const encoder = new TextEncoder()
const lineFeed = 10

/** Lines of "Name: value" up to an empty one. Each is looked at when it is whole, and none of them twice. */
class HeaderBlock implements Header {
  readonly #kept = new KeptBytes()
  #bytes = 0
  #lines = 0
  #length: number | undefined

  get isInside(): boolean {
    return this.#bytes > 0
  }

  push(bytes: Uint8Array): { length: number; rest: Uint8Array } | undefined {
    let start = 0
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
      this.#keep(bytes.subarray(start, end + 1))
      start = end + 1
      const line = lineOf(this.#kept.take())
      if (line === '') return { length: this.#whole(), rest: bytes.subarray(start) }
      this.#line(line)
    }
    this.#keep(bytes.subarray(start))
    return undefined
  }

  #keep(bytes: Uint8Array): void {
    this.#bytes += bytes.length
    if (this.#bytes > headerBytes) throw broken(`a header is over ${headerBytes} bytes`)
    this.#kept.add(bytes)
  }

  #line(line: string): void {
    if (++this.#lines > headerLines) throw broken(`a header has over ${headerLines} lines`)
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(0, colon)).toLowerCase()
    if (!token.test(name)) throw broken('a header line is no "Name: value"', strayOutput)
    if (name === 'content-encoding') throw broken('the header Content-Encoding is not understood')
    if (name === 'content-length') this.#setLength(line.slice(colon + 1).trim())
  }

  #setLength(value: string): void {
    if (this.#length !== undefined) throw broken('a header has two Content-Length')
    // Digits alone: what Number takes beside them (signs, 0x10, 1e3, blanks) another end reads as something else.
    if (!digits.test(value)) throw broken('a Content-Length is no number of bytes')
    this.#length = Number(value)
  }

  #whole(): number {
    const length = this.#length
    if (length === undefined) throw broken('a header has no Content-Length', strayOutput)
    this.#bytes = 0
    this.#lines = 0
    this.#length = undefined
    return length
  }
}

const token = /^[!#$%&'*+.^_`|~0-9a-z-]+$/
const digits = /^(0|[1-9]\d{0,9})$/
const unprintable = /[^\t\x20-\x7e]/
const strayOutput = { hint: 'does something else print to this stream?' }

/** The text of a line without its end. Throws where that is no CRLF, or the line has more than visible ASCII. */
function lineOf(bytes: Uint8Array): string {
  const line = String.fromCharCode(...bytes)
  if (!line.endsWith('\r\n')) throw broken('a header line does not end with CRLF', strayOutput)
  const text = line.slice(0, -2)
  if (unprintable.test(text)) throw broken('a header line is no ASCII', strayOutput)
  return text
}
