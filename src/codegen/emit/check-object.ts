import type { Member, ObjectType } from '../model.js'
import { conjunct, isLeaf, miss, patternName } from './check-leaf.js'
import {
  type CheckWriter,
  dynamicSpot,
  fault,
  faultWhen,
  guarded,
  indented,
  memberCode,
  memberSpot,
  type Spot,
} from './check-spot.js'
import { literal } from './literal.js'

/** How many names are compared one by one before a Set is quicker. */
const fewNames = 4

/** The statements that check an object, member by member. */
export function objectCheck(writer: CheckWriter, type: ObjectType, spot: Spot): string[] {
  return [
    ...faultWhen(`!${writer.helper('isObject')}(${spot.value})`, spot, 'an object'),
    ...sizeCheck(type, spot),
    ...type.members.flatMap((member) => memberCheck(writer, member, spot)),
    ...otherMembersCheck(writer, type, spot),
  ]
}

function sizeCheck({ minProperties = 0, maxProperties }: ObjectType, spot: Spot): string[] {
  const size = `Object.keys(${spot.value}).length`
  const members = (count: number) => `${count} member${count === 1 ? '' : 's'}`
  return [
    ...(minProperties > 0
      ? faultWhen(`${size} < ${minProperties}`, spot, `at least ${members(minProperties)}`)
      : []),
    ...(maxProperties === undefined
      ? []
      : faultWhen(`${size} > ${maxProperties}`, spot, `at most ${members(maxProperties)}`)),
  ]
}

function memberCheck(writer: CheckWriter, { name, type, required }: Member, spot: Spot): string[] {
  const isOpen = writer.isOpen(type)
  if (isOpen && !required) return []
  const member = memberSpot(spot, name, writer.local(localName(spot, name)))
  const declaration = `const ${member.value} = ${memberCode(writer, spot.value, name)}`
  const isAbsent = `${member.value} === undefined`
  if (isOpen) return [declaration, ...faultWhen(isAbsent, member, 'a value')]
  if (required) return [declaration, ...writer.statements(type, member)]
  const isThere = `${member.value} !== undefined`
  if (!isLeaf(type)) return [declaration, ...guarded(isThere, writer.statements(type, member))]
  const misses = `${isThere} && ${conjunct(miss(writer, type, member))}`
  return [declaration, ...faultWhen(misses, member, writer.words(type))]
}

/** What the members not named must be, and what any member must be whose name matches a pattern. */
function otherMembersCheck(
  writer: CheckWriter,
  { members, rest, patterns }: ObjectType,
  spot: Spot,
): string[] {
  if (rest === undefined && patterns.length === 0) return []
  const key = writer.local(`${within(spot)}Key`)
  const entry = writer.local(`${within(spot)}Entry`)
  const at = dynamicSpot(spot, `${writer.helper('token')}(${key})`, entry, false)
  const matches = patterns.map(({ pattern }, index) => {
    const home = memberSpot(spot, `names${patterns.length > 1 ? index : ''}`, '')
    return `${patternName(writer, pattern, home)}.test(${key})`
  })
  const misses = [...nameMisses(writer, members, key, spot), ...matches.map((match) => `!${match}`)]
  const checks = [
    ...patterns.flatMap(({ type }, index) =>
      guardedAny(matches[index] ?? '', writer.statements(type, at)),
    ),
    ...(rest === undefined ? [] : guardedAny(misses.join(' && '), restCheck(writer, rest, at))),
  ]
  if (checks.length === 0) return []
  const declaration = `const ${entry} = ${writer.helper('own')}(${spot.value}, ${key})`
  return [
    `for (const ${key} of Object.keys(${spot.value})) {`,
    ...indented([declaration, ...checks]),
    '}',
  ]
}

function restCheck(writer: CheckWriter, rest: Member['type'], at: Spot): string[] {
  return rest.kind === 'never' ? [fault(at, 'no such member')] : writer.statements(rest, at)
}

function guardedAny(condition: string, body: readonly string[]): string[] {
  if (body.length === 0) return []
  return condition === '' ? [...body] : guarded(condition, body)
}

function nameMisses(
  writer: CheckWriter,
  members: readonly Member[],
  key: string,
  spot: Spot,
): string[] {
  const names = members.map(({ name }) => literal(name))
  if (names.length <= fewNames) return names.map((name) => `${key} !== ${name}`)
  const set = writer.constant('namesOf', spot, `/*@__PURE__*/ new Set([${names.join(', ')}])`)
  return [`!${set}.has(${key})`]
}

function localName(spot: Spot, name: string): string {
  return spot.value === 'value' ? name : `${spot.value} ${name}`
}

function within({ value }: Spot): string {
  return value === 'value' ? '' : value
}
