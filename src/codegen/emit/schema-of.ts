import type {
  ContractModel,
  Docs,
  ListType,
  NumberType,
  ObjectType,
  TupleType,
  Type,
} from '../model.js'

type Json = Readonly<Record<string, unknown>>

/** A model as it is written down. */
export interface Written extends ContractModel {
  /** Whether what is for people to read is left out: words, examples, and defaults, which nothing applies. */
  readonly isBare?: boolean
}

/** The JSON Schema (draft 7, as OpenRPC has it) of a type, from which the same type is read again. */
export function schemaOf(type: Type, model: Written): unknown {
  return withDocs(shapeOf(type, model), (!model.isBare && type.annotations) || {})
}

function shapeOf(type: Type, model: Written): unknown {
  const inner = (one: Type) => schemaOf(one, model)
  switch (type.kind) {
    case 'unknown':
      return {}
    case 'never':
      return false
    case 'null':
    case 'boolean':
      return { type: type.kind }
    case 'string':
      return { type: 'string', ...lengths(type), ...given('pattern', type.pattern?.source) }
    case 'bytes':
      return { type: 'string', contentEncoding: 'base64' }
    case 'number':
      return numberSchema(type)
    case 'literal':
      return type.values.length === 1 ? { const: type.values[0] } : { enum: type.values }
    case 'list':
    case 'tuple':
      return arraySchema(type, inner)
    case 'object':
      return objectSchema(type, inner, model)
    case 'union':
      return { anyOf: type.of.map(inner) }
    case 'intersection':
      return { allOf: type.of.map(inner) }
    case 'reference':
      return { $ref: `#/components/schemas/${model.types.get(type.id)?.name ?? ''}` }
  }
}

/** What `docs` says, as members of a schema, a descriptor or a method. */
export function docMembers(docs: Docs, { isBare }: Written): Json {
  const { summary, description, deprecated, since, experimental } = docs
  if (isBare) return {}
  return {
    ...given('summary', summary),
    ...given('description', description),
    ...(deprecated === undefined || deprecated === false ? {} : { deprecated: true }),
    ...(typeof deprecated === 'string' ? { 'x-deprecated': deprecated } : {}),
    ...given('x-since', since),
    ...given('x-experimental', experimental),
  }
}

function lengths({
  minLength,
  maxLength,
}: {
  minLength?: number | undefined
  maxLength?: number | undefined
}): Json {
  return { ...given('minLength', minLength), ...given('maxLength', maxLength) }
}

function numberSchema(type: NumberType): Json {
  const { integer, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = type
  const bounds = { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }
  return { type: integer ? 'integer' : 'number', ...allGiven(bounds) }
}

type Inner = (type: Type) => unknown

function arraySchema(type: ListType | TupleType, inner: Inner): Json {
  const { minItems, maxItems, unique } = type
  const { kind, annotations } = type.kind === 'list' ? type.of : type.rest
  const isOpen = kind === 'unknown' && annotations === undefined
  const items =
    type.kind === 'list'
      ? isOpen
        ? {}
        : { items: inner(type.of) }
      : {
          items: type.items.map(inner),
          ...(isOpen ? {} : { additionalItems: inner(type.rest) }),
        }
  return {
    type: 'array',
    ...items,
    ...(minItems === 0 && type.kind === 'tuple' ? {} : given('minItems', minItems)),
    ...given('maxItems', maxItems),
    ...(unique ? { uniqueItems: true } : {}),
  }
}

function objectSchema(type: ObjectType, inner: Inner, model: Written): Json {
  const { members, rest, patterns, minProperties, maxProperties } = type
  const required = members.filter((member) => member.required).map(({ name }) => name)
  const properties = members.map(({ name, type, docs }): [string, unknown] => [
    name,
    withDocs(inner(type), docMembers(docs, model)),
  ])
  const matching = patterns.map(({ pattern, type }): [string, unknown] => [
    pattern.source,
    inner(type),
  ])
  return {
    type: 'object',
    ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
    ...(required.length === 0 ? {} : { required }),
    ...(matching.length === 0 ? {} : { patternProperties: Object.fromEntries(matching) }),
    ...(rest === undefined ? {} : { additionalProperties: inner(rest) }),
    ...given('minProperties', minProperties),
    ...given('maxProperties', maxProperties),
  }
}

/** `schema` with words; what allows nothing is written so that it has room for them. */
export function withDocs(schema: unknown, docs: Json): unknown {
  if (Object.keys(docs).length === 0) return schema
  return schema === false ? { ...docs, enum: [] } : { ...docs, ...(schema as object) }
}

function given(key: string, value: unknown): Json {
  return value === undefined ? {} : { [key]: value }
}

function allGiven(values: object): Json {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
