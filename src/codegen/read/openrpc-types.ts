import { withWords } from '../annotations.js'
import { idOf } from '../graph.js'
import type { NamedType, Place } from '../model.js'
import {
  distinctNames,
  pointerName,
  reservedWords,
  sideNames,
  upperCamel,
  type Wanted,
} from '../names.js'
import { below, byCodeUnits, isJsonObject, type JsonObject, own, sortedKeys } from '../place.js'
import { readDocs } from './reading.js'
import type { SchemaReader } from './schema.js'

/**
 * The named types of `document`: its components, whether or not anything refers to them, as people look for the names
 * they know from there, and whatever else has been referred to.
 */
export function readTypes(
  document: JsonObject,
  root: Place,
  schemas: SchemaReader,
  contract: string,
): Map<string, NamedType> {
  referToComponents(document, root, schemas)
  return readReferred(root, schemas, contract)
}

/** The named types of whatever has been referred to, also from one another. */
export function readReferred(
  root: Place,
  schemas: SchemaReader,
  contract: string,
): Map<string, NamedType> {
  const read = new Map<string, Omit<NamedType, 'name'>>()
  // Reading one may refer to more; a Map goes on over what is added on the way.
  for (const [id, { place, value }] of schemas.referred) {
    read.set(id, withWords(schemas.read(value, place), readDocs(value)))
  }
  const wanted = wantedNames(
    [...schemas.referred.values()].map(({ place }) => place),
    root,
  )
  const names = distinctNames(wanted, namesTakenBy(contract))
  return withNames(read, names)
}

/** `types` under their names, sorted by these. */
export function withNames(
  types: ReadonlyMap<string, Omit<NamedType, 'name'>>,
  names: ReadonlyMap<string, string>,
): Map<string, NamedType> {
  const named = [...types].map(
    ([id, type]) => [id, { ...type, name: names.get(id) ?? '' }] as const,
  )
  return new Map(named.toSorted(([, a], [, b]) => byCodeUnits(a.name, b.name)))
}

/** What stands in another document yields a name that both have: `Id` here, `IdOfCommon` for that of common.json. */
function wantedNames(places: readonly Place[], root: Place): Wanted[] {
  const named = places.map((place) => ({ place, key: idOf(place), ...pointerName(place.pointer) }))
  const here = new Set(
    named.filter(({ place }) => place.file === root.file).map(({ name }) => name),
  )
  return named.map(({ place, key, text, name }) => {
    if (place.file === root.file || !here.has(name)) return { key, text, name }
    return { key, text, name: `${name}Of${upperCamel(place.file.replace(/\.[^./]*$/, ''))}` }
  })
}

function referToComponents(document: JsonObject, root: Place, schemas: SchemaReader): void {
  const components = own(document, 'components')
  const named = isJsonObject(components) ? own(components, 'schemas') : undefined
  if (!isJsonObject(named)) return
  for (const key of sortedKeys(named))
    schemas.refer(below(root, 'components', 'schemas', key), named[key])
}

/** What the generated files import, declare or use, and a type must not hide. */
const usedNames =
  `Request Stream Streams Notification Event Failure Fault Contract Array Boolean Date Error Function Infinity JSON Map Math NaN
  Number Object Partial Promise ReadonlyArray Record RegExp Set String Symbol Uint8Array`.split(
    /\s+/,
  )

/** The names that no type of the contract `name` may have. */
export function namesTakenBy(name: string): Set<string> {
  return new Set([...Object.values(sideNames({ name })), ...usedNames, ...reservedWords])
}
