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
  /** The method it calls or tells; a result has none. */
  readonly #method: string | undefined
  /** A notification has none. */
  readonly #id: number | undefined
  /** JSON of its params or of its result. */
  readonly body: string
  /** JSON of what travels beside it, empty where there is nothing. */
  readonly #meta: string

  private constructor(
    method: string | undefined,
    id: number | undefined,
    body: string,
    meta: string,
  ) {
    this.#method = method
    this.#id = id
    this.body = body
    this.#meta = meta
  }

  static request(id: number, method: string, params: string, meta: string): Brief {
    return new Brief(method, id, params, meta)
  }

  static notification(method: string, params: string, meta: string): Brief {
    return new Brief(method, undefined, params, meta)
  }

  static result(id: number, result: string): Brief {
    return new Brief(undefined, id, result, '')
  }

  /** Characters of its text, or a few more. */
  get length(): number {
    return envelope + (this.#method?.length ?? 0) + this.body.length + this.#meta.length
  }

  /** Whether it is like `before` but for its body and the next id. */
  follows(before: Brief): boolean {
    return (
      this.#method === before.#method &&
      this.#meta === before.#meta &&
      (this.#id === undefined
        ? before.#id === undefined
        : before.#id !== undefined && this.#id === before.#id + 1)
    )
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
