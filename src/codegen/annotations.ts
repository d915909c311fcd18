import type { Annotations, Docs, Type } from './model.js'
import type { JsonObject } from './place.js'

/** What is kept of a schema although it rules out no value, in the order in which it is written. */
const kept =
  `title description deprecated format default examples example readOnly writeOnly contentEncoding contentMediaType`.split(
    ' ',
  )

/** The annotations of `schema`, if there are any. */
export function annotationsOf(schema: JsonObject): Annotations | undefined {
  const found = kept.filter((keyword) => Object.hasOwn(schema, keyword))
  return found.length === 0
    ? undefined
    : Object.fromEntries(found.map((keyword) => [keyword, schema[keyword]]))
}

/** `type` with `annotations` beside those that it has. */
export function annotated(type: Type, annotations: Annotations | undefined): Type {
  if (annotations === undefined) return type
  const all = annotationsOf({ ...type.annotations, ...annotations })
  return { ...type, annotations: all }
}

/** `type` and `docs`, of which the docs have the words for people. */
export function withWords(type: Type, docs: Docs): { readonly type: Type; readonly docs: Docs } {
  const { description, deprecated, ...rest } = type.annotations ?? {}
  if (description === undefined && deprecated === undefined) return { type, docs }
  const isDeprecated = deprecated === true || undefined
  return {
    type: { ...type, annotations: annotationsOf(rest) },
    docs: {
      ...docs,
      description: docs.description ?? (typeof description === 'string' ? description : undefined),
      deprecated: docs.deprecated ?? isDeprecated,
    },
  }
}

/** What those of `types` that say something do not contradict one another in. */
export function agreedAnnotations(types: readonly Type[]): Annotations | undefined {
  const all = types.flatMap(({ annotations }) => (annotations === undefined ? [] : [annotations]))
  const agreed = Object.assign({}, ...all)
  const isAgreed = (own: Annotations, keyword: string) =>
    !Object.hasOwn(own, keyword) || JSON.stringify(own[keyword]) === JSON.stringify(agreed[keyword])
  for (const keyword of Object.keys(agreed))
    if (!all.every((own) => isAgreed(own, keyword))) delete agreed[keyword]
  return annotationsOf(agreed)
}

/** `type` as text, without any annotations: equal for what allows the same. */
export function textOf(type: Type): string {
  return JSON.stringify(type, (key, value) => (key === 'annotations' ? undefined : value))
}

/** `type`, in all of it without any annotations. */
export function withoutAnnotations(type: Type): Type {
  return JSON.parse(textOf(type))
}
