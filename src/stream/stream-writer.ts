import type { Encoded } from '../protocol/codec.js'
import { afterTurns, turns } from '../runtime.js'
import { type Credit, weightOf } from './credit.js'

/** What a writer needs of the peer that it writes for. */
export interface WriterHost {
  readonly credit: Credit
  /** Whether so many characters of items are no more than one message should hold. */
  fits(characters: number): boolean
  /** JSON of one item, the first being number 0; or the message with it alone, where it holds bytes. Throws where it cannot be sent. */
  encode(item: unknown, index: number): Encoded
  /** Sends items: their JSON, joined by commas, or a whole message. */
  send(items: Encoded): void
  /** Whether so much waits to leave that nothing more should be sent. */
  isCongested(): boolean
  /** Resolves when that may have changed. */
  room(): Promise<void>
}

/** One end of a stream: sends what a source yields, and never more than its reader gave credit for. */
export class StreamWriter {
  /** Settles when a source that was to stop has cleaned up. */
  cleanup: Promise<unknown> = Promise.resolve()
  readonly #source: AsyncIterator<unknown>
  readonly #host: WriterHost
  /** Items of one message: a quarter of the credit, so that both ends always have some. */
  readonly #together: number
  /** Characters, or for one with bytes its weight, of each item that was taken from the source and has not been consumed, the oldest first. */
  readonly #sizes: number[] = []
  #characters = 0
  #taken = 0
  #consumed = 0
  /** What was taken and has not been sent. */
  #text = ''
  #count = 0
  #isScheduled = false
  #wake: () => void = () => {}
  #end: { readonly reason: unknown } | undefined
  #isDone = false

  constructor(source: AsyncIterable<unknown>, host: WriterHost) {
    this.#source = source[Symbol.asyncIterator]()
    this.#host = host
    this.#together = Math.ceil(host.credit.items / 4)
  }

  /** Writes all that the source yields, and resolves with what it returns. Rejects with what it throws, or what `end` was given. */
  async write(): Promise<unknown> {
    for (;;) {
      // What was taken and has not been sent changes nothing about how much waits to leave.
      if (this.#isOut() || (this.#count === 0 && this.#host.isCongested())) await this.#ready()
      this.#checkEnd()
      let next: IteratorResult<unknown>
      // Here, for in an async function of its own it would cost every item three turns more.
      try {
        next = await this.#source.next()
      } catch (reason) {
        this.#isDone = true
        this.#flush()
        throw reason
      }
      this.#isDone = next.done === true
      this.#checkEnd()
      if (!this.#isDone) this.#take(next.value)
      else {
        this.#flush()
        return next.value
      }
    }
  }

  /** Takes note that the reader consumed `count` items, all told. False where there were not so many. */
  consumed(count: number): boolean {
    if (!Number.isSafeInteger(count) || count > this.#taken - this.#count) return false
    for (const size of this.#sizes.splice(0, count - this.#consumed)) this.#characters -= size
    this.#consumed = Math.max(this.#consumed, count)
    this.#wake()
    return true
  }

  /** Stops writing, and lets the source clean up: `finally` of a generator runs. */
  end(reason: unknown): void {
    if (this.#end !== undefined) return
    this.#end = { reason }
    this.#text = ''
    this.#count = 0
    this.#wake()
    if (this.#isDone) return
    this.cleanup = Promise.resolve().then(() => this.#source.return?.())
    // Nobody need wait for it.
    this.cleanup.catch(() => {})
  }

  #take(value: unknown): void {
    try {
      this.#add(value, this.#host.encode(value, this.#taken))
    } catch (reason) {
      this.#flush()
      this.end(reason)
      throw reason
    }
  }

  #add(value: unknown, text: Encoded): void {
    const size = typeof text === 'string' ? text.length : weightOf(value)
    this.#taken++
    this.#sizes.push(size)
    this.#characters += size
    if (typeof text !== 'string') {
      this.#flush()
      return this.#host.send(text)
    }
    // With those before it, a long one may be more than the other end takes.
    if (!this.#host.fits(this.#text.length + size)) this.#flush()
    this.#text = this.#count++ === 0 ? text : `${this.#text},${text}`
    if (this.#count >= this.#together || !this.#host.fits(this.#text.length)) this.#flush()
    else this.#schedule()
  }

  #isOut(): boolean {
    const { items, characters } = this.#host.credit
    return this.#sizes.length >= items || this.#characters >= characters
  }

  /** Resolves when there is credit and room. What was taken leaves first: it may be what the reader waits for. */
  async #ready(): Promise<void> {
    this.#flush()
    while (this.#end === undefined) {
      if (this.#isOut()) await new Promise<void>((resolve) => (this.#wake = resolve))
      else if (this.#host.isCongested()) await this.#host.room()
      else return
    }
  }

  #checkEnd(): void {
    if (this.#end !== undefined) throw this.#end.reason
  }

  /** Items leave together where the source yields them one right after the other, without a timer: a lone one waits for a few microtasks. */
  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    const count = this.#count
    afterTurns(turns, () => {
      this.#isScheduled = false
      if (this.#count > count) this.#schedule()
      else this.#flush()
    })
  }

  #flush(): void {
    if (this.#count === 0) return
    const text = this.#text
    this.#text = ''
    this.#count = 0
    this.#host.send(text)
  }
}
