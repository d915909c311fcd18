import type { Outgoing } from '../protocol/brief.js'
import type { RpcError } from '../protocol/error.js'
import { isOver } from '../protocol/json.js'
import { overLimit } from '../protocol/limits.js'
import type { Id } from '../protocol/message.js'
import { errorText } from '../protocol/text.js'

/** What is wrong with a request whose id another one has that was not answered yet. */
export const duplicate = 'duplicate id: it is still being answered'

/** Takes the one answer to a request; `left` is called once it is on its way. */
export type Reply = (text: Outgoing, left?: () => void) => void

/**
 * The one answer to a JSON-RPC batch (section 6 of the specification): an array of what its entries answered, sent when
 * the last has; nothing where none answers.
 */
export class BatchReply {
  readonly #send: Reply
  readonly #largest: () => number
  /** Is told how many characters of answers are kept, and that they have left: then a number below zero. */
  readonly #kept: (characters: number) => void
  readonly #ids = new Set<Id>()
  #text = ''
  readonly #left: (() => void)[] = []
  // One more than the entries that are open, so that the array cannot leave before all entries were looked at.
  #open = 1

  constructor(send: Reply, largest: () => number, kept: (characters: number) => void) {
    this.#send = send
    this.#largest = largest
    this.#kept = kept
  }

  /** Counts an entry that will answer with `id`, and returns what takes its answer. */
  expect(id: Id): Reply {
    this.#open++
    return (text, left) => {
      // What holds bytes has no text that could be joined to others, and goes by itself.
      if (text instanceof Uint8Array) this.#send(text, left)
      else {
        this.#add(id, String(text))
        if (left !== undefined) this.#left.push(left)
      }
      this.close()
    }
  }

  /** Whether an entry before had this `id` too: two answers with one id would be told apart by nobody. */
  repeats(id: Id): boolean {
    const { size } = this.#ids
    return id !== null && this.#ids.add(id).size === size
  }

  /** Says that an entry has answered, or that all entries were looked at. */
  close(): void {
    if (--this.#open > 0 || this.#text === '') return
    this.#kept(-this.#text.length)
    this.#send(`[${this.#text}]`, () => {
      for (const left of this.#left) left()
    })
  }

  #add(id: Id, text: string): void {
    const whole = this.#with(text)
    const isLong = isOver(whole, this.#largest() - 2)
    const { length } = this.#text
    this.#text = isLong ? this.#with(errorText(id, this.#tooLong())) : whole
    this.#kept(this.#text.length - length)
  }

  #with(text: string): string {
    return this.#text === '' ? text : `${this.#text},${text}`
  }

  /** What an entry answers in place of a result that would take the whole array over the limit. */
  #tooLong(): RpcError {
    return overLimit('the answer to this batch is', 'message', this.#largest())
  }
}
