import { errorCodes, RpcError } from '../protocol/error.js'
import { boundsOf } from '../stream/credit.js'
import { type RemoteStream, readableOf, remoteStream } from '../stream/remote-stream.js'
import { StreamReader } from '../stream/stream-reader.js'
import { unreadCharacters, unreadItems } from './limits.js'

/** One stream that is fed by notifications. It is left with the id that it was begun with, however early it was left. */
export class Feed {
  readonly method: string
  readonly stream: RemoteStream
  readonly #reader: StreamReader
  readonly #leave: (id: unknown) => Promise<void>
  #reject: (reason: unknown) => void = () => {}
  #begin: (id: unknown) => void = () => {}
  /** Settles with the id, once it is known. */
  readonly #begun = new Promise<unknown>((resolve) => (this.#begin = resolve))
  /** Settles when whoever leaves it need wait no longer. */
  #left: Promise<void> | undefined
  #hasBegun = false
  #hasEnded = false
  #forgetSignal: () => void = () => {}

  constructor(method: string, leave: (id: unknown) => Promise<void>) {
    this.method = method
    this.#leave = leave
    this.#reader = new StreamReader({
      bounds: boundsOf({ items: unreadItems, characters: unreadCharacters }, true),
      consumed: () => {},
      left: () => this.fail(leftEarly(method)),
    })
    const result = new Promise<never>((_, reject) => (this.#reject = reject))
    this.stream = this.#leaving(remoteStream(this.#reader, result))
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Takes in an item. What is too much to keep ends it. */
  push(item: unknown): void {
    try {
      this.#reader.push([item])
    } catch {
      this.fail(lagged(this.method))
    }
  }

  /** The subscription is known by `id`. */
  begin(id: unknown): void {
    this.#hasBegun = true
    this.#begin(id)
  }

  /** Ends it. What arrived can still be read before `reason` is thrown, unless that is this end's own. */
  fail(reason: unknown, isOwn = false): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#forgetSignal()
    this.#reader.fail(reason, isOwn)
    this.#reject(reason)
    const left = this.#begun.then(this.#leave)
    // Whoever leaves a loop is told; where nobody does, what still comes for the id is.
    left.catch(() => {})
    // An answer that may never come is waited for by nobody: the id in it is given back then.
    if (this.#hasBegun) this.#left = left
  }

  /** Ends it when `signal` aborts. */
  endWith(signal: AbortSignal | undefined): void {
    if (signal === undefined) return
    const abort = () => this.fail(signal.reason, true)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort)
    this.#forgetSignal = () => signal.removeEventListener('abort', abort)
  }

  /** `stream`, which whoever leaves it has left when the other end says so. */
  #leaving(stream: RemoteStream): RemoteStream {
    const left = () => this.#left
    const read = () => {
      const items = stream[Symbol.asyncIterator]()
      return {
        next: () => items.next(),
        async return(value?: unknown) {
          const done = await items.return?.(value)
          await left()
          return done ?? { done: true as const, value }
        },
        [Symbol.asyncIterator]() {
          return this
        },
      }
    }
    return {
      closed: stream.closed,
      get result() {
        return stream.result
      },
      [Symbol.asyncIterator]: read,
      toReadable: () => readableOf(read()),
      async [Symbol.asyncDispose]() {
        await stream[Symbol.asyncDispose]()
        await left()
      },
    }
  }
}

function leftEarly(method: string): RpcError {
  return new RpcError(errorCodes.cancelled, `"${method}" was left`, { method })
}

function lagged(method: string): RpcError {
  const what = `more of "${method}" was not read than the limits "unreadItems" of ${unreadItems} and "unreadCharacters" of ${unreadCharacters}`
  return new RpcError(errorCodes.lagged, what, {
    method,
    data: { reason: 'limitExceeded', limit: 'unreadItems', value: unreadItems },
    hint: 'read faster, or subscribe to less',
  })
}
