import type { Kind } from '../kinds.js'
import type { Scalar, Type } from '../model.js'
import { conjunct, isLeaf, miss } from './check-leaf.js'
import {
  type CheckWriter,
  fault,
  faultWhen,
  guarded,
  indented,
  memberCode,
  memberSpot,
  type Spot,
} from './check-spot.js'
import { literal } from './literal.js'

/**
 * The statements that check a union. Alternatives are told apart by kind, then by the constant in one member, so that
 * each part of a value is looked at once; only those that look alike are tried one after the other.
 */
export function unionCheck(writer: CheckWriter, options: readonly Type[], spot: Spot): string[] {
  const misses = options.filter(isLeaf).map((leaf) => conjunct(miss(writer, leaf, spot)))
  const others = options.filter((option) => !isLeaf(option) && writer.kinds.of(option).length > 0)
  const words = writer.words({ kind: 'union', of: options })
  if (others.length === 0) return faultWhen(misses.join(' && '), spot, words)
  const check = groupsCheck(writer, writer.kinds.byKind(others), spot, words)
  return misses.length === 0 ? check : guarded(misses.join(' && '), check)
}

function groupsCheck(
  writer: CheckWriter,
  groups: readonly Type[][],
  spot: Spot,
  words: string,
): string[] {
  const [only] = groups
  if (only !== undefined && groups.length === 1) return alternativesCheck(writer, only, spot)
  const branches = groups.flatMap((group, index) => [
    `${index === 0 ? '' : '} else '}if (${kindTest(writer, group, spot)}) {`,
    ...indented(alternativesCheck(writer, group, spot)),
  ])
  return [...branches, '} else {', `  ${fault(spot, words)}`, '}']
}

function alternativesCheck(writer: CheckWriter, options: readonly Type[], spot: Spot): string[] {
  const [only] = options
  if (only !== undefined && options.length === 1) return writer.statements(only, spot)
  const isObjects = options.every((option) => writer.kinds.of(option).join() === 'object')
  const split = isObjects ? writer.kinds.byTag(options) : undefined
  if (split !== undefined) return switchCheck(writer, split.key, split.groups, spot)
  if (writer.owner !== undefined && writer.kinds.isRecursive(options, writer.owner)) {
    writer.leaveUnchecked()
    return faultWhen(
      `!(${kindTest(writer, options, spot)})`,
      spot,
      writer.words({ kind: 'union', of: options }),
    )
  }
  return trialCheck(writer, options, spot)
}

interface TagGroup {
  readonly values: readonly Scalar[]
  readonly types: readonly Type[]
}

function switchCheck(
  writer: CheckWriter,
  key: string,
  groups: readonly TagGroup[],
  spot: Spot,
): string[] {
  const tag = memberCode(writer, spot.value, key)
  const values = groups.flatMap((group) => group.values)
  const words = writer.words({ kind: 'literal', values })
  const cases = groups.flatMap(({ values, types }) => [
    ...values.map(
      (value, index) => `case ${literal(value)}:${index === values.length - 1 ? ' {' : ''}`,
    ),
    ...indented([...alternativesCheck(writer, types, spot), 'break']),
    '}',
  ])
  return [
    ...faultWhen(`!${writer.helper('isObject')}(${spot.value})`, spot, 'an object'),
    `switch (${tag}) {`,
    ...indented([...cases, 'default:', `  ${fault(memberSpot(spot, key, tag), words)}`]),
    '}',
  ]
}

function trialCheck(writer: CheckWriter, options: readonly Type[], spot: Spot): string[] {
  const misses = options.map((option, index) => {
    if (isLeaf(option)) return conjunct(miss(writer, option, spot))
    return `${writer.check(option, spot, `Option${index + 1}`)}(${spot.value}) !== undefined`
  })
  return faultWhen(misses.join(' && '), spot, writer.words({ kind: 'union', of: options }))
}

function kindTest(writer: CheckWriter, options: readonly Type[], { value }: Spot): string {
  const tests: Record<Kind, () => string> = {
    null: () => `${value} === null`,
    boolean: () => `typeof ${value} === 'boolean'`,
    number: () => `typeof ${value} === 'number'`,
    string: () => `typeof ${value} === 'string'`,
    bytes: () => `${value} instanceof Uint8Array`,
    array: () => `Array.isArray(${value})`,
    object: () => `${writer.helper('isObject')}(${value})`,
  }
  const kinds = new Set(options.flatMap((option) => writer.kinds.of(option)))
  return [...kinds].map((kind) => tests[kind]()).join(' || ')
}
