import type { Brief } from '../protocol/brief.js'

/** Messages on their way to leave together: those that are alike, one right after the other, are one entry. */
export class Frame {
  #count = 0
  /** The entries that are whole, joined by commas. */
  #entries = ''
  /** The one that may go on. */
  #entry = ''
  #isRun = false
  #last: Brief | undefined

  /** Messages. */
  get count(): number {
    return this.#count
  }

  /** Characters. */
  get length(): number {
    return this.#entries.length + this.#entry.length
  }

  add(message: string | Brief): void {
    this.#count++
    const brief = typeof message === 'string' ? undefined : message
    if (this.#last !== undefined && brief?.follows(this.#last)) {
      this.#entry = `${this.#entry},${brief.body || 'null'}`
      this.#isRun = true
    } else {
      this.#close()
      this.#entry = String(message)
    }
    this.#last = brief
  }

  /** The text of what was added, which is forgotten: a lone message as it is, others as an array. */
  take(): string {
    const isLone = this.#count === 1
    this.#close()
    const text = isLone ? this.#entries : `[${this.#entries}]`
    this.#entries = ''
    this.#last = undefined
    this.#count = 0
    return text
  }

  #close(): void {
    const entry = this.#isRun ? `[${this.#entry}]` : this.#entry
    this.#entries = this.#entries === '' ? entry : `${this.#entries},${entry}`
    this.#entry = ''
    this.#isRun = false
  }
}
