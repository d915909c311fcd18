import { withWords } from '../annotations.js'
import type { Member, ObjectType, Pattern, Place, Type } from '../model.js'
import { below, byCodeUnits, isJsonObject, type JsonObject, own, sortedKeys } from '../place.js'
import { readDocs, type SchemaReading } from './reading.js'
import { readCount, readPatternOf } from './schema-scalar.js'

/** The type of `{ type: object }`. */
export function readObject(reader: SchemaReading, schema: JsonObject, place: Place): ObjectType {
  const patterns = readPatterns(reader, schema, place)
  const checked = patterns.filter(
    (entry): entry is ObjectType['patterns'][number] => entry.pattern !== undefined,
  )
  // What an unchecked pattern lets in cannot be told from the rest, so the rest cannot be checked either.
  const rest = checked.length === patterns.length ? readRest(reader, schema, place) : undefined
  return {
    kind: 'object',
    members: readMembers(reader, schema, place, (name) => unnamedType(name, rest, checked)),
    rest,
    patterns: checked,
    minProperties: readCount(reader.report, schema, 'minProperties', place),
    maxProperties: readCount(reader.report, schema, 'maxProperties', place),
  }
}

/** What a member must be that no property describes. What a pattern asks of it is checked with the pattern. */
function unnamedType(name: string, rest: Type | undefined, patterns: ObjectType['patterns']): Type {
  const matches = patterns.some(({ pattern }) =>
    new RegExp(pattern.source, pattern.flags).test(name),
  )
  return matches || rest === undefined ? { kind: 'unknown' } : rest
}

function readMembers(
  reader: SchemaReading,
  schema: JsonObject,
  place: Place,
  typeOfOther: (name: string) => Type,
): Member[] {
  const properties = readMap(reader, schema, 'properties', place)
  const required = readRequired(reader, schema, place)
  const names = [...new Set([...Object.keys(properties), ...required])].sort(byCodeUnits)
  return names.map((name) => {
    const property = own(properties, name)
    const at = below(place, 'properties', name)
    const type = property === undefined ? typeOfOther(name) : reader.read(property, at)
    return { name, required: required.has(name), ...withWords(type, readDocs(property)) }
  })
}

function readRequired({ report }: SchemaReading, schema: JsonObject, place: Place): Set<string> {
  const required = own(schema, 'required')
  // A boolean is draft 3's way of saying it from inside the property; newer drafts do not know it.
  if (required === undefined || typeof required === 'boolean') {
    if (required === true)
      report.warn(below(place, 'required'), '"required" is no array', 'list names in the parent')
    return new Set()
  }
  const names = Array.isArray(required)
    ? required.filter((name) => typeof name === 'string')
    : undefined
  if (names !== undefined) return new Set(names)
  report.fault(
    below(place, 'required'),
    '"required" is no array',
    'list the names of the required members',
  )
  return new Set()
}

function readRest(reader: SchemaReading, schema: JsonObject, place: Place): Type | undefined {
  const rest = own(schema, 'additionalProperties')
  if (rest === undefined || rest === true) return undefined
  const type = reader.read(rest, below(place, 'additionalProperties'))
  return type.kind === 'unknown' ? undefined : type
}

interface PatternEntry {
  readonly pattern: Pattern | undefined
  readonly type: Type
}

function readPatterns(reader: SchemaReading, schema: JsonObject, place: Place): PatternEntry[] {
  const patterns = readMap(reader, schema, 'patternProperties', place)
  return sortedKeys(patterns).map((source) => {
    const at = below(place, 'patternProperties', source)
    return {
      pattern: readPatternOf(reader.report, source, at),
      type: reader.read(patterns[source], at),
    }
  })
}

function readMap(
  { report }: SchemaReading,
  schema: JsonObject,
  keyword: string,
  place: Place,
): JsonObject {
  const map = own(schema, keyword)
  if (map === undefined || isJsonObject(map)) return map ?? {}
  report.fault(below(place, keyword), `"${keyword}" is no object`, 'map names to schemas in it')
  return {}
}
