/**
 * The numbers of one conversation, written as UUIDs for those whose ids are such: nothing has to remember which is which,
 * and another conversation has others.
 */
export class Uuids {
  readonly #prefix = randomPrefix()
  #told = 0

  /** The UUID that stands for `id`. */
  of(id: number): string {
    return this.#write('8', id)
  }

  /** A UUID that stands for nothing, for what is told. */
  next(): string {
    return this.#write('9', ++this.#told)
  }

  /** The number that `of` wrote as `value`; other ids as strings, which are none of this end. */
  numberOf(value: unknown): number | string {
    const text = String(value).toLowerCase()
    const digits = text.slice(-digitCount - 1).replace('-', '')
    const id = Number.parseInt(digits, 16)
    return Number.isSafeInteger(id) && this.of(id) === text ? id : text
  }

  #write(variant: '8' | '9', id: number): string {
    const digits = id.toString(16).padStart(digitCount, '0')
    return `${this.#prefix}${variant}0${digits.slice(0, 2)}-${digits.slice(2)}`
  }
}

// Hexadecimal digits that hold every safe integer.
const digitCount = 14

/** What comes before the variant of a UUID of version 4. */
function randomPrefix(): string {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
  const random = (word: number, length: number) => word.toString(16).padStart(8, '0').slice(-length)
  return `${random(high, 8)}-${random(low, 4)}-4000-`
}
