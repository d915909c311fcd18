import type { ListType, TupleType, Type } from '../model.js'
import {
  type CheckWriter,
  dynamicSpot,
  faultWhen,
  guarded,
  indented,
  memberSpot,
  type Spot,
} from './check-spot.js'

/** The statements that check an array, item by item. */
export function arrayCheck(writer: CheckWriter, type: ListType | TupleType, spot: Spot): string[] {
  const items = type.kind === 'list' ? [] : type.items
  const rest = type.kind === 'list' ? type.of : type.rest
  return [
    ...faultWhen(`!Array.isArray(${spot.value})`, spot, 'an array'),
    ...lengthCheck(writer, type, spot),
    ...items.flatMap((item, index) =>
      itemCheck(writer, item, index, index < (type.minItems ?? 0), spot),
    ),
    ...restCheck(writer, rest, items.length, spot),
  ]
}

function lengthCheck(writer: CheckWriter, type: ListType | TupleType, spot: Spot): string[] {
  const { minItems = 0, maxItems, unique } = type
  const length = `${spot.value}.length`
  const items = (count: number) => `${count} item${count === 1 ? '' : 's'}`
  const [first, rest] = type.kind === 'tuple' ? [type.items.length, type.rest] : [0, type.of]
  const most = rest.kind === 'never' ? first : maxItems
  return [
    ...(minItems > 0
      ? faultWhen(`${length} < ${minItems}`, spot, `at least ${items(minItems)}`)
      : []),
    ...(most === undefined ? [] : faultWhen(`${length} > ${most}`, spot, `at most ${items(most)}`)),
    ...(unique
      ? faultWhen(`!${writer.helper('isUnique')}(${spot.value})`, spot, 'items that differ')
      : []),
  ]
}

function itemCheck(
  writer: CheckWriter,
  type: Type,
  index: number,
  required: boolean,
  spot: Spot,
): string[] {
  if (writer.isOpen(type)) return []
  const item = memberSpot(spot, String(index), writer.local(`${within(spot)}Item${index}`))
  const check = writer.statements(type, item)
  const declaration = `const ${item.value}: unknown = ${spot.value}[${index}]`
  return [declaration, ...(required ? check : guarded(`${spot.value}.length > ${index}`, check))]
}

function restCheck(writer: CheckWriter, type: Type, from: number, spot: Spot): string[] {
  if (type.kind === 'never' || writer.isOpen(type)) return []
  const index = writer.local(`${within(spot)}Index`)
  const item = dynamicSpot(spot, index, writer.local(`${within(spot)}Item`), true)
  return [
    `for (let ${index} = ${from}; ${index} < ${spot.value}.length; ${index}++) {`,
    ...indented([
      `const ${item.value}: unknown = ${spot.value}[${index}]`,
      ...writer.statements(type, item),
    ]),
    '}',
  ]
}

function within({ value }: Spot): string {
  return value === 'value' ? '' : value
}
