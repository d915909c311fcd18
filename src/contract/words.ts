import type { Struct } from 'superstruct'
import { convertOf } from './bytes.js'
import type { MethodDescription } from './describe.js'
import { type AnyStruct, type NamedSchemas, schemaOf } from './schema.js'
import type {
  Check,
  Convert,
  Event,
  Message,
  Notification,
  Request,
  Stream,
  Subscribing,
} from './shape.js'
import { checkOf, mayBeLeftOut } from './struct.js'

/** A message as a contract writes it down: its run-time half, and its type. */
export type Word<Shape> = Message & { readonly shape?: Shape }

// biome-ignore lint/suspicious/noExplicitAny: the schema of a superstruct is of no interest here, only what it describes.
type Described<T> = Struct<T, any>

/** What a contract says of a method for people and tools to read; none of it is checked. */
export interface Docs {
  readonly summary?: string
  readonly description?: string
  readonly deprecated?: boolean
  /** The errors it is known to answer with. */
  readonly errors?: readonly { readonly code: number; readonly message: string }[]
}

/** Says that a method is asked with `params` and answers with `result`. */
export function request<Params = undefined, Result = unknown>(
  described: Docs & {
    readonly params?: Described<Params>
    readonly result?: Described<Result>
  } = {},
): Word<Request<Params, Result>> {
  const { params, result } = described
  return {
    kind: 'request',
    ...checked({ params, result }),
    describe: (named) => ({
      ...docsOf(described),
      ...paramsOf(params, named),
      result: descriptor('result', result, named),
    }),
  }
}

/**
 * Says that a method is asked with `params` and answers with items, in the end with `result`; and, with `input`, that its
 * caller streams to it at the same time.
 */
export function stream<Params = undefined, Item = unknown, Result = void, Input = never>(
  described: Docs & {
    readonly params?: Described<Params>
    readonly item?: Described<Item>
    readonly result?: Described<Result>
    readonly input?: Described<Input>
    /** How it is carried where the protocol has no streams: `subscription({ … })`. */
    readonly subscription?: Subscribing
  } = {},
): Word<Stream<Params, Item, Result, Input>> {
  const { params, item, result, input, subscription } = described
  return {
    kind: 'stream',
    ...(subscription && { subscription }),
    ...checked({ params, item, result, input }),
    describe: (named) => ({
      ...docsOf(described),
      ...paramsOf(params, named),
      'x-item': descriptor('item', item, named),
      ...(result && { result: descriptor('result', result, named) }),
      ...(input && { 'x-input': descriptor('input', input, named) }),
    }),
  }
}

/** Says that a method is told `params` and never answers. */
export function notification<Params = undefined>(
  described: Docs & { readonly params?: Described<Params> } = {},
): Word<Notification<Params>> {
  return {
    kind: 'notification',
    ...checked({ params: described.params }),
    describe: (named) => ({ ...docsOf(described), ...paramsOf(described.params, named) }),
  }
}

/** Says that a service tells its client `data`. */
export function event<Data = undefined>(
  described: Docs & { readonly data?: Described<Data> } = {},
): Word<Event<Data>> {
  return {
    kind: 'event',
    ...checked({ params: described.data }),
    describe: (named) => ({ ...docsOf(described), ...paramsOf(described.data, named) }),
  }
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

function docsOf({ summary, description, deprecated, errors }: Docs): Partial<MethodDescription> {
  return {
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description }),
    ...(deprecated === true && { deprecated }),
    ...(errors !== undefined && { errors }),
  }
}

/** Params as OpenRPC lists them: the members of an object one by one, anything else, or what may be missing, as one value. */
function paramsOf(
  params: AnyStruct | undefined,
  named: NamedSchemas,
): Pick<MethodDescription, 'params' | 'x-params'> {
  if (params === undefined) return { params: [] }
  const schema = schemaOf(params, named)
  const { properties, required = [] } = schema as {
    properties?: Record<string, object>
    required?: readonly string[]
  }
  const isRequired = !mayBeLeftOut(params)
  if (properties === undefined || (!isRequired && required.length > 0))
    return { params: [], 'x-params': { name: 'params', required: isRequired, schema } }
  return {
    params: Object.entries(properties).map(([name, schema]) => ({
      name,
      ...('description' in schema && { description: schema.description }),
      required: required.includes(name),
      schema,
    })),
  }
}

function descriptor(name: string, struct: AnyStruct | undefined, named: NamedSchemas): object {
  return { name, schema: struct === undefined ? {} : schemaOf(struct, named) }
}
