import type { RpcError } from '../protocol/error.js'
import { type RemoteStream, readableOf } from '../stream/remote-stream.js'
import { invalidInput, invalidResult } from './fault.js'
import type { Check, Convert, Fault, Message } from './shape.js'

/** `value` of the other end, with bytes for what stands for them in JSON. */
export function arrived(value: unknown, convert: Convert | undefined): unknown {
  return convert === undefined ? value : convert(value, false)
}

/** What a handler came to, with its bytes as they leave: a value, a promise of one, or a stream. */
export function leaving(bytes: NonNullable<Message['bytes']>, outcome: unknown): unknown {
  const { item, result = itself } = bytes
  if (typeof outcome !== 'object' || outcome === null) return result(outcome, true)
  if ('then' in outcome && typeof outcome.then === 'function')
    return Promise.resolve(outcome).then((value) => leaving(bytes, value))
  if (Symbol.asyncIterator in outcome)
    return leavingItems(outcome as AsyncIterable<unknown>, item, result)
  return result(outcome, true)
}

const itself: Convert = (value) => value

/** `items` with their bytes as they leave. */
export function leavingItems(
  items: AsyncIterable<unknown>,
  convert: Convert | undefined,
  convertResult: Convert = itself,
): AsyncIterable<unknown> {
  if (convert === undefined && convertResult === itself) return items
  const source = items[Symbol.asyncIterator]()
  return through(source, ({ done, value }) =>
    (done ? convertResult : (convert ?? itself))(value, true),
  )
}

/** `stream` of the other end, whose items and result are checked as they are read. */
export function checkedStream(
  method: string,
  { item, result, bytes }: Message,
  stream: RemoteStream,
  failed: (reason: unknown) => Promise<never> = (reason) => Promise.reject(reason),
): RemoteStream {
  const read = () => {
    const items = checkedItems(stream[Symbol.asyncIterator](), item, bytes?.item, (fault) =>
      invalidResult(method, fault, 'item'),
    )
    return { ...items, next: () => items.next().catch(failed) }
  }
  return {
    closed: stream.closed,
    get result() {
      const checked = stream.result
        .then((value) => checkedResult(method, arrived(value, bytes?.result), result))
        .catch(failed)
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
  { input: check, bytes }: Message,
  input: AsyncIterable<unknown> | undefined,
): AsyncIterable<unknown> | undefined {
  if ((check ?? bytes?.input) === undefined || input === undefined) return input
  return checkedItems(input[Symbol.asyncIterator](), check, bytes?.input, (fault) =>
    invalidInput(method, fault),
  )
}

function checkedResult(method: string, value: unknown, check: Check | undefined): unknown {
  const fault = check?.(value)
  if (fault === undefined) return value
  throw invalidResult(method, fault)
}

function checkedItems(
  items: AsyncIterator<unknown, unknown>,
  check: Check | undefined,
  convert: Convert | undefined,
  explain: (fault: Fault) => RpcError,
): AsyncIterableIterator<unknown, unknown> {
  return through(items, ({ done, value }) => {
    if (done) return value
    const item = arrived(value, convert)
    const fault = check?.(item)
    if (fault !== undefined) throw explain(fault)
    return item
  })
}

/**
 * `items`, each of which becomes what `change` makes of it; where that throws, they are left. An iterator of its own, not a
 * generator: leaving it ends `items` at once, also while the next one is awaited.
 */
function through(
  items: AsyncIterator<unknown, unknown>,
  change: (next: IteratorResult<unknown, unknown>) => unknown,
): AsyncIterableIterator<unknown, unknown> {
  const leave = async (value?: unknown) => {
    await items.return?.()
    return { done: true as const, value: await value }
  }
  return {
    async next() {
      const next = await items.next()
      try {
        return { done: next.done === true, value: change(next) } as typeof next
      } catch (reason) {
        // What is wrong with the item comes first, and does not wait for the other end to let go.
        leave().catch(() => {})
        throw reason
      }
    },
    return: leave,
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
