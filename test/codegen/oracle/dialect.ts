import { idOf } from '../../../src/codegen/graph.js'
import { Sources } from '../../../src/codegen/load/sources.js'
import type { Place } from '../../../src/codegen/model.js'
import { below, isJsonObject, type JsonObject, keysOf } from '../../../src/codegen/place.js'
import { impliedTypes } from '../../../src/codegen/read/keywords.js'
import type { Diagnostic } from '../../../src/codegen.js'

export type Documents = ReadonlyMap<string, unknown>

/** Copies of the documents without the keywords that the generator said it does not check. */
export function withoutUnchecked(documents: Documents, warnings: readonly Diagnostic[]): Documents {
  const copies = mapOnce(documents, (value) => structuredClone(value))
  for (const { file, pointer, problem } of warnings) {
    const keys = keysOf(pointer)
    const last = keys.pop() ?? ''
    const parent = keys.reduce(child, copies.get(file))
    if (isJsonObject(parent) && /not checked$|any value is taken|left out/.test(problem))
      delete (parent as Record<string, unknown>)[last]
  }
  return copies
}

/**
 * Copies of the documents whose objects take no unknown members. What is described in several parts stays open, for
 * each part would refuse the members of the others.
 */
export function closed(documents: Documents): Documents {
  const parts = partsOf(documents)
  return mapSchemas(documents, (schema, place) => {
    const isOpen = 'properties' in schema && !('additionalProperties' in schema)
    return isOpen && !parts.has(idOf(place)) ? { ...schema, additionalProperties: false } : schema
  })
}

/** The ids of the schemas that describe a value together with others. */
function partsOf(documents: Documents): Set<string> {
  const sources = new Sources(documents)
  const parts = new Set<string>()
  const mark = (value: unknown, place: Place): void => {
    if (!isJsonObject(value) || parts.has(idOf(place))) return
    parts.add(idOf(place))
    for (const keyword of ['allOf', 'anyOf', 'oneOf'])
      for (const [index, item] of listIn(value, keyword).entries())
        mark(item, below(place, keyword, index))
    const target = sources.locate(String(value['$ref'] ?? '/none'), place)
    if ('place' in target) mark(target.value, target.place)
  }
  mapSchemas(documents, (schema, place) => {
    const ways = ['properties', '$ref', 'anyOf', 'oneOf'].filter((keyword) => keyword in schema)
    if ('allOf' in schema || ways.length > 1) mark(schema, place)
    return schema
  })
  return parts
}

/** Copies of the documents in the dialect of ajv: draft 7, with what the generator takes for granted written out. */
export function draft7(documents: Documents): Documents {
  return mapSchemas(documents, (schema) => nullable(anyOf(exclusive(typed(schema)))))
}

// The generator takes a schema with properties and no type for that of an object.
function typed(schema: JsonObject): JsonObject {
  const implied = impliedTypes.filter(([, keywords]) => keywords.some((word) => word in schema))
  return 'type' in schema || implied.length === 0
    ? schema
    : { ...schema, type: implied.map(([type]) => type) }
}

// The generator lets a value pass that more than one alternative of a oneOf fits.
function anyOf(schema: JsonObject): JsonObject {
  if (!('oneOf' in schema)) return schema
  const { oneOf, ...others } = schema
  return 'anyOf' in others ? { allOf: [others, { anyOf: oneOf }] } : { ...others, anyOf: oneOf }
}

function nullable(schema: JsonObject): JsonObject {
  if (schema['nullable'] !== true) return schema
  const { nullable: _, ...others } = schema
  return { anyOf: [others, { type: 'null' }] }
}

// Draft 4 writes exclusiveMinimum: true beside minimum.
function exclusive(schema: JsonObject): JsonObject {
  const { exclusiveMinimum: least, exclusiveMaximum: most, ...others } = schema
  return {
    ...others,
    ...bound('exclusiveMinimum', least === true ? schema['minimum'] : least),
    ...bound('exclusiveMaximum', most === true ? schema['maximum'] : most),
  }
}

function bound(keyword: string, value: unknown): JsonObject {
  return typeof value === 'number' ? { [keyword]: value } : {}
}

type Turn = (schema: JsonObject, place: Place) => JsonObject

function mapSchemas(documents: Documents, turn: Turn): Documents {
  return mapOnce(documents, (value, file) => mapValue(value, { file, pointer: '' }, turn))
}

/** A document that is known by two names is still one document afterwards. */
function mapOnce(documents: Documents, make: (value: unknown, file: string) => unknown): Documents {
  const made = new Map<unknown, unknown>()
  for (const [file, value] of documents) if (!made.has(value)) made.set(value, make(value, file))
  return new Map([...documents].map(([file, value]) => [file, made.get(value)]))
}

const maps = ['properties', 'patternProperties', 'definitions', 'schemas']
const data = ['enum', 'const', 'default', 'example', 'examples']

// What is no schema is turned as well: only schemas have the keywords that anything is done about.
function mapValue(value: unknown, place: Place, turn: Turn): unknown {
  if (Array.isArray(value))
    return value.map((item: unknown, index) => mapValue(item, below(place, index), turn))
  return isJsonObject(value) ? turn(mapMembers(value, place, turn), place) : value
}

function mapMembers(object: JsonObject, place: Place, turn: Turn): JsonObject {
  const members = Object.entries(object).map(([key, item]) => {
    const at = below(place, key)
    if (data.includes(key)) return [key, item]
    const isMap = maps.includes(key) && isJsonObject(item)
    return [key, isMap ? mapNames(item, at, turn) : mapValue(item, at, turn)]
  })
  return Object.fromEntries(members)
}

// A property may well be called "properties" or "enum".
function mapNames(map: JsonObject, place: Place, turn: Turn): JsonObject {
  const members = Object.entries(map).map(([name, item]) => [
    name,
    mapValue(item, below(place, name), turn),
  ])
  return Object.fromEntries(members)
}

function listIn(schema: JsonObject, keyword: string): unknown[] {
  const list = schema[keyword]
  return Array.isArray(list) ? list : []
}

function child(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[key]
    : undefined
}
