import type { Place, Type } from '../model.js'
import { below, type JsonObject, own } from '../place.js'
import type { SchemaReading } from './reading.js'
import { readCount } from './schema-scalar.js'

/** The type of `{ type: array }`: a list, or a tuple where the first items have schemas of their own. */
export function readArray(reader: SchemaReading, schema: JsonObject, place: Place): Type {
  const minItems = readCount(reader.report, schema, 'minItems', place)
  const maxItems = readCount(reader.report, schema, 'maxItems', place)
  const unique = own(schema, 'uniqueItems') === true
  // Up to draft 2019-09 the first items stand in `items` and the others in `additionalItems`.
  const [first, others] = Array.isArray(own(schema, 'items'))
    ? ['items', 'additionalItems']
    : ['prefixItems', 'items']
  const items = reader.readList(schema, first, place) ?? []
  const rest = readRest(reader, schema, others, place)
  if (items.length === 0) return { kind: 'list', of: rest, minItems, maxItems, unique }
  const closed = maxItems !== undefined && maxItems <= items.length
  const tuple = {
    items: items.slice(0, maxItems),
    rest: closed ? ({ kind: 'never' } as const) : rest,
  }
  return { kind: 'tuple', ...tuple, minItems: minItems ?? 0, maxItems, unique }
}

function readRest(reader: SchemaReading, schema: JsonObject, keyword: string, place: Place): Type {
  const rest = own(schema, keyword)
  return rest === undefined ? { kind: 'unknown' } : reader.read(rest, below(place, keyword))
}
