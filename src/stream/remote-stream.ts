import { errorCodes, RpcError } from '../protocol/error.js'
import type { StreamReader } from './stream-reader.js'

/** A stream of the other end: its items are read once, with `for await`; leaving the loop cancels it. */
export interface RemoteStream<T = unknown, R = unknown> extends AsyncIterable<T>, AsyncDisposable {
  /**
   * Resolves with what the stream returned at its end; rejects with what ended it otherwise. Where it is awaited and
   * nobody reads, items are thrown away. Raises no unhandled rejection.
   */
  readonly result: Promise<R>
  /** Resolves when the stream has ended, and rejects with what ended it otherwise, but reads nothing. Raises no unhandled rejection. */
  readonly closed: Promise<void>
  [Symbol.asyncIterator](): AsyncIterableIterator<T, R>
  /** The items as a web stream, in place of `for await`. */
  toReadable(): ReadableStream<T>
}

/** The stream that `reader` reads, and that `result` settles with. */
export function remoteStream<T, R>(
  reader: StreamReader<T, R>,
  result: Promise<R>,
): RemoteStream<T, R> {
  const closed = result.then(() => {})
  closed.catch(() => {})
  let isTaken = false
  const take = () => {
    if (isTaken)
      throw new RpcError(errorCodes.invalidRequest, 'a stream is read once, and this one was')
    isTaken = true
    return reader[Symbol.asyncIterator]()
  }
  return {
    get result() {
      reader.mayDiscard()
      return result
    },
    closed,
    [Symbol.asyncIterator]: take,
    toReadable: () => readableOf(take()),
    [Symbol.asyncDispose]: async () => {
      await reader.return()
    },
  }
}

/** `items` as a web stream. */
export function readableOf<T>(items: AsyncIterator<T>): ReadableStream<T> {
  return new ReadableStream<T>(
    {
      pull: async (controller) => {
        const { done, value } = await items.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: async () => {
        await items.return?.()
      },
    },
    // Nothing is read ahead: what is not asked for stays with whoever makes it.
    { highWaterMark: 0 },
  )
}
