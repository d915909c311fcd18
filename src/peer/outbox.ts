import type { Link } from '../link/link.js'
import type { Outgoing } from '../protocol/brief.js'
import { type Limits, overLimit } from '../protocol/limits.js'

/** A notification that waits. */
interface Told {
  readonly method: string
}

/** What waits: the id of a request, or a notification. */
export type Key = number | Told

/** Is told why something did not leave. */
type Refused = (what: Key, reason: unknown) => void

/**
 * What this end asks and tells, on its way to the link. Requests wait here, in order, while the other end handles as
 * many as it said it takes or too many bytes wait to leave; a notification behind one waits with it. Answers never come
 * here, so two ends that call each other back cannot block one another.
 */
export class Outbox {
  readonly #link: Link
  readonly #limit: number
  readonly #refused: Refused
  /** Requests by id, notifications by an object of their own; a Map keeps the order and forgets one cheaply. */
  readonly #waiting = new Map<Key, Outgoing>()
  #bytes = 0
  #open = 0
  #room = Number.POSITIVE_INFINITY

  /** `refused` is told of what the transport does not carry. */
  constructor(link: Link, { unsent }: Limits, refused: Refused) {
    this.#link = link
    this.#limit = unsent
    this.#refused = refused
  }

  /** Whether the other end handles as many requests as it said it takes. */
  get isFull(): boolean {
    return this.#open >= this.#room
  }

  /** Whether so many requests more would leave at once. */
  hasRoom(count: number): boolean {
    return this.#waiting.size === 0 && this.#open + count <= this.#room && !this.isCongested
  }

  /** Bytes that wait to leave, here and below. */
  get buffered(): number {
    return this.#link.buffered + this.#bytes
  }

  /** Whether more bytes wait to leave than should. */
  get isCongested(): boolean {
    return this.#link.buffered > this.#limit
  }

  get isEmpty(): boolean {
    return this.#waiting.size + this.#link.buffered === 0
  }

  /** Takes note of how many requests the other end handles at once. */
  limitTo(room: number): void {
    this.#room = room
    this.drain()
  }

  request(id: number, text: Outgoing): void {
    if (this.hasRoom(1)) this.#leave(id, text)
    else this.hold(id, text)
  }

  /** Throws `limitExceeded` where too much waits to leave: a notification has no promise that could wait. */
  notify(method: string, text: Outgoing): void {
    this.checkRoom(text.length)
    if (this.#waiting.size > 0) this.hold({ method }, text)
    else this.#link.send(text)
  }

  /** Throws `limitExceeded` where so many characters more would be too much, of which some are held here already. */
  checkRoom(characters: number, gathers = false): void {
    const { buffered } = this
    const before = gathers ? this.#link.buffered : buffered
    if (before === 0 || buffered + characters <= this.#limit) return
    throw overLimit('bytes that wait to leave would be', 'unsent', this.#limit, {
      size: buffered + characters,
      delivery: 'unsent',
      hint: 'await peer.flush() before sending more',
    })
  }

  /** Keeps what leaves later, in its turn. */
  hold(key: Key, text: Outgoing): void {
    this.#waiting.set(key, text)
    this.#bytes += text.length
  }

  /**
   * Sends those of `keys` that still wait as one array, in their order and as far as there is room. Returns the ids of the
   * requests in it.
   */
  leaveTogether(keys: readonly Key[]): number[] {
    const texts: Outgoing[] = []
    const left: Key[] = []
    for (const key of keys) {
      const text = this.#waiting.get(key)
      if (text === undefined) continue
      if (typeof key === 'number' && this.isFull) break
      if (typeof key === 'number') this.#open++
      this.forget(key)
      left.push(key)
      texts.push(text)
    }
    try {
      if (left.length > 0) this.#link.sendAlone(`[${texts}]`)
    } catch (reason) {
      for (const key of left.splice(0)) this.#stays(key, reason)
    }
    this.drain()
    return left.filter((key) => typeof key === 'number')
  }

  /** Forgets what still waits here. False where it has left already. */
  forget(id: Key): boolean {
    this.#bytes -= this.#waiting.get(id)?.length ?? 0
    return this.#waiting.delete(id)
  }

  /** Whether a request still waits here. */
  holds(id: number): boolean {
    return this.#waiting.has(id)
  }

  /** Takes note of a request that left another way, such as `rpc.hello`. */
  opened(): void {
    this.#open++
  }

  /** Takes note that the other end is done with a request, so that the next may leave. */
  answered(): void {
    if (this.#open > 0) this.#open--
    if (this.#waiting.size > 0) this.drain()
  }

  /** Sends what waits for as long as there is room. */
  drain(): void {
    for (const [key, text] of this.#waiting) {
      if (this.isCongested || (typeof key === 'number' && this.isFull)) return
      this.forget(key)
      this.#leave(key, text)
    }
  }

  /** Drops the notifications that wait; `lost` is told the method of each. */
  end(lost: (method: string) => void): void {
    for (const key of this.#waiting.keys()) {
      this.forget(key)
      if (typeof key === 'object') lost(key.method)
    }
  }

  #leave(key: Key, text: Outgoing): void {
    if (typeof key === 'number') this.#open++
    try {
      this.#link.send(text)
    } catch (reason) {
      this.#stays(key, reason)
    }
  }

  /** Takes note that something is not carried by the transport. */
  #stays(key: Key, reason: unknown): void {
    if (typeof key === 'number') this.#open--
    this.#refused(key, reason)
  }
}
