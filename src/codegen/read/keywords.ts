import type { Report } from '../diagnostic.js'
import type { Place } from '../model.js'
import { below, type JsonObject, sortedKeys } from '../place.js'

/** The keywords that say what kind of value a schema is about, where it has no `type`. */
export const impliedTypes: readonly (readonly [type: string, keywords: readonly string[]])[] = [
  [
    'object',
    [
      'properties',
      'required',
      'additionalProperties',
      'patternProperties',
      'minProperties',
      'maxProperties',
    ],
  ],
  ['array', ['items', 'prefixItems', 'additionalItems', 'minItems', 'maxItems', 'uniqueItems']],
  ['string', ['pattern', 'minLength', 'maxLength']],
  ['number', ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']],
]

const understood = new Set([
  ...impliedTypes.flatMap(([, keywords]) => keywords),
  ...['$ref', 'type', 'nullable', 'enum', '_enum', 'const', 'oneOf', 'anyOf', 'allOf'],
])

/** For people and tools; none of them rules out a value. JSON Schema has `format` be one of these by default. */
const annotations = new Set(
  `title description summary default example examples deprecated readOnly writeOnly format $comment $schema $defs
  definitions $id id enumDescriptions discriminator externalDocs contentEncoding contentMediaType xml`.split(
    /\s+/,
  ),
)

/** Names every keyword of `schema` that no check is generated for. */
export function reportKeywords(schema: JsonObject, place: Place, report: Report): void {
  for (const key of sortedKeys(schema)) {
    if (understood.has(key) || annotations.has(key) || key.startsWith('x-')) continue
    report.warn(
      below(place, key),
      `"${key}" is not checked`,
      'check it in the handler if it matters',
    )
  }
}
