import { type Framing, faultInBytes } from './framing.js'
import { type Header, SizedDecoder, withHeaders } from './sized.js'

/**
 * A frame behind its length in bytes, an unsigned number of four bytes. Default big-endian, the order of the network;
 * browsers speak to native programs in that of the machine, which is little-endian on all that are common.
 */
export function lengthPrefix({ endian = 'big' }: { endian?: 'big' | 'little' } = {}): Framing {
  const isLittle = endian === 'little'
  return {
    faultIn: faultInBytes,
    encode: (frames) => withHeaders(frames, (length) => prefixOf(length, isLittle)),
    decoder: (limit, frame) => new SizedDecoder(new Prefix(isLittle), limit, frame),
  }
}

const size = 4

export function prefixOf(length: number, isLittle: boolean): Uint8Array {
  const prefix = new Uint8Array(size)
  new DataView(prefix.buffer).setUint32(0, length, isLittle)
  return prefix
}

/** A length of four bytes. */
export class Prefix implements Header {
  readonly #isLittle: boolean
  readonly #view = new DataView(new ArrayBuffer(size))
  #count = 0

  constructor(isLittle: boolean) {
    this.#isLittle = isLittle
  }

  get isInside(): boolean {
    return this.#count > 0
  }

  push(bytes: Uint8Array): { length: number; rest: Uint8Array } | undefined {
    const part = bytes.subarray(0, size - this.#count)
    for (const byte of part) this.#view.setUint8(this.#count++, byte)
    if (this.#count < size) return undefined
    this.#count = 0
    return { length: this.#view.getUint32(0, this.#isLittle), rest: bytes.subarray(part.length) }
  }
}
