import type { Link } from '../link/link.js'
import { errorCodes, RpcError } from '../protocol/error.js'

/**
 * What this end asks and tells, on its way to the link. Requests wait here, in order, while the other end handles as
 * many as it said it takes or too many bytes wait to leave; a notification behind one waits with it. Answers never come
 * here, so two ends that call each other back cannot block one another.
 */
export class Outbox {
  readonly #link: Link
  readonly #unsent: number
  /** Requests by id, notifications by a key of their own; a Map keeps the order and forgets one cheaply. */
  readonly #waiting = new Map<number, string>()
  #waitingBytes = 0
  #open = 0
  #room = Number.POSITIVE_INFINITY
  #lastNotification = 0

  constructor(link: Link, unsent: number) {
    this.#link = link
    this.#unsent = unsent
  }

  /** Whether the other end handles as many requests as it said it takes. */
  get isFull(): boolean {
    return this.#open >= this.#room
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0
  }

  /** Takes note of how many requests the other end handles at once. */
  limitTo(room: number): void {
    this.#room = room
    this.drain()
  }

  request(id: number, text: string): void {
    if (this.#mustWait()) return this.#wait(id, text)
    this.#open++
    this.#link.send(text)
  }

  /** Throws `limitExceeded` where too much waits to leave: a notification has no promise that could wait. */
  notify(text: string): void {
    const bytes = this.#link.buffered + this.#waitingBytes
    if (bytes > 0 && bytes + text.length > this.#unsent) throw overflow(bytes, this.#unsent)
    if (this.#waiting.size > 0) this.#wait(--this.#lastNotification, text)
    else this.#link.send(text)
  }

  /** Forgets a request that still waits here. False where it has left already. */
  forget(id: number): boolean {
    const text = this.#waiting.get(id)
    if (text === undefined) return false
    this.#waiting.delete(id)
    this.#waitingBytes -= text.length
    return true
  }

  /** Whether a request still waits here. */
  holds(id: number): boolean {
    return this.#waiting.has(id)
  }

  /** Takes note of a request that left another way. */
  opened(): void {
    this.#open++
  }

  /** Takes note that a request was answered, so that the next may leave. */
  answered(): void {
    if (this.#open > 0) this.#open--
    if (this.#waiting.size > 0) this.drain()
  }

  /** Sends what waits for as long as there is room. */
  drain(): void {
    for (const [key, text] of this.#waiting) {
      const isRequest = key > 0
      if (this.#link.buffered > this.#unsent || (isRequest && this.isFull)) return
      this.forget(key)
      if (isRequest) this.#open++
      this.#link.send(text)
    }
  }

  #mustWait(): boolean {
    return this.#waiting.size > 0 || this.isFull || this.#link.buffered > this.#unsent
  }

  #wait(key: number, text: string): void {
    this.#waiting.set(key, text)
    this.#waitingBytes += text.length
  }
}

function overflow(bytes: number, limit: number): RpcError {
  return new RpcError(
    errorCodes.limitExceeded,
    `${bytes} bytes wait to leave: the limit "unsent" is ${limit} bytes`,
    {
      hint: 'await peer.flush() before sending more',
      delivery: 'unsent',
      data: { reason: 'limitExceeded', limit: 'unsent', value: limit, size: bytes },
    },
  )
}
