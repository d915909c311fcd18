import { errorCodes, RpcError } from './error.js'

/** Reads one value of MessagePack: what JSON has, and bytes. Never allocates for what has not come. */
export class MessagePackReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #own: (bytes: Uint8Array) => Uint8Array
  #at = 0

  constructor(bytes: Uint8Array, own: (bytes: Uint8Array) => Uint8Array) {
    const { buffer, byteOffset, byteLength } = bytes
    // Anew, for `slice` of Node's Buffer is no copy.
    this.#bytes = new Uint8Array(buffer, byteOffset, byteLength)
    this.#view = new DataView(buffer, byteOffset, byteLength)
    this.#own = own
  }

  /** The one value that all the bytes are. */
  whole(levels: number): unknown {
    const value = this.#value(levels)
    if (this.#at < this.#bytes.length) throw fault('it goes on behind its end')
    return value
  }

  #value(levels: number): unknown {
    const tag = this.#unsigned(1)
    const items = this.#items(tag)
    const members = this.#members(tag)
    if (items === undefined && members === undefined) return this.#leaf(tag)
    if (levels === 0) return this.#skip(items ?? 2 * (members as number))
    return items === undefined
      ? this.#map(members as number, levels - 1)
      : this.#array(items, levels - 1)
  }

  #array(count: number, levels: number): unknown[] {
    this.#check(count)
    const values: unknown[] = []
    for (let left = count; left > 0; left--) values.push(this.#value(levels))
    return values
  }

  #map(count: number, levels: number): object {
    this.#check(2 * count)
    const map: Record<string, unknown> = {}
    for (let left = count; left > 0; left--) {
      const name = this.#name()
      if (Object.hasOwn(map, name)) throw fault('a name comes twice')
      const value = this.#value(levels)
      if (name === '__proto__') Object.defineProperty(map, name, { ...plain, value })
      else map[name] = value
    }
    return map
  }

  /** Walks past so many values that lie too deep, however deep they are. What takes their place is too deep itself. */
  #skip(count: number): never[] {
    for (let left = count; left > 0; left--) {
      const tag = this.#unsigned(1)
      const items = this.#items(tag)
      const members = this.#members(tag)
      if (items === undefined && members === undefined) this.#leaf(tag)
      else left += items ?? 2 * (members as number)
      this.#check(left - 1)
    }
    return []
  }

  #items(tag: number): number | undefined {
    if (tag >= 0x90 && tag < 0xa0) return tag & 0xf
    return tag === 0xdc || tag === 0xdd ? this.#unsigned(2 * (tag - 0xdb)) : undefined
  }

  #members(tag: number): number | undefined {
    if (tag >= 0x80 && tag < 0x90) return tag & 0xf
    return tag === 0xde || tag === 0xdf ? this.#unsigned(2 * (tag - 0xdd)) : undefined
  }

  #name(): string {
    const name = this.#leaf(this.#unsigned(1))
    if (typeof name !== 'string') throw fault('a name is no text')
    return name
  }

  #leaf(tag: number): unknown {
    if (tag < 0x80) return tag
    if (tag >= 0xe0) return tag - 0x100
    if (tag >= 0xa0 && tag < 0xc0) return this.#text(tag & 0x1f)
    if (tag >= 0xd9 && tag <= 0xdb) return this.#text(this.#unsigned(1 << (tag - 0xd9)))
    if (tag >= 0xc4 && tag <= 0xc6) return this.#binary(this.#unsigned(1 << (tag - 0xc4)))
    if (tag === 0xc0) return null
    if (tag === 0xc2 || tag === 0xc3) return tag === 0xc3
    const number = numbers[tag]
    if (number !== undefined) return this.#number(...number)
    throw fault(isExtension(tag) ? 'it holds an extension type' : 'a byte has no meaning there')
  }

  #text(length: number): string {
    const bytes = this.#take(length)
    try {
      return decoder.decode(bytes)
    } catch {
      throw fault('a text is not valid UTF-8')
    }
  }

  #binary(length: number): Uint8Array {
    return this.#own(this.#take(length).slice())
  }

  #number(size: number, read: NumberReader, isInteger: boolean): number {
    const number = Number(read(this.#view, this.#advance(size)))
    if (!Number.isFinite(number)) throw fault('a number is not finite')
    if (isInteger && !Number.isSafeInteger(number)) throw fault('an integer is over 2^53-1')
    return number
  }

  /** A number of 1, 2 or 4 bytes without a sign. */
  #unsigned(size: number): number {
    const at = this.#advance(size)
    if (size === 1) return this.#view.getUint8(at)
    return size === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at)
  }

  #take(size: number): Uint8Array {
    const at = this.#advance(size)
    return this.#bytes.subarray(at, this.#at)
  }

  /** Goes on by so many bytes; returns where they begin. */
  #advance(size: number): number {
    this.#check(size)
    this.#at += size
    return this.#at - size
  }

  /** Throws where fewer than `count` bytes are left: no value has less than one. */
  #check(count: number): void {
    if (count > this.#bytes.length - this.#at) throw fault('it ends too early')
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const plain = { enumerable: true, writable: true, configurable: true }

type NumberReader = (view: DataView, at: number) => number | bigint

/** Bytes of each kind of number, what reads them, and whether it is an integer. */
const numbers: Readonly<Record<number, readonly [number, NumberReader, boolean]>> = {
  202: [4, (view, at) => view.getFloat32(at), false],
  203: [8, (view, at) => view.getFloat64(at), false],
  204: [1, (view, at) => view.getUint8(at), true],
  205: [2, (view, at) => view.getUint16(at), true],
  206: [4, (view, at) => view.getUint32(at), true],
  207: [8, (view, at) => view.getBigUint64(at), true],
  208: [1, (view, at) => view.getInt8(at), true],
  209: [2, (view, at) => view.getInt16(at), true],
  210: [4, (view, at) => view.getInt32(at), true],
  211: [8, (view, at) => view.getBigInt64(at), true],
}

function isExtension(tag: number): boolean {
  return (tag >= 0xc7 && tag <= 0xc9) || (tag >= 0xd4 && tag <= 0xd8)
}

/** Constant words, without the input: it may be a secret. */
function fault(what: string): RpcError {
  return new RpcError(errorCodes.parse, `the message is not valid MessagePack: ${what}`)
}
