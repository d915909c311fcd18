import { define, Struct, union as unionOf } from 'superstruct'
import { asBase64, bytesIn } from '../protocol/base64.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import { isBytes } from '../protocol/json.js'
import { anywhere, type Look } from './known.js'
import type { AnyStruct } from './schema.js'
import type { Convert } from './shape.js'

/**
 * A `Uint8Array`, of at most `max` bytes. Where both ends have a codec it travels as it is, and otherwise as base64. In JSON
 * the two cannot be told apart from a string, so a union of both is refused.
 */
export function bytes({ max = Number.POSITIVE_INFINITY } = {}): Struct<Uint8Array, null> {
  return define('bytes', (value, { path }) => {
    const found = search === undefined || search.isLeaving ? value : (read(value, max) ?? value)
    if (!isBytes(found) || found.length > max) return `Expected ${wanted(max)}`
    if (search?.isLeaving) search.swaps.push([path, asBase64(found)])
    else if (found !== value) search?.swaps.push([path, found])
    return true
  })
}

/** How `bytes` are looked at, as they are or as base64. */
export function bytesLook({ max = Number.POSITIVE_INFINITY } = {}): Look {
  return (value) => {
    const found = read(value, max) ?? value
    return isBytes(found) && found.length <= max
      ? undefined
      : { path: '', expected: wanted(max), value }
  }
}

function wanted(max: number): string {
  return max < Number.POSITIVE_INFINITY ? `bytes, at most ${max}` : 'bytes'
}

/** The bytes that a text says, unless they would be too many: those are not even looked at. */
function read(value: unknown, max: number): Uint8Array | undefined {
  return typeof value === 'string' && value.length <= 4 * Math.ceil(max / 3)
    ? bytesIn(value)
    : undefined
}

/** A value that is looked through for bytes, and what takes the place of those found. */
interface Search {
  readonly isLeaving: boolean
  readonly swaps: [path: readonly PropertyKey[], part: Uint8Array][]
  /** How many had been found before the union that is being looked at. */
  start: number
}

/** The search that is going on: a struct hands nothing of its caller's on to the structs in it. */
let search: Search | undefined

/** Whether a struct that may describe bytes has to look for them, rather than to check. */
export function isSearching(): boolean {
  return search !== undefined
}

/** What changes the bytes of a value into their form on the wire, or back. Nothing where `described` surely has none. */
export function convertOf(described: Struct<unknown>): Convert | undefined {
  if (isSurelyWithout(described)) return undefined
  let holds: boolean | undefined
  return (value, isLeaving) => {
    // Now, when whatever it refers to is there.
    holds ??= mayHoldBytes(described)
    return holds ? converted(described, value, isLeaving) : value
  }
}

function converted(described: Struct<unknown>, value: unknown, isLeaving: boolean): unknown {
  const outer = search
  const own: Search = { isLeaving, swaps: [], start: 0 }
  search = own
  try {
    described.validate(value)
  } catch {
    // What cannot be looked through is told by the check that follows.
  } finally {
    search = outer
  }
  return swapped(value, own.swaps)
}

/** `value` with other parts, in copies of what they lie in. */
function swapped(value: unknown, swaps: Search['swaps']): unknown {
  const copies = new Map<unknown, object>()
  const copyOf = (original: object) => {
    const copy = copies.get(original) ?? (Array.isArray(original) ? [...original] : { ...original })
    copies.set(original, copy).set(copy, copy)
    return copy
  }
  let whole = value
  for (const [path, part] of swaps) {
    if (path.length === 0) return part
    whole = copyOf(whole as object)
    let place = whole as Record<PropertyKey, unknown>
    for (const key of path.slice(0, -1)) {
      const inner = copyOf(place[key] as object)
      setOwn(place, key, inner)
      place = inner as Record<PropertyKey, unknown>
    }
    setOwn(place, path.at(-1) as PropertyKey, part)
  }
  return whole
}

/** Sets a member whose name came from the other end: "__proto__" is a name like any other. */
function setOwn(place: object, name: PropertyKey, value: unknown): void {
  const member = { value, enumerable: true, writable: true, configurable: true }
  Object.defineProperty(place, name, member)
}

/** Whether bytes may be described somewhere: known of words, of objects, of arrays and of what is no container. */
export function mayHoldBytes(described: AnyStruct): boolean {
  return anywhere(described, (struct, known) => known?.isBytes ?? (!known && isUnknown(struct)))
}

/** The same without looking at what may not be there yet: false where that would have to be known. */
function isSurelyWithout(described: AnyStruct): boolean {
  return !anywhere(described, (struct, known) => {
    if (struct.type === 'lazy' || known?.isBytes) return true
    return !known && isUnknown(struct)
  })
}

/** Whether bytes may be in a struct that is no word. */
function isUnknown({ type, schema }: AnyStruct): boolean {
  if (schema instanceof Struct) return mayHoldBytes(schema)
  if (type === 'object' || type === 'type')
    return Object.values(schema ?? {}).some((member) => mayHoldBytes(member as AnyStruct))
  return !plain.has(type)
}

/** Structs of superstruct that describe no bytes. */
const plain: ReadonlySet<string> = new Set([
  'any',
  'boolean',
  'enums',
  'integer',
  'literal',
  'never',
  'number',
  'string',
  'unknown',
])

/** One of several structs, of which the first that fits counts. */
export const union: typeof unionOf = (structs) => {
  const types = structs.map(({ type }) => type)
  if (types.includes('bytes') && types.includes('string'))
    throw new RpcError(errorCodes.invalidRequest, 'bytes() in a union with string()', {
      hint: 'in JSON bytes are a string: give each a name of its own in an object',
    })
  const whole = unionOf(structs.map(alternative) as unknown as typeof structs)
  return new Struct({
    ...whole,
    validator: (value, context) => {
      const outer = search?.start ?? 0
      if (search !== undefined) search.start = search.swaps.length
      try {
        return whole.validator(value, context)
      } finally {
        if (search !== undefined) search.start = outer
      }
    },
  }) as typeof whole
}

/** `struct`, which forgets the bytes that were found in alternatives that did not fit. */
function alternative(struct: Struct<unknown>): Struct<unknown> {
  return new Struct({
    ...struct,
    validator: (value, context) => {
      search?.swaps.splice(search.start)
      return struct.validator(value, context)
    },
  })
}
