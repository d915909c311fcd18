import type { Readable } from 'node:stream'
import { lastWords } from '../limits.js'

/** Reads the stderr of a process, hands it on, and keeps the end of it. */
export class LastWords {
  #kept = Buffer.alloc(0)
  #isCut = false

  /** From now on `heard` is told what `stream` says, as text. */
  constructor(stream: Readable | null, heard: (text: string) => void = () => {}) {
    const decoder = new TextDecoder()
    stream?.on('error', () => {})
    stream?.on('data', (chunk: Buffer) => {
      this.#keep(chunk)
      const text = decoder.decode(chunk, { stream: true })
      if (text !== '') heard(text)
    })
  }

  /** The last lines, whole, without white space around them. */
  get text(): string {
    const text = this.#kept.toString()
    const start = this.#isCut ? text.indexOf('\n') + 1 : 0
    return text.slice(start).trim()
  }

  #keep(chunk: Buffer): void {
    const all = Buffer.concat([this.#kept, chunk.subarray(-lastWords)])
    this.#isCut ||= this.#kept.length + chunk.length > lastWords
    // A copy, for the slice of a large chunk would keep all of it.
    this.#kept = Buffer.from(all.subarray(-lastWords))
  }
}
