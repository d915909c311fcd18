import type { Outgoing } from '../protocol/brief.js'
import { bytesOf } from '../protocol/json.js'
import type { Encoder } from './encoder.js'
import type { Key, Outbox } from './outbox.js'

/** The calls of one batch, which wait in the outbox until they leave together. */
export class Gathering {
  /** Whether calls may still join; else each leaves by itself. */
  isOpen: boolean
  readonly #encoder: Encoder
  readonly #outbox: Outbox
  readonly #keys: Key[] = []
  /** Of the array that they make, with its brackets. */
  #bytes = 2

  constructor(encoder: Encoder, outbox: Outbox, isOpen: boolean) {
    this.isOpen = isOpen
    this.#encoder = encoder
    this.#outbox = outbox
  }

  /** Throws where the call of `method`, which is `text`, would be more than one batch may hold. */
  admit(method: string, text: Outgoing): void {
    const { length } = this.#keys
    this.#encoder.checkBatch(method, length + 1, this.#bytes + length + bytesOf(`${text}`))
    this.#outbox.checkRoom(text.length, true)
  }

  request(key: Key, text: Outgoing): void {
    this.#keys.push(key)
    this.#bytes += bytesOf(`${text}`)
    this.#outbox.hold(key, text)
  }

  notify(method: string, text: Outgoing): void {
    this.admit(method, text)
    this.request({ method }, text)
  }

  /** Sends them. Returns the ids of the requests that left in one array. */
  leave(): number[] {
    this.isOpen = false
    return this.#outbox.leaveTogether(this.#keys)
  }
}
