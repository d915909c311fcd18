import type { Struct } from 'superstruct'
import { convertOf } from './bytes.js'
import type { Check, Convert, Event, Message, Notification, Request, Stream } from './shape.js'
import { checkOf } from './struct.js'

/** A message as a contract writes it down: its run-time half, and its type. */
export type Word<Shape> = Message & { readonly shape?: Shape }

// biome-ignore lint/suspicious/noExplicitAny: the schema of a superstruct is of no interest here, only what it describes.
type Described<T> = Struct<T, any>

/** Says that a method is asked with `params` and answers with `result`. */
export function request<Params = undefined, Result = unknown>(
  described: { readonly params?: Described<Params>; readonly result?: Described<Result> } = {},
): Word<Request<Params, Result>> {
  return { kind: 'request', ...checked(described) }
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
  return { kind: 'stream', ...checked(described) }
}

/** Says that a method is told `params` and never answers. */
export function notification<Params = undefined>(
  described: { readonly params?: Described<Params> } = {},
): Word<Notification<Params>> {
  return { kind: 'notification', ...checked(described) }
}

/** Says that a service tells its client `data`. */
export function event<Data = undefined>(
  described: { readonly data?: Described<Data> } = {},
): Word<Event<Data>> {
  return { kind: 'event', ...checked({ params: described.data }) }
}

/** The checks of what is described, and what converts the bytes in it. */
function checked(
  // biome-ignore lint/suspicious/noExplicitAny: structs of anything at all.
  described: Readonly<Record<string, Described<any> | undefined>>,
): Omit<Message, 'kind'> {
  const checks: Record<string, Check> = {}
  const converts: Record<string, Convert> = {}
  for (const [member, struct] of Object.entries(described)) {
    if (struct === undefined) continue
    checks[member] = checkOf(struct)
    const convert = convertOf(struct)
    if (convert !== undefined) converts[member] = convert
  }
  return Object.keys(converts).length > 0 ? { ...checks, bytes: converts } : checks
}
