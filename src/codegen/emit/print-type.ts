import type { Member, ObjectType, TupleType, Type } from '../model.js'
import { docComment } from './comment.js'
import { literal, propertyKey } from './literal.js'

const width = 100

/** The name of a type, by id. */
export type NameOf = (id: string) => string

/** `type` in TypeScript, on one line where it fits behind `column` characters, else over several at `indent`. */
export function printType(type: Type, nameOf: NameOf, indent: string, column: number): string {
  const flat = printFlat(type, nameOf)
  if (flat !== undefined && column + flat.length <= width) return flat
  if (type.kind === 'object') return printBody(type, nameOf, indent)
  if (type.kind === 'tuple') return printTuple(type, nameOf, indent)
  if (type.kind === 'list')
    return `${bracketed(type.of, printType(type.of, nameOf, indent, column))}[]`
  if (type.kind === 'union') return printUnion(type.of, nameOf, indent)
  if (type.kind === 'intersection') return printParts(type.of, nameOf, indent, column)
  return flat ?? 'unknown'
}

/** The members of an object type between braces, one a line. */
export function printBody(type: ObjectType, nameOf: NameOf, indent: string): string {
  const inner = `${indent}  `
  const lines = type.members.flatMap((member) => {
    const head = `${inner}${memberHead(member)}`
    return [
      ...docComment(member.docs, inner),
      head + printType(member.type, nameOf, inner, head.length),
    ]
  })
  const index = indexType(type)
  if (index !== undefined)
    lines.push(`${inner}${indexHead}${printType(index, nameOf, inner, width / 2)}`)
  return ['{', ...lines, `${indent}}`].join('\n')
}

/** `type` on one line; nothing where the comments of its members need lines of their own. */
function printFlat(type: Type, nameOf: NameOf): string | undefined {
  const flat = (inner: Type) => printFlat(inner, nameOf)
  if (type.kind === 'literal') return type.values.map(literal).join(' | ')
  if (type.kind === 'reference') return nameOf(type.id)
  if (type.kind === 'list')
    return join([flat(type.of)], ([of = '']) => `${bracketed(type.of, of)}[]`)
  if (type.kind === 'tuple') return join(tupleItems(type, flat), (items) => `[${items.join(', ')}]`)
  if (type.kind === 'object') return flatObject(type, nameOf)
  if (type.kind === 'union')
    return join(type.of.map(openTo(type.of, flat)), (options) => [...new Set(options)].join(' | '))
  if (type.kind === 'bytes') return 'Uint8Array'
  if (type.kind !== 'intersection') return type.kind
  const parts = telling(type.of)
  return join(
    parts.map((part) => join([flat(part)], ([text = '']) => bracketedPart(part, parts, text))),
    (texts) => [...new Set(texts)].join(' & '),
  )
}

function flatObject(type: ObjectType, nameOf: NameOf): string | undefined {
  if (type.members.some(({ docs }) => docComment(docs).length > 0)) return undefined
  const members = type.members.map((member) =>
    join([printFlat(member.type, nameOf)], ([text = '']) => memberHead(member) + text),
  )
  const index = indexType(type)
  if (index !== undefined)
    members.push(join([printFlat(index, nameOf)], ([text = '']) => indexHead + text))
  return join(members, (texts) => `{ ${texts.join('; ')} }`)
}

function join(
  texts: readonly (string | undefined)[],
  put: (texts: readonly string[]) => string,
): string | undefined {
  const known = texts.filter((text) => text !== undefined)
  return known.length === texts.length ? put(known) : undefined
}

function memberHead({ name, required }: Member): string {
  return `${propertyKey(name)}${required ? '' : '?'}: `
}

const indexHead = '[key: string]: '

/**
 * What an index signature must say. Beside named members it can only be `unknown`, as TypeScript wants every member to
 * agree with it; an object that is merely open gets none, which keeps completion and assignability.
 */
function indexType({ members, rest, patterns }: ObjectType): Type | undefined {
  const closed = rest?.kind === 'never'
  if (closed && members.length === 0 && patterns.length === 0) return rest
  if (patterns.length === 0 && (closed || (rest === undefined && members.length > 0)))
    return undefined
  if (members.length > 0 || rest === undefined) return { kind: 'unknown' }
  const types = patterns.map(({ type }) => type)
  const options = closed ? types : [...types, rest]
  return options.length === 1 ? options[0] : { kind: 'union', of: options }
}

/** An object without a word on its members says nothing beside other parts, and its index signature would say too much. */
function telling(parts: readonly Type[]): readonly Type[] {
  const kept = parts.filter(
    (part) => part.kind !== 'object' || part.members.length > 0 || part.rest !== undefined,
  )
  return kept.length === 0 ? parts : kept
}

function isCompound(type: Type): boolean {
  return (
    type.kind === 'union' ||
    type.kind === 'intersection' ||
    (type.kind === 'literal' && type.values.length > 1)
  )
}

function bracketed(type: Type, text: string): string {
  if (!isCompound(type)) return text
  // A union over several lines is closed at the indent of its beginning.
  const [, indent = ''] = /^\n( *) {2}\|/.exec(text) ?? []
  return text.startsWith('\n') ? `(${text}\n${indent})` : `(${text})`
}

function bracketedPart(part: Type, parts: readonly Type[], text: string): string {
  return parts.length > 1 ? bracketed(part, text) : text
}

function printUnion(options: readonly Type[], nameOf: NameOf, indent: string): string {
  const inner = `${indent}  `
  const print = openTo(options, (option) => printType(option, nameOf, inner, inner.length + 2))
  const texts = options.flatMap((option) =>
    option.kind === 'literal' ? option.values.map(literal) : [print(option)],
  )
  return [...new Set(texts)].map((text) => `\n${inner}| ${text}`).join('')
}

/** Prints text beside known texts so that the compiler keeps these, for completion; and so for numbers. */
function openTo<Text extends string | undefined>(
  options: readonly Type[],
  print: (type: Type) => Text,
): (type: Type) => Text | string {
  const known = options.flatMap((option) => (option.kind === 'literal' ? option.values : []))
  const kinds = new Set(known.map((value) => typeof value))
  return (type) =>
    (type.kind === 'string' || type.kind === 'number') && kinds.has(type.kind)
      ? `(${type.kind} & Record<never, never>)`
      : print(type)
}

function printParts(all: readonly Type[], nameOf: NameOf, indent: string, column: number): string {
  const parts = telling(all)
  return parts
    .map((part) => bracketedPart(part, parts, printType(part, nameOf, indent, column)))
    .join(' & ')
}

function printTuple(type: TupleType, nameOf: NameOf, indent: string): string {
  const inner = `${indent}  `
  const items = tupleItems(type, (item) => printType(item, nameOf, inner, inner.length))
  return ['[', ...items.map((item) => `${inner}${item},`), `${indent}]`].join('\n')
}

function tupleItems(
  { items, rest, minItems }: TupleType,
  print: (type: Type) => string | undefined,
) {
  const texts = items.map((item, index) =>
    join([print(item)], ([text = '']) => (index < minItems ? text : `${bracketed(item, text)}?`)),
  )
  if (rest.kind === 'never') return texts
  return [...texts, join([print(rest)], ([text = '']) => `...${bracketed(rest, text)}[]`)]
}
