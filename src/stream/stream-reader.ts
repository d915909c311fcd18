import { errorCodes, RpcError } from '../protocol/error.js'
import { type Bounds, type Credit, weightOf } from './credit.js'

/** What a reader needs of the peer that it reads for. */
export interface ReaderHost {
  readonly bounds: Bounds
  /** Tells the writer that `count` items were consumed, all told. */
  consumed(count: number): void
  /** Nobody reads on, though the stream has not ended. */
  left(): void
}

interface Waiter<T, R> {
  resolve(result: IteratorResult<T, R>): void
  reject(reason: unknown): void
}

type End<R> = { readonly result: R } | { readonly reason: unknown }

/** The other end of a stream: keeps what arrived until it is read, and gives the writer credit for what was. */
export class StreamReader<T = unknown, R = unknown> implements AsyncIterableIterator<T, R> {
  readonly #host: ReaderHost
  /** What arrived and was not read, with what each item weighs. */
  readonly #items: { readonly item: T; readonly weight: number }[] = []
  readonly #waiters: Waiter<T, R>[] = []
  #weight = 0
  #consumed = 0
  #reported = 0
  #unreportedWeight = 0
  #end: End<R> | undefined
  #isRead = false
  #hasLeft = false
  #mayDiscard = false
  #discarded = 0

  constructor(host: ReaderHost) {
    this.#host = host
  }

  /** The reader itself, which goes on where it is. From now on nothing is thrown away. */
  [Symbol.asyncIterator](): this {
    this.#isRead = true
    return this
  }

  /** Resolves with the next item. Rejects with what ended the stream, after all items that came before. */
  next(): Promise<IteratorResult<T, R>> {
    this.#isRead = true
    if (this.#hasLeft) return Promise.resolve({ done: true, value: undefined as R })
    if (this.#discarded > 0) return Promise.reject(this.#lagged())
    const first = this.#items.shift()
    if (first !== undefined) {
      this.#weight -= first.weight
      this.#consume(1, first.weight)
      return Promise.resolve({ done: false, value: first.item })
    }
    if (this.#end !== undefined) return this.#ending(this.#end)
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }))
  }

  /** Reads no more: what leaving a `for await` does. */
  return(value?: R | PromiseLike<R>): Promise<IteratorResult<T, R>> {
    const isFirst = !this.#hasLeft && this.#end === undefined
    this.#hasLeft = true
    this.#forget()
    for (const { resolve } of this.#waiters.splice(0))
      resolve({ done: true, value: undefined as R })
    if (isFirst) this.#host.left()
    return Promise.resolve(value).then((result) => ({ done: true, value: result as R }))
  }

  /** From now on, what nobody reads is thrown away when it is too much to keep: somebody waits for the result alone. */
  mayDiscard(): void {
    this.#mayDiscard = true
    this.#discard()
  }

  /** Takes in what arrived. Throws `protocol` where the writer had no credit for it. */
  push(items: readonly T[]): void {
    for (const item of items) {
      if (this.#hasLeft || this.#end !== undefined) return
      this.#push(item, weightOf(item))
    }
  }

  /** The stream ended with `result`; what arrived before can still be read. */
  end(result: R): void {
    this.#finish({ result })
  }

  /** The stream failed; what arrived before can still be read, unless the failure is this end's own. */
  fail(reason: unknown, isOwn = false): void {
    if (isOwn) this.#forget()
    this.#finish({ reason })
  }

  #push(item: T, weight: number): void {
    const waiter = this.#waiters.shift()
    if (waiter !== undefined) {
      this.#consume(1, weight)
      return waiter.resolve({ done: false, value: item })
    }
    if (this.#isFull(this.#host.bounds.enforced)) throw overCredit()
    this.#items.push({ item, weight })
    this.#weight += weight
    this.#discard()
  }

  #isFull({ items, characters }: Credit): boolean {
    return this.#items.length >= items || this.#weight >= characters
  }

  /** Whether a writer may wait that is not told of so much: it counts up to 16 times the weight. */
  #mayStall(count: number, weight: number): boolean {
    const { items, characters } = this.#host.bounds.promised
    return count >= items || weight >= characters / 16
  }

  #discard(): void {
    if (!this.#mayDiscard || this.#isRead) return
    if (!this.#mayStall(this.#items.length, this.#weight)) return
    this.#discarded += this.#items.length
    this.#consume(this.#items.length, this.#weight)
    this.#forget()
  }

  #consume(count: number, weight: number): void {
    this.#consumed += count
    this.#unreportedWeight += weight
    const { items } = this.#host.bounds.promised
    const untold = this.#consumed - this.#reported
    const isDue = untold >= items / 2 || this.#mayStall(untold, this.#unreportedWeight)
    if (!isDue || this.#end !== undefined) return
    this.#reported = this.#consumed
    this.#unreportedWeight = 0
    this.#host.consumed(this.#consumed)
  }

  #finish(end: End<R>): void {
    if (this.#end !== undefined) return
    this.#end = end
    for (const { resolve, reject } of this.#waiters.splice(0))
      this.#ending(end).then(resolve, reject)
  }

  #ending(end: End<R>): Promise<IteratorResult<T, R>> {
    // Told once: a second look at what has ended finds it done.
    this.#end = { result: undefined as R }
    if ('reason' in end) return Promise.reject(end.reason)
    return Promise.resolve({ done: true, value: end.result })
  }

  #forget(): void {
    this.#items.length = 0
    this.#weight = 0
  }

  #lagged(): RpcError {
    const what = `${this.#discarded} items were discarded, for the result was awaited and nobody read`
    return new RpcError(errorCodes.lagged, what, {
      hint: 'read the stream before, or while, its result is awaited',
    })
  }
}

function overCredit(): RpcError {
  return new RpcError(errorCodes.protocol, 'more stream items came than there was credit for')
}
