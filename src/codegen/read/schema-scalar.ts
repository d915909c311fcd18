import type { Report } from '../diagnostic.js'
import type { NumberType, Pattern, Place, TextType } from '../model.js'
import { below, type JsonObject, own } from '../place.js'
import { readPattern } from './pattern.js'

/** The type of `{ type: string }`. */
export function readText(report: Report, schema: JsonObject, place: Place): TextType {
  return {
    kind: 'string',
    minLength: readCount(report, schema, 'minLength', place),
    maxLength: readCount(report, schema, 'maxLength', place),
    pattern: readPatternOf(report, own(schema, 'pattern'), below(place, 'pattern')),
  }
}

/** A pattern that can be checked, or nothing and a warning. */
export function readPatternOf(report: Report, source: unknown, place: Place): Pattern | undefined {
  if (source === undefined) return undefined
  const pattern = typeof source === 'string' ? readPattern(source) : 'is no string'
  if (typeof pattern !== 'string') return pattern
  report.warn(
    place,
    `the pattern ${pattern}, so it is not checked`,
    'rewrite it, or check it in the handler',
  )
  return undefined
}

/** The type of `{ type: number }` and `{ type: integer }`. */
export function readNumber(
  report: Report,
  schema: JsonObject,
  place: Place,
  integer: boolean,
): NumberType {
  const bound = (keyword: string) => readFinite(report, schema, keyword, place)
  const step = bound('multipleOf')
  if (step !== undefined && step <= 0) {
    report.fault(below(place, 'multipleOf'), '"multipleOf" is not above 0', 'use a positive number')
  }
  return {
    kind: 'number',
    integer,
    ...lowerBound(schema, bound),
    ...upperBound(schema, bound),
    multipleOf: step,
  }
}

/** A count such as `minItems`. */
export function readCount(
  report: Report,
  schema: JsonObject,
  keyword: string,
  place: Place,
): number | undefined {
  const value = own(schema, keyword)
  if (value === undefined || (Number.isSafeInteger(value) && Number(value) >= 0))
    return value as number | undefined
  report.fault(
    below(place, keyword),
    `"${keyword}" is no whole number from 0`,
    'use one, or leave it out',
  )
  return undefined
}

type Bound = (keyword: string) => number | undefined

// Draft 4 writes exclusiveMinimum: true beside minimum; later drafts write the bound itself.
function lowerBound(schema: JsonObject, bound: Bound): Partial<NumberType> {
  if (own(schema, 'exclusiveMinimum') === true) return { exclusiveMinimum: bound('minimum') }
  return { minimum: bound('minimum'), exclusiveMinimum: bound('exclusiveMinimum') }
}

function upperBound(schema: JsonObject, bound: Bound): Partial<NumberType> {
  if (own(schema, 'exclusiveMaximum') === true) return { exclusiveMaximum: bound('maximum') }
  return { maximum: bound('maximum'), exclusiveMaximum: bound('exclusiveMaximum') }
}

// A bound may lie beyond 2^53, as that of a uint64 does: it is rounded the way every value compared with it is.
function readFinite(
  report: Report,
  schema: JsonObject,
  keyword: string,
  place: Place,
): number | undefined {
  const value = own(schema, keyword)
  if (value === undefined || value === false) return undefined
  if (typeof value === 'number' && Number.isFinite(value)) return value
  report.fault(
    below(place, keyword),
    `"${keyword}" is no finite number`,
    'use one, or leave it out',
  )
  return undefined
}
