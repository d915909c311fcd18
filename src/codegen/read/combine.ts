import { agreedAnnotations, annotated, textOf, withoutAnnotations } from '../annotations.js'
import type { LiteralType, Member, ObjectType, Scalar, Type } from '../model.js'
import { byCodeUnits } from '../place.js'

/** What is any of `types`, in the fewest words. */
export function unionOf(types: readonly Type[]): Type {
  const flat = types.flatMap((type) => (type.kind === 'union' ? type.of : [type]))
  if (flat.some(({ kind }) => kind === 'unknown')) return { kind: 'unknown' }
  const options = distinct(withOneLiteral(flat.filter(({ kind }) => kind !== 'never')))
  return (
    sole(options) ?? (options.length === 0 ? { kind: 'never' } : { kind: 'union', of: options })
  )
}

/** What is all of `types` at once, in the fewest words. */
export function intersectionOf(types: readonly Type[]): Type {
  const flat = types.flatMap((type) => (type.kind === 'intersection' ? type.of : [type]))
  if (flat.some(({ kind }) => kind === 'never')) return { kind: 'never' }
  const narrowed = narrowLiterals(flat.filter(({ kind }) => kind !== 'unknown'))
  const parts = distinct(mergeObjects(narrowed))
  const whole: Type =
    sole(parts) ?? (parts.length === 0 ? { kind: 'unknown' } : { kind: 'intersection', of: parts })
  // What is said of a part is said of the whole, whatever becomes of the part.
  const gone = new Set([...types, ...flat].filter((type) => !parts.includes(type)))
  return annotated(whole, agreedAnnotations([...gone]))
}

function sole(types: readonly Type[]): Type | undefined {
  return types.length === 1 ? types[0] : undefined
}

function distinct(types: readonly Type[]): Type[] {
  if (types.length < 2) return [...types]
  const found = new Map<string, Type>()
  for (const type of types) {
    const text = textOf(type)
    const same = found.get(text)
    // What one alternative says of itself is not true of the other.
    const isAnother = same !== undefined && JSON.stringify(same) !== JSON.stringify(type)
    found.set(text, isAnother ? withoutAnnotations(same) : (same ?? type))
  }
  return [...found.values()]
}

function withOneLiteral(types: readonly Type[]): Type[] {
  const literals = types.filter((type) => type.kind === 'literal')
  const [first] = literals
  if (first === undefined) return [...types]
  const values = [...new Set(literals.flatMap((type) => type.values))]
  return types.flatMap((type): Type[] => {
    if (type.kind !== 'literal') return [type]
    return type === first ? [{ kind: 'literal', values }] : []
  })
}

/** `{ type: string, enum: [...] }` is just the enum, less what is no string. */
function narrowLiterals(types: readonly Type[]): readonly Type[] {
  const found = types.find((type): type is LiteralType => type.kind === 'literal')
  if (found === undefined) return types
  let values = found.values
  const others = types.filter((type) => {
    if (type === found) return false
    const allows = allowing(type)
    if (allows !== undefined) values = values.filter(allows)
    return allows === undefined
  })
  return values.length === 0 ? [{ kind: 'never' }] : [{ kind: 'literal', values }, ...others]
}

/** Which constants a type allows; `undefined` where that takes more than their kind to tell. */
function allowing(type: Type): ((value: Scalar) => boolean) | undefined {
  if (type.kind === 'null') return (value) => value === null
  if (type.kind === 'literal') return (value) => type.values.includes(value)
  if (type.kind === 'union') return anyOf(type.of.map(allowing))
  if (type.kind === 'number' && type.integer && isBare(type))
    return (value) => Number.isInteger(value)
  if (type.kind === 'boolean' || (isScalar(type) && isBare(type)))
    return (value) => typeof value === type.kind
  return undefined
}

function anyOf(
  tests: readonly (((value: Scalar) => boolean) | undefined)[],
): ((value: Scalar) => boolean) | undefined {
  const known = tests.filter((test) => test !== undefined)
  return known.length === tests.length ? (value) => known.some((test) => test(value)) : undefined
}

function isScalar(type: Type): boolean {
  return type.kind === 'string' || type.kind === 'number'
}

function isBare(type: Type): boolean {
  return Object.entries(type).every(
    ([key, value]) => ['kind', 'integer', 'annotations'].includes(key) || value === undefined,
  )
}

/** Puts the members of objects that leave further members open into one; a closed object keeps its own account. */
function mergeObjects(types: readonly Type[]): Type[] {
  const open = types.filter(
    (type): type is ObjectType => type.kind === 'object' && isOpenObject(type),
  )
  const [first] = open
  if (first === undefined || open.length === 1) return [...types]
  const members = mergeMembers(open.flatMap((object) => object.members))
  return types.flatMap((type): Type[] => {
    if (type === first) return [{ kind: 'object', members, patterns: [] }]
    return open.some((object) => object === type) ? [] : [type]
  })
}

function isOpenObject({ rest, patterns, minProperties, maxProperties }: ObjectType): boolean {
  return (
    rest === undefined &&
    patterns.length === 0 &&
    minProperties === undefined &&
    maxProperties === undefined
  )
}

function mergeMembers(members: readonly Member[]): Member[] {
  const merged = new Map<string, Member>()
  for (const member of members) {
    const known = merged.get(member.name)
    merged.set(member.name, known === undefined ? member : mergeMember(known, member))
  }
  return [...merged.values()].toSorted((a, b) => byCodeUnits(a.name, b.name))
}

function mergeMember(a: Member, b: Member): Member {
  const docs = Object.values(a.docs).some((text) => text !== undefined) ? a.docs : b.docs
  const type = intersectionOf([a.type, b.type])
  return { name: a.name, type, required: a.required || b.required, docs }
}
