import type { Struct } from 'superstruct'
import type { Check, Event, Message, Notification, Request, Stream } from './shape.js'
import { checkOf } from './struct.js'

/** A message as a contract writes it down: its run-time half, and its type. */
export type Word<Shape> = Message & { readonly shape?: Shape }

// biome-ignore lint/suspicious/noExplicitAny: the schema of a superstruct is of no interest here, only what it describes.
type Described<T> = Struct<T, any>

/** Says that a method is asked with `params` and answers with `result`. */
export function request<Params = undefined, Result = unknown>(
  described: { readonly params?: Described<Params>; readonly result?: Described<Result> } = {},
): Word<Request<Params, Result>> {
  const { params, result } = described
  return { kind: 'request', ...checked('params', params), ...checked('result', result) }
}

/**
 * Says that a method is asked with `params` and answers with items, in the end with `result`; and, with `input`, that its
 * caller streams to it at the same time.
 */
export function stream<Params = undefined, Item = unknown, Result = void, Input = never>(
  described: {
    readonly params?: Described<Params>
    readonly item?: Described<Item>
    readonly result?: Described<Result>
    readonly input?: Described<Input>
  } = {},
): Word<Stream<Params, Item, Result, Input>> {
  return {
    kind: 'stream',
    ...checked('params', described.params),
    ...checked('item', described.item),
    ...checked('result', described.result),
    ...checked('input', described.input),
  }
}

/** Says that a method is told `params` and never answers. */
export function notification<Params = undefined>(
  described: { readonly params?: Described<Params> } = {},
): Word<Notification<Params>> {
  return { kind: 'notification', ...checked('params', described.params) }
}

/** Says that a service tells its client `data`. */
export function event<Data = undefined>(
  described: { readonly data?: Described<Data> } = {},
): Word<Event<Data>> {
  return { kind: 'event', ...checked('params', described.data) }
}

function checked<T>(
  member: 'params' | 'result' | 'item' | 'input',
  described: Described<T> | undefined,
): Record<string, Check> {
  return described === undefined ? {} : { [member]: checkOf(described) }
}
