import type { Description } from './describe.js'
import { keysOf } from './pointer.js'

/** What a schema surely says of a value. What cannot be told is left out, so that nothing is claimed of it. */
export interface Facts {
  /** The JSON types it may have; `integer` beside `number`. */
  readonly types: ReadonlySet<string>
  /** The JSON of all that it may be, where that is a few constants. */
  readonly values?: ReadonlySet<string> | undefined
  /** The members of an object. */
  readonly members?: ReadonlyMap<string, Member> | undefined
  /** Whether there may be no other members. */
  readonly isClosed: boolean
  /** What each item of an array is, or each by its place. */
  readonly items?: unknown
  /** What the other members of an object are. */
  readonly rest?: unknown
}

export interface Member {
  readonly schema: unknown
  /** Nothing where nobody says. */
  readonly isRequired: boolean | undefined
}

type Json = Readonly<Record<string, unknown>>

/** What may still be looked at, of documents that others wrote. */
export interface Budget {
  left: number
  /** What each schema says itself, which is found out once. */
  readonly own: Map<object, Facts | undefined>
}

/** References and compositions that are followed to one fact. */
const deepest = 16

/** Characters of a reference, or of the JSON of a constant: of a longer one nothing is known. */
const longest = 1_000

/** Characters of a reference that cost as much as one more place. */
const charactersOfPlace = 64

/** The facts of `schema`, whose references lead into `document`; nothing where it may be anything, or too much is said. */
export function factsOf(
  schema: unknown,
  document: Description,
  budget: Budget,
  depth = 0,
): Facts | undefined {
  if (!isJson(schema) || depth > deepest || !isAffordable(schema, budget)) return undefined
  const inner = (one: unknown) => factsOf(one, document, budget, depth + 1)
  const { $ref } = schema
  const others = [
    ...(typeof $ref === 'string' ? [inner(found($ref, document))] : []),
    ...listIn(schema, 'allOf').map(inner),
  ]
  const alternatives = ['anyOf', 'oneOf'].map((key) => anyFacts(listIn(schema, key).map(inner)))
  const own = ownFactsOnce(schema, budget)
  const known = [own, ...others, ...alternatives].filter((part) => part !== undefined)
  if (known.length === 0) return undefined
  const facts = known.reduce((one, other) => {
    budget.left -= one.members?.size ?? 0
    return budget.left < 0 ? one : allFacts(one, other)
  })
  if (budget.left < 0) return undefined
  // Members may be listed where nothing could be learned.
  return others.includes(undefined) ? { ...facts, members: undefined } : facts
}

const lists = ['required', 'enum', 'type', 'allOf', 'anyOf', 'oneOf']

/** Whether there is budget for a schema with all that it lists, which is spent. */
function isAffordable(schema: Json, budget: Budget): boolean {
  if (budget.left < 0) return false
  const { properties, $ref } = schema
  const listed = lists.reduce((sum, key) => sum + listIn(schema, key).length, 0)
  const members = isJson(properties) ? Object.keys(properties).length : 0
  const reference = typeof $ref === 'string' ? Math.floor($ref.length / charactersOfPlace) : 0
  budget.left -= 1 + listed + members + reference
  return budget.left >= 0
}

/** What `reference` leads to within `document`. */
export function found(reference: string, document: Description): unknown {
  if (!reference.startsWith('#') || reference.length > longest) return undefined
  let value: unknown = document
  for (const key of keysOf(reference)) value = ownMember(value, key)
  return value
}

/** What a value of these facts is, in a few words. */
export function wordsOf({ types, values }: Facts): string {
  const all = [...(values ?? types)]
  const shown = all.slice(0, 4).map((text) => (text.length > 40 ? `${text.slice(0, 40)}...` : text))
  return [...shown, ...(all.length > 4 ? ['...'] : [])].join(' | ')
}

/** Whether whatever `narrow` allows, `wide` allows too, as far as types and constants say. */
export function covers(wide: Facts, narrow: Facts): boolean {
  const { types, values } = wide
  if (values === undefined) return [...narrow.types].every((type) => has(types, type))
  return narrow.values !== undefined && [...narrow.values].every((value) => values.has(value))
}

function ownFactsOnce(schema: Json, { own }: Budget): Facts | undefined {
  if (!own.has(schema)) own.set(schema, ownFacts(schema))
  return own.get(schema)
}

function ownFacts(schema: Json): Facts | undefined {
  const constants = Object.hasOwn(schema, 'const') ? [schema['const']] : schema['enum']
  const types = typesOf(schema, constants)
  if (types === undefined) return undefined
  const isNullable = schema['nullable'] === true
  const { items, additionalProperties } = schema
  const values = Array.isArray(constants)
    ? [...constants, ...(isNullable ? [null] : [])].map((one) => JSON.stringify(one))
    : undefined
  if (values?.some((value) => value.length > longest)) return undefined
  return {
    types: isNullable ? new Set([...types, 'null']) : types,
    values: values && new Set(values),
    members: hasMembers(schema) ? membersOf(schema) : undefined,
    isClosed: additionalProperties === false,
    items,
    rest: isJson(additionalProperties) ? additionalProperties : undefined,
  }
}

const typeNames = new Set(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'])

function typesOf(schema: Json, constants: unknown): ReadonlySet<string> | undefined {
  const said = [schema['type'] ?? []].flat()
  if (said.length > 0) {
    const known = said.filter((type): type is string => typeNames.has(type as string))
    return known.length === said.length ? new Set(known) : undefined
  }
  if (Array.isArray(constants)) return new Set(constants.map(typeOf))
  // What has members is meant to be an object.
  return hasMembers(schema) ? new Set(['object']) : undefined
}

function hasMembers({ properties, required }: Json): boolean {
  return isJson(properties) || Array.isArray(required)
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Number.isInteger(value)) return 'integer'
  return Array.isArray(value) ? 'array' : typeof value
}

function membersOf({ properties, required }: Json): ReadonlyMap<string, Member> {
  const known = isJson(properties) ? properties : {}
  const names = new Set<string>(Array.isArray(required) ? required.map(String) : [])
  return new Map(
    [...new Set([...Object.keys(known), ...names])].map((name) => [
      name,
      { schema: ownMember(known, name), isRequired: names.has(name) },
    ]),
  )
}

/** The facts of a value of which both are facts. */
function allFacts(one: Facts, other: Facts): Facts {
  const types = [...one.types].filter((type) => has(other.types, type))
  const narrower = [...other.types].filter((type) => !types.includes(type) && has(one.types, type))
  const members = new Map(one.members ?? other.members)
  for (const [name, { schema, isRequired }] of other.members ?? []) {
    const known = one.members?.get(name)
    if (known === undefined) members.set(name, { schema, isRequired })
    else
      members.set(name, {
        schema: { allOf: [known.schema, schema] },
        isRequired: known.isRequired || isRequired,
      })
  }
  return {
    types: new Set([...types, ...narrower]),
    values: common(one.values, other.values),
    members: one.members || other.members ? members : undefined,
    isClosed: one.isClosed || other.isClosed,
    items: one.items ?? other.items,
    rest: one.rest ?? other.rest,
  }
}

function common(
  one: ReadonlySet<string> | undefined,
  other: ReadonlySet<string> | undefined,
): ReadonlySet<string> | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return new Set([...one].filter((value) => other.has(value)))
}

/** The facts of a value that is one of `options`: all there is to say where that is one thing or null. */
function anyFacts(options: readonly (Facts | undefined)[]): Facts | undefined {
  const known = options.filter((option) => option !== undefined)
  if (known.length === 0 || known.length < options.length) return undefined
  const values = known.flatMap((option) => (option.values ? [...option.values] : []))
  const [single, ...others] = known.filter(({ types }) => types.size > 1 || !types.has('null'))
  return {
    ...(others.length === 0 && single ? single : { isClosed: false }),
    types: new Set(known.flatMap(({ types }) => [...types])),
    values: known.every((option) => option.values) ? new Set(values) : undefined,
  }
}

function has(types: ReadonlySet<string>, type: string): boolean {
  return types.has(type) || (type === 'integer' && types.has('number'))
}

function listIn(schema: Json, key: string): readonly unknown[] {
  const list = schema[key]
  return Array.isArray(list) ? list : []
}

function ownMember(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Json)[key]
    : undefined
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
