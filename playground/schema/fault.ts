import { listIn, memberOf } from '../wire/reading.js'
import { resolved, type Schema } from './schema.js'

/** Levels of a value that are looked at: a schema may contain itself. */
const deepest = 16

/**
 * What `schema` forbids about the value called `name`: `point/x must be an integer`. Nothing where the value fits, or
 * where the schema says what is not looked at here: the provider checks it all.
 */
export function faultIn(
  document: unknown,
  schema: Schema,
  value: unknown,
  name: string,
  depth = 0,
): string | undefined {
  const known = resolved(document, schema)
  if (depth > deepest || (value === null && memberOf(known, 'nullable') === true)) return undefined
  const demand = demandOf(known, value)
  if (demand !== undefined) return `${name} must ${demand}`
  for (const [key, part] of partsOf(value)) {
    const inner = Array.isArray(value)
      ? memberOf(known, 'items')
      : memberOf(memberOf(known, 'properties'), key)
    const fault = faultIn(document, inner, part, `${name}/${key}`, depth + 1)
    if (fault !== undefined) return fault
  }
  return undefined
}

/** What the value itself, without its parts, must be or have and is not or has not. */
function demandOf(schema: Schema, value: unknown): string | undefined {
  return (
    typeDemand(memberOf(schema, 'type'), value) ??
    choiceDemand(choicesIn(schema), value) ??
    limitDemand(schema, value) ??
    missingDemand(listIn(schema, 'required'), value)
  )
}

function typeDemand(said: unknown, value: unknown): string | undefined {
  const types = said === undefined ? [] : [said].flat().map(String)
  if (types.length === 0 || types.some((type) => isA.get(type)?.(value) ?? true)) return undefined
  return `be ${types.map((type) => (/^[aeio]/.test(type) ? `an ${type}` : `a ${type}`)).join(' or ')}`
}

const isA = new Map<string, (value: unknown) => boolean>([
  ['string', (value) => typeof value === 'string'],
  ['number', (value) => typeof value === 'number'],
  ['integer', (value) => Number.isInteger(value)],
  ['boolean', (value) => typeof value === 'boolean'],
  ['null', (value) => value === null],
  ['array', (value) => Array.isArray(value)],
  ['object', isRecord],
])

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function choicesIn(schema: Schema): readonly unknown[] {
  const constant = memberOf(schema, 'const')
  return constant === undefined ? listIn(schema, 'enum') : [constant]
}

function choiceDemand(choices: readonly unknown[], value: unknown): string | undefined {
  const isPlain = choices.every((choice) => typeof choice !== 'object' || choice === null)
  if (choices.length === 0 || !isPlain || choices.includes(value)) return undefined
  return `be ${choices.map((choice) => JSON.stringify(choice)).join(' or ')}`
}

/** What is measured, the least and the most of it by keyword, and its words. Patterns are left out: one could hang the page. */
const limits = [
  [(value: unknown) => value, 'minimum', 'maximum', 'be', ''],
  [characters, 'minLength', 'maxLength', 'have', 'character'],
  [items, 'minItems', 'maxItems', 'have', 'item'],
] as const

function limitDemand(schema: Schema, value: unknown): string | undefined {
  for (const [measure, least, most, verb, unit] of limits) {
    const [size, from, to] = [measure(value), memberOf(schema, least), memberOf(schema, most)]
    if (typeof size !== 'number') continue
    if (typeof from === 'number' && size < from) return `${verb} at least ${amount(from, unit)}`
    if (typeof to === 'number' && size > to) return `${verb} at most ${amount(to, unit)}`
  }
  return undefined
}

function amount(count: number, unit: string): string {
  const words = `${count.toLocaleString('en')} ${unit}`.trim()
  return unit === '' || count === 1 ? words : `${words}s`
}

function characters(value: unknown): number | undefined {
  return typeof value === 'string' ? [...value].length : undefined
}

function items(value: unknown): number | undefined {
  return Array.isArray(value) ? value.length : undefined
}

function missingDemand(required: readonly unknown[], value: unknown): string | undefined {
  if (!isRecord(value)) return undefined
  const missing = required.find((name) => !Object.hasOwn(value, String(name)))
  return missing === undefined ? undefined : `have ${JSON.stringify(missing)}`
}

function partsOf(value: unknown): readonly [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}
