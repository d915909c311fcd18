import fc from 'fast-check'
import type { Sources } from '../../../src/codegen/load/sources.js'
import type { Place } from '../../../src/codegen/model.js'
import { below, isJsonObject, type JsonObject } from '../../../src/codegen/place.js'
import type { Json } from '../support.js'

/** How deep a sample goes before it takes the shortest way to its end, and how deep at most. */
const [wide, deepest] = [5, 40]

/** Draws values that schemas most likely allow, the same ones every time. */
export class Sampler {
  readonly #sources: Sources
  readonly #texts = new Map<string, readonly string[]>()
  #state: number

  constructor(sources: Sources, seed: number) {
    this.#sources = sources
    this.#state = seed
  }

  /** A value that `schema` most likely allows. */
  draw(schema: unknown, place: Place, depth = 0): Json {
    if (!isJsonObject(schema) || depth > deepest) return this.pick(scalars)
    const parts = [
      ...this.#reference(schema, place, depth),
      ...listIn(schema, 'allOf').flatMap((part, index) =>
        isJsonObject(part) && Object.keys(part).length > 0
          ? [this.draw(part, below(place, 'allOf', index), depth + 1)]
          : [],
      ),
      ...this.#alternative(schema, place, depth),
      ...this.#typed(schema, place, depth),
    ]
    const objects = parts.filter(isObject)
    if (objects.length === parts.length && objects.length > 0) return Object.assign({}, ...objects)
    return this.pick(parts.length === 0 ? scalars : parts)
  }

  /** `value` with one thing in it changed. */
  mutate(value: Json): Json {
    const inside = typeof value === 'object' && value !== null ? keysIn(value) : []
    if (inside.length > 0 && this.#next() < 0.75) {
      const key = this.pick(inside)
      const copy = structuredClone(value) as Json[] & Record<string, Json>
      if (this.#next() < 0.2) Array.isArray(copy) ? copy.splice(Number(key), 1) : delete copy[key]
      else copy[key] = this.mutate(copy[key] ?? null)
      return copy as Json
    }
    if (Array.isArray(value) && this.#next() < 0.3) return [...value, this.pick(hostile)]
    if (isObject(value) && this.#next() < 0.4) return { ...value, 'sur~/plus': 1 }
    return this.pick(hostile)
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#next() * list.length)] as T
  }

  #reference({ $ref }: JsonObject, place: Place, depth: number): Json[] {
    const target = typeof $ref === 'string' ? this.#sources.locate($ref, place) : undefined
    return target !== undefined && 'place' in target
      ? [this.draw(target.value, target.place, depth + 1)]
      : []
  }

  #alternative(schema: JsonObject, place: Place, depth: number): Json[] {
    const options = listIn(schema, 'anyOf')
    if (options.length === 0) return []
    const short = options.filter((option) => isJsonObject(option) && !('$ref' in option))
    const option = this.pick(depth > wide && short.length > 0 ? short : options)
    return [this.draw(option, below(place, 'anyOf', options.indexOf(option)), depth + 1)]
  }

  #typed(schema: JsonObject, place: Place, depth: number): Json[] {
    if ('const' in schema) return [schema['const'] as Json]
    if (Array.isArray(schema['enum'])) return [this.pick(schema['enum']) as Json]
    const types = schema['type'] ?? impliedBy(schema)
    const type = Array.isArray(types) ? this.pick(types) : types
    if (type === 'string') return [this.#text(schema)]
    if (type === 'number' || type === 'integer') return [this.#number(schema)]
    if (type === 'boolean') return [this.#next() < 0.5]
    if (type === 'null') return [null]
    if (type === 'array') return [this.#array(schema, place, depth)]
    return type === 'object' ? [this.#object(schema, place, depth)] : []
  }

  #text({ pattern, minLength = 0, maxLength = 12 }: JsonObject): string {
    if (typeof pattern === 'string') return this.pick(this.#matching(pattern))
    const text = this.pick(['a', '0x1', 'latest', '😀', '0xdeadbeef'])
    return text.repeat(Math.max(1, Number(minLength))).slice(0, Math.max(Number(maxLength), 0))
  }

  #matching(pattern: string): readonly string[] {
    const known = this.#texts.get(pattern)
    if (known !== undefined) return known
    const texts = fc.sample(fc.stringMatching(new RegExp(pattern, 'u')), { seed: 3, numRuns: 8 })
    this.#texts.set(pattern, texts)
    return texts
  }

  #number({ minimum, exclusiveMinimum, maximum, multipleOf, type }: JsonObject): number {
    const least = Number(minimum ?? Number(exclusiveMinimum ?? -1) + 1)
    const step = Number(multipleOf ?? 1)
    const value = Math.ceil(least / step) * step + step * this.pick([0, 1, 7])
    if (value > Number(maximum ?? Number.POSITIVE_INFINITY)) return Number(maximum)
    return type === 'number' && multipleOf === undefined && maximum === undefined
      ? value + this.pick([0, 0.5])
      : value
  }

  #array(schema: JsonObject, place: Place, depth: number): Json[] {
    const { items, additionalItems, minItems = 0, maxItems = 3 } = schema
    const first: unknown[] = Array.isArray(items) ? items : []
    const length = depth > wide ? 0 : first.length || this.pick([0, 1, 2])
    const count = Math.min(Math.max(length, Number(minItems)), Number(maxItems))
    return Array.from({ length: count }, (_, index) => {
      if (index < first.length)
        return this.draw(first[index], below(place, 'items', index), depth + 1)
      const rest = Array.isArray(items) ? additionalItems : items
      return this.draw(
        rest,
        below(place, Array.isArray(items) ? 'additionalItems' : 'items'),
        depth + 1,
      )
    })
  }

  #object(schema: JsonObject, place: Place, depth: number): Json {
    const properties = isJsonObject(schema['properties']) ? schema['properties'] : {}
    const required = listIn(schema, 'required')
    const chance = depth > wide ? 0 : 0.6
    const names = Object.keys(properties).filter(
      (name) => required.includes(name) || this.#next() < chance,
    )
    const members = names.map((name): [string, Json] => [
      name,
      this.draw(properties[name], below(place, 'properties', name), depth + 1),
    ])
    const missing = required.filter((name) => !Object.hasOwn(properties, String(name)))
    const rest = schema['additionalProperties']
    const further = [
      ...missing.map(String),
      ...(isJsonObject(rest) && depth <= wide ? ['0x1'] : []),
    ]
    const others = further.map((name): [string, Json] => [
      name,
      this.draw(rest, below(place, 'additionalProperties'), depth + 1),
    ])
    return Object.fromEntries([...members, ...others])
  }

  // mulberry32
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const scalars: readonly Json[] = [null, true, 0, 'a']

/** What a value may be replaced with. */
const hostile: readonly Json[] = [
  ...[null, true, 0, -1, 1.5, 1e300, '', 'a', '0x', '0x1', '😀'.repeat(3), [], [[]], {}],
  { toString: 1, valueOf: 1 },
  { constructor: 1 },
  JSON.parse('{"__proto__":{"type":1}}'),
]

function impliedBy(schema: JsonObject): string | undefined {
  if ('properties' in schema || 'required' in schema || 'additionalProperties' in schema)
    return 'object'
  return 'items' in schema ? 'array' : 'pattern' in schema ? 'string' : undefined
}

function keysIn(value: object): string[] {
  return Object.keys(value).filter((key) => key !== '__proto__')
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function listIn(schema: JsonObject, keyword: string): unknown[] {
  const list = schema[keyword]
  return Array.isArray(list) ? list : []
}
