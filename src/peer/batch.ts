import { errorCodes, RpcError } from '../protocol/error.js'
import { errorText } from '../protocol/text.js'

/** Takes the one answer to a request, as JSON text. */
export type Reply = (text: string) => void

/**
 * The one answer to a JSON-RPC batch (section 6 of the specification): an array of what its entries answered, sent when
 * the last has; nothing where none answers.
 */
export class BatchReply {
  readonly #send: Reply
  readonly #limit: number
  readonly #texts: string[] = []
  #bytes = 0
  // One more than the entries that are open, so that the array cannot leave before all entries were looked at.
  #open = 1

  constructor(send: Reply, limit: number) {
    this.#send = send
    this.#limit = limit
  }

  /** Counts an entry that will answer, and returns what takes its answer. */
  expect(): Reply {
    this.#open++
    return (text) => {
      this.#add(text)
      this.close()
    }
  }

  /** Says that an entry has answered, or that all entries were looked at. */
  close(): void {
    if (--this.#open === 0 && this.#texts.length > 0) this.#send(`[${this.#texts.join(',')}]`)
  }

  #add(text: string): void {
    const fits = this.#bytes + text.length <= this.#limit
    const kept = fits ? text : tooLong(text, this.#limit)
    this.#bytes += kept.length + 1
    this.#texts.push(kept)
  }
}

/** What an entry answers in place of a result that would take the whole array over the limit. */
function tooLong(text: string, limit: number): string {
  const { id } = JSON.parse(text)
  return errorText(
    id,
    new RpcError(
      errorCodes.limitExceeded,
      `the answers of this batch are over the limit of ${limit} bytes`,
    ),
  )
}
