import type { Place } from '../model.js'
import { below, isJsonObject, type JsonObject, keysOf, own, ownText, sortedKeys } from '../place.js'

/** A schema, and where it stands. */
export interface Schema {
  readonly value: JsonObject
  readonly place: Place
}

/** A schema under `definitions` or `$defs`. */
export interface Definition extends Schema {
  readonly name: string
}

/** How many references and parts may be followed on the way to a property. */
const longest = 32

/** The definitions of a JSON Schema, and the way from one to what it says of its properties. */
export class Definitions {
  readonly all: readonly Definition[]
  readonly #byName: ReadonlyMap<string, Definition>

  constructor(document: JsonObject, root: Place) {
    this.all = ['definitions', '$defs'].flatMap((home) => definitionsIn(document, home, root))
    this.#byName = new Map(this.all.map((definition) => [definition.name, definition]))
  }

  get(name: string): Definition | undefined {
    return this.#byName.get(name)
  }

  /** The property `key` of a schema: what it says itself first, then what the last of its parts says. */
  property(schema: Schema, key: string, depth = 0): Schema | undefined {
    const own = ownProperty(schema, key)
    if (own !== undefined || depth === longest) return own
    for (const part of this.#parts(schema)) {
      const found = this.property(part, key, depth + 1)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** Whether a schema, or what all of it is made of, wants the property `key` to be there. */
  requires(schema: Schema, key: string, depth = 0): boolean {
    const required = own(schema.value, 'required')
    if (Array.isArray(required) && required.includes(key)) return true
    const parts = [...this.#referred(schema), ...partsIn(schema, 'allOf')]
    return depth < longest && parts.some((part) => this.requires(part, key, depth + 1))
  }

  /** The one text that the property `key` of a schema may have. */
  constant(schema: Schema, key: string): string | undefined {
    const found = this.property(schema, key)
    return found && constantOf(found.value)
  }

  /** The names of the definitions that the alternatives of a union refer to. */
  alternatives(name: string): string[] {
    const { value } = this.get(name) ?? {}
    if (value === undefined) return []
    return ['anyOf', 'oneOf'].flatMap((key) => listIn(value, key)).flatMap(referredName)
  }

  #parts(schema: Schema): Schema[] {
    const parts = ['allOf', 'anyOf', 'oneOf'].flatMap((key) => partsIn(schema, key).reverse())
    return [...this.#referred(schema), ...parts]
  }

  #referred({ value }: Schema): Definition[] {
    return referredName(value).flatMap((name) => this.get(name) ?? [])
  }
}

/** The parts of a schema under `allOf` and its like. */
export function partsIn({ value, place }: Schema, key: string): Schema[] {
  return listIn(value, key).map((part, index) => ({ value: part, place: below(place, key, index) }))
}

/** The property `key` of a schema, where it says so itself. */
export function ownProperty({ value, place }: Schema, key: string): Schema | undefined {
  const properties = own(value, 'properties')
  const property = isJsonObject(properties) ? own(properties, key) : undefined
  if (!isJsonObject(property)) return undefined
  return { value: property, place: below(place, 'properties', key) }
}

function definitionsIn(document: JsonObject, home: string, root: Place): Definition[] {
  const map = own(document, home)
  if (!isJsonObject(map)) return []
  return sortedKeys(map).flatMap((name) => {
    const value = map[name]
    return isJsonObject(value) ? [{ name, value, place: below(root, home, name) }] : []
  })
}

function listIn(value: JsonObject, key: string): JsonObject[] {
  const list = own(value, key)
  return Array.isArray(list) ? list.filter(isJsonObject) : []
}

function referredName(value: JsonObject): string[] {
  const reference = ownText(value, '$ref')
  if (reference === undefined || !/^#\/(definitions|\$defs)\/[^/]+$/.test(reference)) return []
  return keysOf(reference).slice(-1)
}

function constantOf(value: JsonObject): string | undefined {
  const values = own(value, 'enum')
  const only = Array.isArray(values) && values.length === 1 ? values[0] : own(value, 'const')
  return typeof only === 'string' ? only : undefined
}
