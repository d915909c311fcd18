import { listIn, memberOf } from '../wire/reading.js'
import { resolved, type Schema } from './schema.js'

/** Levels that a sample has before it ends in null: a schema may contain itself. */
const deepest = 6

/** A small value of `schema`: its default or first example, or what is required and no more. */
export function sampleOf(document: unknown, schema: Schema, depth = 0): unknown {
  const known = resolved(document, schema)
  const given = givenIn(known)
  if (given !== undefined) return given
  if (depth > deepest) return null
  switch (memberOf(known, 'type')) {
    case 'string':
      return ''
    case 'number':
    case 'integer':
      return memberOf(known, 'minimum') ?? 0
    case 'boolean':
      return false
    case 'array':
      return []
    case 'object':
      return sampleObject(document, known, depth)
    default:
      return null
  }
}

function givenIn(schema: Schema): unknown {
  const [example] = listIn(schema, 'examples')
  const [choice] = listIn(schema, 'enum')
  return memberOf(schema, 'const') ?? memberOf(schema, 'default') ?? example ?? choice
}

function sampleObject(document: unknown, schema: Schema, depth: number): unknown {
  const required = listIn(schema, 'required').filter((name) => typeof name === 'string')
  const properties = memberOf(schema, 'properties')
  return Object.fromEntries(
    required.map((name) => [name, sampleOf(document, memberOf(properties, name), depth + 1)]),
  )
}
