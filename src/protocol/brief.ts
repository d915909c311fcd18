import type { Encoded } from './codec.js'
import type { Id } from './message.js'
import { notificationText, requestText, resultText } from './text.js'

/** A message as it leaves: whole, or in parts. */
export type Outgoing = Encoded | Brief

/**
 * A short message as it leaves, in parts: those that are alike but for their params or results, and whose ids count up,
 * may leave as one run.
 */
export class Brief {
  /** Characters of its text, or a few more. */
  readonly length: number
  readonly #method: string | undefined
  readonly #id: number | undefined
  /** JSON of its params or of its result, empty where there are none. */
  readonly body: string
  readonly #meta: string

  /** A result has no method, and a notification no id; `meta` is JSON, empty where there is none. */
  constructor(method: string | undefined, id: number | undefined, body: string, meta: string) {
    this.#method = method
    this.#id = id
    this.body = body
    this.#meta = meta
    this.length = envelope + (method?.length ?? 0) + body.length + meta.length
  }

  /** Whether it is neither a request nor a result: nobody waits for it. */
  get isNotification(): boolean {
    return this.#id === undefined
  }

  /** Whether it is like `before` but for its body and the next id. */
  follows(before: Brief): boolean {
    const next = before.#id === undefined ? undefined : before.#id + 1
    return this.#id === next && this.#method === before.#method && this.#meta === before.#meta
  }

  toString(): string {
    if (this.#method === undefined) return resultText(this.#id as Id, this.body)
    return this.#id === undefined
      ? notificationText(this.#method, this.body, this.#meta)
      : requestText(this.#id, this.#method, this.body, this.#meta)
  }
}

/** Characters of a message beside what it says, with the longest id there is. */
const envelope = 80
