import type { Report } from '../diagnostic.js'
import type { Docs, Place, Type } from '../model.js'
import { below, isJsonObject, type JsonObject, own, ownText, sortedKeys } from '../place.js'

/** What the readers of single keywords need of the reader of schemas. */
export interface SchemaReading {
  readonly report: Report
  /** The type of `schema`. */
  read(schema: unknown, place: Place): Type
  /** The types of the schemas listed under `keyword`, if it is there. */
  readList(schema: JsonObject, keyword: string, place: Place): Type[] | undefined
}

/** Names every key of `object` that is none of `keys` and no extension. */
export function reportUnknown(
  object: JsonObject,
  place: Place,
  keys: readonly string[],
  report: Report,
  advice = 'remove it if it matters to nobody',
): void {
  for (const key of sortedKeys(object)) {
    if (keys.includes(key) || key.startsWith('x-')) continue
    report.warn(below(place, key), `"${key}" is not understood`, advice)
  }
}

/** The same for a part of an OpenRPC document, of which `keys` are those that OpenRPC defines. */
export function reportUndefined(
  object: JsonObject,
  place: Place,
  keys: readonly string[],
  report: Report,
): void {
  reportUnknown(object, place, keys, report, 'correct it, or begin its name with "x-"')
}

/** What an object says for people. Titles are left out: in most documents they repeat the name. */
export function readDocs(object: unknown): Docs {
  if (!isJsonObject(object)) return {}
  const deprecated = own(object, 'deprecated') === true
  return {
    summary: ownText(object, 'summary'),
    description: ownText(object, 'description'),
    deprecated: deprecated ? (ownText(object, 'x-deprecated') ?? true) : undefined,
    since: ownText(object, 'x-since'),
    experimental: own(object, 'x-experimental') === true ? true : undefined,
  }
}
