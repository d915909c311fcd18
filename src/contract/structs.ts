import * as s from 'superstruct'
import * as b from './bytes.js'
import { type AnyStruct, knowing, leavable, mayBeLeftOut, type Schema, schemaOf } from './schema.js'

// The words of superstruct, each of which knows its JSON Schema as well. A struct of superstruct itself may stand among
// them; of that one, a description says nothing.

export const any: typeof s.any = () => knowing(s.any(), () => ({}))
export const unknown: typeof s.unknown = () => knowing(s.unknown(), () => ({}))
export const boolean: typeof s.boolean = () => knowing(s.boolean(), () => ({ type: 'boolean' }))
export const integer: typeof s.integer = () => knowing(s.integer(), () => ({ type: 'integer' }))
export const number: typeof s.number = () => knowing(s.number(), () => ({ type: 'number' }))
export const string: typeof s.string = () => knowing(s.string(), () => ({ type: 'string' }))

export const literal = ((value: string) =>
  knowing(s.literal(value), () => ({ const: value }))) as typeof s.literal

export const enums = ((values: readonly string[]) =>
  knowing(s.enums(values), () => ({ enum: [...values] }))) as unknown as typeof s.enums

export const array = ((of?: AnyStruct) =>
  knowing(of === undefined ? s.array() : s.array(of), (named) => ({
    type: 'array',
    ...(of !== undefined && { items: schemaOf(of, named) }),
  }))) as typeof s.array

export const tuple = ((of: [AnyStruct, ...AnyStruct[]]) =>
  knowing(s.tuple(of), (named) => ({
    type: 'array',
    items: of.map((item) => schemaOf(item, named)),
    additionalItems: false,
    minItems: of.filter((item) => !mayBeLeftOut(item)).length,
  }))) as unknown as typeof s.tuple

type Members = Record<string, AnyStruct>

export const object = ((members?: Members) =>
  members === undefined
    ? knowing(s.object(), () => ({ type: 'object' }))
    : knowing(s.object(members), (named) => ({
        ...membersOf(members, named),
        additionalProperties: false,
      }))) as typeof s.object

export const type: typeof s.type = (members) =>
  knowing(s.type(members), (named) => membersOf(members, named))

export const record: typeof s.record = (key, value) =>
  knowing(s.record(key, value), (named) => {
    const { type, ...keys } = schemaOf(key, named)
    const isAny = type === 'string' && Object.keys(keys).length === 0
    return {
      type: 'object',
      additionalProperties: schemaOf(value, named),
      ...(!isAny && { propertyNames: schemaOf(key, named) }),
    }
  })

export const bytes: typeof b.bytes = (options) =>
  knowing(b.bytes(options), () => ({ type: 'string', contentEncoding: 'base64' }))

export const union = ((options: [AnyStruct, ...AnyStruct[]]) =>
  knowing(b.union(options), (named) => ({
    anyOf: options.map((option) => schemaOf(option, named)),
  }))) as unknown as typeof s.union

export const optional: typeof s.optional = (struct) =>
  leavable(knowing(s.optional(struct), (named) => schemaOf(struct, named)))

export const nullable: typeof s.nullable = (struct) =>
  knowing(s.nullable(struct), (named) => ({ anyOf: [schemaOf(struct, named), { type: 'null' }] }))

/** A struct that is made when it is needed: how one refers to itself, or to one further down. It needs a `named` on the way. */
export const lazy: typeof s.lazy = (make) =>
  knowing(s.lazy(make), (named) => schemaOf(make(), named))

export const pattern: typeof s.pattern = (struct, regExp) =>
  refined(s.pattern(struct, regExp), struct, () => ({ pattern: regExp.source }))

export const size: typeof s.size = (struct, least, most = least) =>
  refined(s.size(struct, least, most), struct, ({ type }) => bounds(type, least, most))

export const min: typeof s.min = (struct, least, options) =>
  refined(s.min(struct, least, options), struct, () => ({
    [options?.exclusive === true ? 'exclusiveMinimum' : 'minimum']: least,
  }))

export const max: typeof s.max = (struct, most, options) =>
  refined(s.max(struct, most, options), struct, () => ({
    [options?.exclusive === true ? 'exclusiveMaximum' : 'maximum']: most,
  }))

export const nonempty: typeof s.nonempty = (struct) =>
  refined(s.nonempty(struct), struct, ({ type }) => bounds(type, 1))

/** `struct` under a name of its own in descriptions, such as `Order`: described once, and referred to. */
export function named<S extends AnyStruct>(name: string, struct: S): S {
  // A struct of its own, so that `struct` still stands for what is written out.
  const copy = s.refine(struct, name, () => true) as S
  return knowing(copy, (all) => {
    if (!Object.hasOwn(all, name)) {
      // Before what is in it: that may refer to it again.
      all[name] = {}
      all[name] = schemaOf(struct, all)
    }
    return { $ref: `#/components/schemas/${name}` }
  })
}

/** `struct` with words for people, which descriptions and generated comments carry. */
export function described<S extends AnyStruct>(struct: S, description: string): S {
  const copy = s.refine(struct, 'described', () => true) as S
  const known = knowing(copy, (all) => ({ ...schemaOf(struct, all), description }))
  return mayBeLeftOut(struct) ? leavable(known) : known
}

function refined<S extends object>(struct: S, of: AnyStruct, more: (schema: Schema) => Schema): S {
  return knowing(struct, (named) => {
    const schema = schemaOf(of, named)
    return { ...schema, ...more(schema) }
  })
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
