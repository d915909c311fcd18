import type { BytesType, LiteralType, NumberType, Pattern, TextType, Type } from '../model.js'
import type { CheckWriter, Spot } from './check-spot.js'
import { literal } from './literal.js'

/** How many constants are compared one by one: beyond some thousands, TypeScript could not follow. */
const fewValues = 16

/** A type that one expression can check. */
export type Leaf =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean' }
  | TextType
  | BytesType
  | NumberType
  | LiteralType

export function isLeaf(type: Type): type is Leaf {
  return ['null', 'boolean', 'string', 'bytes', 'number', 'literal'].includes(type.kind)
}

/** The condition under which the value at `spot` is not of `type`; to be bracketed beside `&&`. */
export function miss(writer: CheckWriter, type: Leaf, spot: Spot): string {
  if (type.kind === 'null') return `${spot.value} !== null`
  if (type.kind === 'literal') return literalMisses(writer, type, spot)
  if (type.kind === 'string') return textMisses(writer, type, spot).join(' || ')
  if (type.kind === 'bytes') return bytesMisses(type, spot.value).join(' || ')
  if (type.kind === 'number') return numberMisses(writer, type, spot.value).join(' || ')
  return `typeof ${spot.value} !== 'boolean'`
}

/** `condition` as a part of a conjunction. */
export function conjunct(condition: string): string {
  return condition.includes(' || ') ? `(${condition})` : condition
}

function literalMisses(writer: CheckWriter, { values }: LiteralType, spot: Spot): string {
  const codes = values.map(literal)
  if (codes.length <= fewValues)
    return codes.map((code) => `${spot.value} !== ${code}`).join(' && ')
  const set = `/*@__PURE__*/ new Set<unknown>([${codes.join(', ')}])`
  return `!${writer.constant('valuesOf', spot, set)}.has(${spot.value})`
}

function bytesMisses({ max }: BytesType, value: string): string[] {
  const misses = [`!(${value} instanceof Uint8Array)`]
  return max === undefined ? misses : [...misses, `${value}.length > ${max}`]
}

function textMisses(
  writer: CheckWriter,
  { minLength = 0, maxLength, pattern }: TextType,
  spot: Spot,
): string[] {
  const { value } = spot
  const misses = [`typeof ${value} !== 'string'`]
  if (minLength > 0) misses.push(`${value}.length < ${minLength}`)
  // Code points are counted only where code units leave a doubt.
  if (minLength > 1) misses.push(`${writer.helper('characters')}(${value}) < ${minLength}`)
  if (maxLength !== undefined) {
    misses.push(
      `(${value}.length > ${maxLength} && ${writer.helper('characters')}(${value}) > ${maxLength})`,
    )
  }
  if (pattern !== undefined) misses.push(`!${patternName(writer, pattern, spot)}.test(${value})`)
  return misses
}

/** The name of the constant that holds `pattern`. */
export function patternName(
  writer: CheckWriter,
  { source, flags, checked = source }: Pattern,
  spot: Spot,
): string {
  const ending = flags === '' ? '' : `, ${literal(flags)}`
  return writer.constant(
    'patternOf',
    spot,
    `/*@__PURE__*/ new RegExp(${literal(checked)}${ending})`,
  )
}

function numberMisses(writer: CheckWriter, type: NumberType, value: string): string[] {
  const kind = type.integer ? `!Number.isInteger(${value})` : `!Number.isFinite(${value})`
  const misses = [`typeof ${value} !== 'number'`, kind]
  if (type.minimum !== undefined) misses.push(`${value} < ${type.minimum}`)
  if (type.exclusiveMinimum !== undefined) misses.push(`${value} <= ${type.exclusiveMinimum}`)
  if (type.maximum !== undefined) misses.push(`${value} > ${type.maximum}`)
  if (type.exclusiveMaximum !== undefined) misses.push(`${value} >= ${type.exclusiveMaximum}`)
  if (type.multipleOf !== undefined)
    misses.push(`!${writer.helper('isMultiple')}(${value}, ${type.multipleOf})`)
  return misses
}
