import { memberOf, textIn } from '../wire/reading.js'

/** A JSON Schema as it was discovered: written by another member, so nothing about it is taken for granted. */
export type Schema = unknown

/** What a form makes of a schema. */
export type FieldKind = 'text' | 'longText' | 'number' | 'integer' | 'boolean' | 'choice' | 'json'

/** References that are followed one after the other before they count as a circle. */
const mostReferences = 16

/** What `reference`, such as `#/components/schemas/File`, leads to in `document`; nothing where it leads nowhere. */
function lookUp(document: unknown, reference: string): unknown {
  if (!reference.startsWith('#/')) return undefined
  const keys = reference.slice(2).split('/')
  return keys.reduce<unknown>((value, key) => memberOf(value, unescaped(key)), document)
}

/** `value` itself, or what it refers to. */
export function resolved(document: unknown, value: unknown): unknown {
  let current = value
  for (let step = 0; step < mostReferences; step++) {
    const reference = textIn(current, '$ref')
    if (reference === undefined) return current
    current = lookUp(document, reference)
  }
  return undefined
}

/** Which field edits a value of `schema`, whose references are resolved. */
export function fieldKind(schema: Schema): FieldKind {
  if (choicesOf(schema).length > 0) return 'choice'
  switch (memberOf(schema, 'type')) {
    case 'string':
      return isLong(schema) ? 'longText' : 'text'
    case 'number':
      return 'number'
    case 'integer':
      return 'integer'
    case 'boolean':
      return 'boolean'
    default:
      return 'json'
  }
}

/** The strings that `schema` lets one choose from; empty where it is no such choice. */
export function choicesOf(schema: Schema): readonly string[] {
  const choices = memberOf(schema, 'enum')
  if (!Array.isArray(choices)) return []
  return choices.every((choice) => typeof choice === 'string') ? choices : []
}

/** Names and paths are a line; what may be longer than a screen is wide is a text. */
function isLong(schema: Schema): boolean {
  const most = memberOf(schema, 'maxLength')
  return typeof most === 'number' && most > 4_096
}

function unescaped(key: string): string {
  return decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~')
}
