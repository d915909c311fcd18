const none = new Uint8Array(0)

/** The beginning of a frame whose end has not come: copied, for a few bytes would keep the whole chunk they came in. */
export class KeptBytes {
  #bytes: Uint8Array = none
  #length = 0

  get length(): number {
    return this.#length
  }

  /** The last byte; none where nothing is kept. */
  get last(): number | undefined {
    return this.#bytes[this.#length - 1]
  }

  add(bytes: Uint8Array): void {
    const length = this.#length + bytes.length
    if (length > this.#bytes.length) this.#grow(length)
    this.#bytes.set(bytes, this.#length)
    this.#length = length
  }

  /** All that is kept, which is kept no longer. */
  take(): Uint8Array {
    const bytes = this.#bytes.subarray(0, this.#length)
    this.#bytes = none
    this.#length = 0
    return bytes
  }

  #grow(length: number): void {
    // To twice the size, so that bytes that come one by one are copied twice, not once for each that follows. Never to
    // what a length in a header claims: that costs its sender nothing.
    const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.length))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}
