import type { Report } from '../diagnostic.js'
import type { Place, Type } from '../model.js'
import { below, isJsonObject, type JsonObject, own, sortedKeys } from '../place.js'
import { intersectionOf, unionOf } from './combine.js'

/** How deep a constant may be nested. */
const deepest = 32

/** The type that `const` and `enum` leave, if there are any. */
export function readConstant(report: Report, schema: JsonObject, place: Place): Type | undefined {
  const types: Type[] = []
  if (Object.hasOwn(schema, 'const'))
    types.push(constant(report, schema['const'], below(place, 'const'), 0))
  const values = own(schema, 'enum')
  if (Array.isArray(values)) {
    const at = below(place, 'enum')
    types.push(
      unionOf(values.map((value: unknown, index) => constant(report, value, below(at, index), 0))),
    )
  } else if (values !== undefined) {
    report.fault(below(place, 'enum'), '"enum" is no array', 'list the values in it')
  }
  return types.length === 0 ? undefined : intersectionOf(types)
}

function constant(report: Report, value: unknown, place: Place, depth: number): Type {
  if (value === null || typeof value === 'string' || typeof value === 'boolean')
    return { kind: 'literal', values: [value] }
  if (typeof value === 'number') return numberConstant(report, value, place)
  if (depth === deepest || typeof value !== 'object') {
    report.fault(place, `a constant is nested more than ${deepest} deep`, 'use a schema instead')
    return { kind: 'never' }
  }
  const inner = (item: unknown, key: string | number) =>
    constant(report, item, below(place, key), depth + 1)
  return isJsonObject(value)
    ? constantObject(value, inner)
    : constantArray(value as readonly unknown[], inner)
}

// JSON.parse has rounded what a double cannot hold, so a check would compare with another number than was written.
function numberConstant(report: Report, value: number, place: Place): Type {
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
    report.fault(
      place,
      'the number cannot be told from its neighbours in JavaScript',
      'use a string',
    )
  }
  return { kind: 'literal', values: [value] }
}

type Inner = (item: unknown, key: string | number) => Type

function constantObject(value: JsonObject, inner: Inner): Type {
  const members = sortedKeys(value).map((name) => ({
    name,
    type: inner(value[name], name),
    required: true,
    docs: {},
  }))
  return { kind: 'object', members, rest: { kind: 'never' }, patterns: [] }
}

function constantArray(value: readonly unknown[], inner: Inner): Type {
  const items = value.map(inner)
  return { kind: 'tuple', items, rest: { kind: 'never' }, minItems: items.length, unique: false }
}
