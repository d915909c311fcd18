import type { Place } from './model.js'

/** A JSON object, as opposed to an array or a scalar. */
export type JsonObject = Readonly<Record<string, unknown>>

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The member `key` of `object` itself, never one it inherits: a document may well have a key `constructor`. */
export function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** The member `key` where it is a string. */
export function ownText(object: JsonObject, key: string): string | undefined {
  const value = own(object, key)
  return typeof value === 'string' ? value : undefined
}

/** The place `keys` further down. */
export function below(place: Place, ...keys: (string | number)[]): Place {
  return { file: place.file, pointer: place.pointer + pointerOf(keys) }
}

/** The JSON pointer (RFC 6901) of a path. */
export function pointerOf(keys: readonly (string | number)[]): string {
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** The path a JSON pointer spells. */
export function keysOf(pointer: string): string[] {
  const tokens = pointer.split('/').slice(1)
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** Compares by code units: the same order in every locale. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The keys of `object` in code unit order, so that output does not depend on the order of the input. */
export function sortedKeys(object: object): string[] {
  return Object.keys(object).sort(byCodeUnits)
}
