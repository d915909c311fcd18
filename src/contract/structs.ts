import * as s from 'superstruct'
import { errorCodes, RpcError } from '../protocol/error.js'
import * as b from './bytes.js'
import { anywhere, type Known, knownAs, knownOf, type Members } from './known.js'
import { arrayLook, leafLook, lookOf, objectLook, recordLook } from './look.js'
import { pointerOf } from './pointer.js'
import { type AnyStruct, knowing, type NamedSchemas, type Schema, schemaOf } from './schema.js'
import { failureOf, mayBeLeftOut } from './struct.js'
import { unionLook } from './union.js'

// The words of superstruct, each of which knows its JSON Schema as well, and how to look values through in one go. A struct
// of superstruct itself may stand among them; of that one, a description says nothing.

const isAny = () => true

export const any: typeof s.any = () => leaf(s.any(), isAny, () => ({}))
export const unknown: typeof s.unknown = () => leaf(s.unknown(), isAny, () => ({}))
export const boolean: typeof s.boolean = () =>
  leaf(
    s.boolean(),
    (value) => typeof value === 'boolean',
    () => ({ type: 'boolean' }),
  )
export const integer: typeof s.integer = () =>
  leaf(
    s.integer(),
    (value) => Number.isInteger(value),
    () => ({ type: 'integer' }),
  )
export const number: typeof s.number = () =>
  leaf(
    s.number(),
    (value) => typeof value === 'number' && !Number.isNaN(value),
    () => ({ type: 'number' }),
  )
export const string: typeof s.string = () =>
  leaf(
    s.string(),
    (value) => typeof value === 'string',
    () => ({ type: 'string' }),
  )

export const literal = ((value: string) =>
  constant(s.literal(value), [value], () => ({ const: value }))) as typeof s.literal

export const enums = ((values: readonly string[]) =>
  constant(s.enums(values), values, () => ({
    enum: [...values],
  }))) as unknown as typeof s.enums

export const array = ((of?: AnyStruct) =>
  container(
    of === undefined ? s.array() : s.array(of),
    { look: arrayLook([], lookOf(of ?? any())), parts: () => (of ? [of] : []) },
    (named) => ({ type: 'array', ...(of !== undefined && { items: schemaOf(of, named) }) }),
  )) as typeof s.array

export const tuple = ((of: [AnyStruct, ...AnyStruct[]]) =>
  container(s.tuple(of), { look: arrayLook(of), parts: () => of }, (named) => ({
    type: 'array',
    items: of.map((item) => schemaOf(item, named)),
    additionalItems: false,
    minItems: of.filter((item) => !mayBeLeftOut(item)).length,
  }))) as unknown as typeof s.tuple

export const object = ((members?: Members) =>
  members === undefined
    ? container(s.object(), { look: objectLook({}, false) }, () => ({ type: 'object' }))
    : container(s.object(members), objectOf(members, true), (named) => ({
        ...membersOf(members, named),
        additionalProperties: false,
      }))) as typeof s.object

export const type: typeof s.type = (members) =>
  container(s.type(members), objectOf(members, false), (named) => membersOf(members, named))

export const record: typeof s.record = (key, value) =>
  container(
    s.record(key, value),
    { look: recordLook(key, value), parts: () => [key, value] },
    (named) => {
      const { type, ...keys } = schemaOf(key, named)
      const isAnyText = type === 'string' && Object.keys(keys).length === 0
      return {
        type: 'object',
        additionalProperties: schemaOf(value, named),
        ...(!isAnyText && { propertyNames: schemaOf(key, named) }),
      }
    },
  )

export const bytes: typeof b.bytes = (options) => {
  const known = { look: b.bytesLook(options), isBytes: true }
  return knowing(knownAs(b.bytes(options), known), () => ({
    type: 'string',
    contentEncoding: 'base64',
  }))
}

export const union = ((options: [AnyStruct, ...AnyStruct[]]) =>
  container(b.union(options), { look: unionLook(options), parts: () => options }, (named) => ({
    anyOf: options.map((option) => schemaOf(option, named)),
  }))) as unknown as typeof s.union

export const optional: typeof s.optional = (struct) =>
  knowing(unless(s.optional(struct), struct, undefined), (named) => schemaOf(struct, named))

export const nullable: typeof s.nullable = (struct) =>
  knowing(unless(s.nullable(struct), struct, null), (named) => ({
    anyOf: [schemaOf(struct, named), { type: 'null' }],
  }))

/** A struct that is made when it is needed: how one refers to itself, or to one further down. It needs a `named` on the way. */
export const lazy: typeof s.lazy = (make) => {
  const made = once(make)
  const look = once(() => lookOf(made()))
  const known: Known = {
    look: (value) => look()(value),
    parts: () => [made()],
    members: () => knownOf(made())?.members?.(),
  }
  let met: number | undefined
  return knowing(knownAs(s.lazy(made), known), (named) => {
    // Met again within itself, and no name was met on the way: it would be written out for ever.
    const names = Object.keys(named).length
    if (met === names) throw endless()
    const before = met
    met = names
    try {
      return schemaOf(made(), named)
    } finally {
      met = before
    }
  })
}

export const pattern: typeof s.pattern = (struct, regExp) =>
  refined(
    s.pattern(struct, regExp),
    struct,
    (value) => typeof value === 'string' && regExp.test(value),
    () => patternOf(regExp),
  )

export const size: typeof s.size = (struct, least, most = least) =>
  refined(
    s.size(struct, least, most),
    struct,
    (value) => isWithin(sizeOf(value), least, most),
    ({ type }) => bounds(type, least, most),
  )

export const min: typeof s.min = (struct, least, options) =>
  refined(
    s.min(struct, least, options),
    struct,
    (value) => isWithin(value, least, undefined) && (value !== least || !options?.exclusive),
    () => ({ [options?.exclusive === true ? 'exclusiveMinimum' : 'minimum']: least }),
  )

export const max: typeof s.max = (struct, most, options) =>
  refined(
    s.max(struct, most, options),
    struct,
    (value) => isWithin(value, undefined, most) && (value !== most || !options?.exclusive),
    () => ({ [options?.exclusive === true ? 'exclusiveMaximum' : 'maximum']: most }),
  )

export const nonempty: typeof s.nonempty = (struct) =>
  refined(
    s.nonempty(struct),
    struct,
    (value) => isWithin(sizeOf(value), 1, undefined) && typeof value !== 'number',
    ({ type }) => bounds(type, 1),
  )

/** What stands for each name of a description. */
interface Named {
  readonly struct: AnyStruct
  /** Whether it is being described: what it refers to may lead back to it. */
  isOpen: boolean
}

const namedIn = new WeakMap<NamedSchemas, Map<string, Named>>()

/**
 * `struct` under a name of its own in descriptions, such as `Order`: described once, and referred to. Describing throws where
 * another struct has the name.
 */
export function named<S extends AnyStruct>(name: string, struct: S): S {
  // A struct of its own, so that `struct` still stands for what is written out.
  const copy = s.refine(struct, name, () => true) as S
  return knowing(sameAs(struct, copy), (all) => {
    const known = namedIn.get(all) ?? new Map<string, Named>()
    namedIn.set(all, known)
    const first = known.get(name)
    if (first === undefined) {
      // Before what is in it: that may refer to it again.
      all[name] = {}
      const own = { struct, isOpen: true }
      known.set(name, own)
      all[name] = schemaOf(struct, all)
      own.isOpen = false
    } else if (first.struct !== struct && !first.isOpen) {
      first.isOpen = true
      if (JSON.stringify(schemaOf(struct, all)) !== JSON.stringify(all[name])) throw ambiguous(name)
      first.isOpen = false
    }
    return { $ref: `#/components/schemas${pointerOf([name]).replaceAll('%', '%25')}` }
  })
}

function ambiguous(name: string): RpcError {
  const what = `two structs that differ are named ${JSON.stringify(name)}`
  return new RpcError(errorCodes.invalidRequest, what, { hint: 'give one of them another name' })
}

function endless(): RpcError {
  return new RpcError(errorCodes.invalidRequest, 'a lazy struct refers to itself without a name', {
    hint: "name what it makes: named('Tree', object({ … }))",
  })
}

/** JSON Schema has patterns without flags: one that another flag gives another meaning is left to be read by people. */
function patternOf(regExp: RegExp): Schema {
  const isPlain = /^[dgu]*$/.test(regExp.flags)
  return isPlain ? { pattern: regExp.source } : { $comment: `checked by ${regExp}` }
}

/** `struct` with words for people, which descriptions and generated comments carry. */
export function described<S extends AnyStruct>(struct: S, description: string): S {
  const copy = s.refine(struct, 'described', () => true) as S
  return knowing(sameAs(struct, copy), (all) => ({ ...schemaOf(struct, all), description }))
}

function refined<S extends AnyStruct>(
  struct: S,
  of: AnyStruct,
  fits: (value: unknown) => boolean,
  more: (schema: Schema) => Schema,
): S {
  const look = lookOf(of)
  // Not the struct itself, which would look through the whole value once more.
  const own = new s.Struct({ type: struct.type, schema: null, refiner: struct.refiner })
  const lookCloser = leafLook(own, fits)
  const known = { look: (value: unknown) => look(value) ?? lookCloser(value), parts: () => [of] }
  return knowing(knownAs(struct, known), (named) => {
    const schema = schemaOf(of, named)
    return { ...schema, ...more(schema) }
  })
}

/** What is counted of a value, where that is simple; superstruct knows of the rest. */
function sizeOf(value: unknown): unknown {
  return typeof value === 'string' || Array.isArray(value) ? value.length : value
}

function isWithin(value: unknown, least: unknown, most: unknown): boolean {
  if (typeof value !== 'number') return false
  return (
    (least === undefined || value >= (least as number)) &&
    (most === undefined || value <= (most as number))
  )
}

type Describe = (named: Record<string, unknown>) => Schema

/** A struct that holds no others. */
function leaf<S extends AnyStruct>(
  struct: S,
  fits: (value: unknown) => boolean,
  describe: Describe,
): S {
  return knowing(knownAs(struct, { look: leafLook(struct, fits) }), describe)
}

function constant<S extends AnyStruct>(
  struct: S,
  values: readonly unknown[],
  describe: Describe,
): S {
  const look = leafLook(struct, (value) => values.includes(value))
  return knowing(knownAs(struct, { look, constants: () => values }), describe)
}

/**
 * `struct`, which holds others, and looks values through as is known of it. What superstruct alone can do, it does: leave
 * members out by a mask, and make what a struct of its own makes of a value.
 */
function container<S extends AnyStruct>(struct: S, known: Known, describe: Describe): S {
  const isMixed = once(() => anywhere(whole, (_, part) => part === undefined))
  const isNative = ({ mask }: s.Context) =>
    mask === true || (b.isSearching() && b.mayHoldBytes(whole)) || isMixed()
  const whole: AnyStruct = new s.Struct({
    ...struct,
    validator: (value, context) =>
      isNative(context)
        ? struct.validator(value, context)
        : failureOf(known.look(value), value, context),
    *entries(value, context) {
      if (isNative(context)) yield* struct.entries(value, context)
    },
  })
  return knowing(knownAs(whole, known), describe) as S
}

function objectOf(members: Members, isClosed: boolean): Known {
  return {
    look: objectLook(members, isClosed),
    parts: () => Object.values(members),
    members: () => members,
  }
}

/** `struct`, which takes `value` too, and is otherwise as `of`. */
function unless<S extends AnyStruct>(struct: S, of: AnyStruct, also: unknown): S {
  const look = lookOf(of)
  return knownAs(struct, {
    look: (value) => (value === also ? undefined : look(value)),
    parts: () => [of],
  })
}

/** What `make` makes, once it is asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** `copy`, of which is known what is of `struct`. */
function sameAs<S extends AnyStruct>(struct: S, copy: S): S {
  const known = knownOf(struct)
  return known === undefined ? copy : knownAs(copy, known)
}

function membersOf(members: Members, named: Record<string, unknown>): Schema {
  const entries = Object.entries(members)
  const required = entries.filter(([, member]) => !mayBeLeftOut(member)).map(([name]) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([name, member]) => [name, schemaOf(member, named)]),
    ),
    ...(required.length > 0 && { required }),
  }
}

function bounds(type: unknown, least: unknown, most?: unknown): Schema {
  const [from, to] =
    type === 'string'
      ? ['minLength', 'maxLength']
      : type === 'array'
        ? ['minItems', 'maxItems']
        : ['minimum', 'maximum']
  return { [from]: least, ...(most !== undefined && { [to]: most }) }
}
