import type { Struct } from 'superstruct'
import type { Check, Event, Message, Notification, Request } from './shape.js'
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
  member: 'params' | 'result',
  described: Described<T> | undefined,
): Record<string, Check> {
  return described === undefined ? {} : { [member]: checkOf(described) }
}
