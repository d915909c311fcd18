import { listIn, memberOf, textIn } from '../wire/reading.js'
import type { Schema } from './schema.js'

/** `schema` in a few words, as TypeScript would have it: `string`, `Entry[]`, `"written" | "removed"`. */
export function typeText(schema: Schema): string {
  const reference = textIn(schema, '$ref')
  if (reference !== undefined) return nameOf(reference)
  const choices = listIn(schema, 'enum')
  if (choices.length > 0) return choices.map((choice) => JSON.stringify(choice)).join(' | ')
  const parts = [...listIn(schema, 'oneOf'), ...listIn(schema, 'anyOf')]
  if (parts.length > 0) return parts.map(typeText).join(' | ')
  const type = memberOf(schema, 'type')
  if (Array.isArray(type)) return type.join(' | ')
  if (type === 'array') return arrayText(memberOf(schema, 'items'))
  return typeof type === 'string' ? type : 'any'
}

/** What `schema` asks beyond its type: `1 to 1,024 characters`, `at least 1`. */
export function limitsText(schema: Schema): string {
  const characters = rangeText(memberOf(schema, 'minLength'), memberOf(schema, 'maxLength'))
  const value = rangeText(memberOf(schema, 'minimum'), memberOf(schema, 'maximum'))
  const pattern = textIn(schema, 'pattern')
  return [characters && `${characters} characters`, value, pattern && `like ${pattern}`]
    .filter((part) => part !== '' && part !== undefined)
    .join(', ')
}

/** `#/components/schemas/workspace.Entry` as `Entry`: the hub puts the service in front. */
function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1).replace(/^.*\./, '')
}

function arrayText(items: Schema): string {
  const text = typeText(items)
  return text.includes(' ') ? `(${text})[]` : `${text}[]`
}

function rangeText(least: unknown, most: unknown): string {
  const from = typeof least === 'number' ? least.toLocaleString('en') : undefined
  const to = typeof most === 'number' ? most.toLocaleString('en') : undefined
  if (from !== undefined && to !== undefined) return `${from} to ${to}`
  if (from !== undefined) return `at least ${from}`
  return to === undefined ? '' : `at most ${to}`
}
