import type { RpcError } from '../protocol/error.js'
import { type RemoteStream, readableOf } from '../stream/remote-stream.js'
import { invalidInput, invalidResult } from './fault.js'
import type { Check, Fault, Message } from './shape.js'

/** `stream` of the other end, whose items and result are checked as they are read. */
export function checkedStream(
  method: string,
  { item, result }: Message,
  stream: RemoteStream,
): RemoteStream {
  const read = () =>
    checkedItems(stream[Symbol.asyncIterator](), item, (fault) =>
      invalidResult(method, fault, 'item'),
    )
  return {
    closed: stream.closed,
    get result() {
      const checked = stream.result.then((value) => checkedResult(method, value, result))
      checked.catch(() => {})
      return checked
    },
    [Symbol.asyncIterator]: read,
    toReadable: () => readableOf(read()),
    [Symbol.asyncDispose]: () => stream[Symbol.asyncDispose](),
  }
}

/** What a caller streams to `method`, checked as it is read. */
export function checkedInput(
  method: string,
  { input: check }: Message,
  input: AsyncIterable<unknown> | undefined,
): AsyncIterable<unknown> | undefined {
  if (check === undefined || input === undefined) return input
  return checkedItems(input[Symbol.asyncIterator](), check, (fault) => invalidInput(method, fault))
}

function checkedResult(method: string, value: unknown, check: Check | undefined): unknown {
  const fault = check?.(value)
  if (fault === undefined) return value
  throw invalidResult(method, fault)
}

/** An iterator of its own, not a generator: leaving it ends `items` at once, also while the next one is awaited. */
function checkedItems(
  items: AsyncIterator<unknown, unknown>,
  check: Check | undefined,
  explain: (fault: Fault) => RpcError,
): AsyncIterableIterator<unknown, unknown> {
  const leave = async (value?: unknown) => {
    await items.return?.()
    return { done: true as const, value: await value }
  }
  return {
    async next() {
      const next = await items.next()
      const fault = next.done ? undefined : check?.(next.value)
      if (fault === undefined) return next
      await leave()
      throw explain(fault)
    },
    return: leave,
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
