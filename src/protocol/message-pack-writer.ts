import { errorCodes, RpcError } from './error.js'
import { isBytes } from './json.js'

/** Writes one value as MessagePack. Bytes in it are copied once, into the buffer that leaves. */
export class MessagePackWriter {
  /** Everything but the bytes. */
  #text = new Uint8Array(256)
  #view = new DataView(this.#text.buffer)
  #length = 0
  /** The bytes, and where in the rest they stand. */
  readonly #parts: { readonly at: number; readonly bytes: Uint8Array }[] = []
  #partsLength = 0

  write(value: unknown): void {
    if (typeof value === 'string') this.#string(value)
    else if (typeof value === 'number') this.#number(value)
    else if (typeof value === 'boolean') this.#byte(value ? 0xc3 : 0xc2)
    else if ((value ?? null) === null) this.#byte(0xc0)
    else if (typeof value !== 'object') throw refusal(`a ${typeof value}`)
    else this.#object(value as object)
  }

  /** All that was written, in a buffer of its own. */
  take(): Uint8Array {
    const whole = new Uint8Array(this.#length + this.#partsLength)
    let from = 0
    let to = 0
    for (const { at, bytes } of this.#parts) {
      whole.set(this.#text.subarray(from, at), to)
      to += at - from
      whole.set(bytes, to)
      to += bytes.length
      from = at
    }
    whole.set(this.#text.subarray(from, this.#length), to)
    return whole
  }

  #object(value: object): void {
    if (isBytes(value)) {
      this.#sized(value.length, 0xc4)
      this.#parts.push({ at: this.#length, bytes: value })
      this.#partsLength += value.length
    } else if (Array.isArray(value)) {
      this.#counted(value.length, 0x90, 0xdc)
      // By index, for a hole counts as well.
      for (let index = 0; index < value.length; index++) this.write(plain(value[index]))
    } else this.#map(value)
  }

  #map(value: object): void {
    const members: [string, unknown][] = []
    for (const [name, own] of Object.entries(value)) {
      const member = plain(own)
      if (member !== undefined) members.push([name, member])
    }
    this.#counted(members.length, 0x80, 0xde)
    for (const [name, member] of members) {
      this.#string(name)
      this.write(member)
    }
  }

  #string(text: string): void {
    this.#reserve(longestHead + 3 * text.length)
    const start = this.#length + longestHead
    const { written } = encoder.encodeInto(text, this.#text.subarray(start))
    if (written !== text.length && halfAPair.test(text)) throw refusal('half of a surrogate pair')
    if (written < 32) this.#byte(0xa0 | written)
    else this.#sized(written, 0xd9)
    this.#text.copyWithin(this.#length, start, start + written)
    this.#length += written
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value)) return this.#float(value)
    if (value >= -32 && value < 128) this.#byte(value & 0xff)
    else if (value >= 0 && value <= 0xffff_ffff) this.#sized(value, 0xcc)
    else {
      this.#byte(0xd3)
      this.#reserve(8)
      this.#view.setBigInt64(this.#length, BigInt(value))
      this.#length += 8
    }
  }

  #float(value: number): void {
    if (!Number.isFinite(value)) throw refusal(String(value))
    this.#byte(0xcb)
    this.#reserve(8)
    this.#view.setFloat64(this.#length, value)
    this.#length += 8
  }

  /** The head of so many values: four bits in `small`, or 16 or 32 of them behind `tag` or the next. */
  #counted(count: number, small: number, tag: number): void {
    if (count < 16) this.#byte(small | count)
    else this.#unsigned(count, tag, tag + 1)
  }

  /** A number of 8, 16 or 32 bits behind `tag` or one of the next two. */
  #sized(size: number, tag: number): void {
    if (size > 0xff) return this.#unsigned(size, tag + 1, tag + 2)
    this.#byte(tag)
    this.#byte(size)
  }

  #unsigned(value: number, tag: number, longer: number): void {
    const isLong = value > 0xffff
    this.#byte(isLong ? longer : tag)
    this.#reserve(4)
    if (isLong) this.#view.setUint32(this.#length, value)
    else this.#view.setUint16(this.#length, value)
    this.#length += isLong ? 4 : 2
  }

  #byte(byte: number): void {
    this.#reserve(1)
    this.#text[this.#length++] = byte
  }

  #reserve(room: number): void {
    if (this.#length + room <= this.#text.length) return
    const grown = new Uint8Array(2 * (this.#length + room))
    grown.set(this.#text.subarray(0, this.#length))
    this.#text = grown
    this.#view = new DataView(grown.buffer)
  }
}

const encoder = new TextEncoder()
const longestHead = 5

/** What TextEncoder would write as a question mark, so that nobody would know that something was lost. */
const halfAPair = /\p{Surrogate}/u

/** What JSON writes of a value: what it says itself, and a primitive for one in a box. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || isBytes(value)) return value
  const said = 'toJSON' in value && typeof value.toJSON === 'function' ? value.toJSON() : value
  const isBoxed = said instanceof Number || said instanceof String || said instanceof Boolean
  return isBoxed ? said.valueOf() : said
}

function refusal(what: string): RpcError {
  return new RpcError(errorCodes.encoding, `${what} cannot cross the wire beside bytes`, {
    data: { reason: 'encoding' },
  })
}
