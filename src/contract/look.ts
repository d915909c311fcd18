import { knownOf, type Look, type Members } from './known.js'
import { pointerOf } from './pointer.js'
import type { AnyStruct } from './schema.js'
import type { Fault } from './shape.js'
import { explained } from './struct.js'

/** How values of `struct` are looked through; by superstruct itself where nothing else is known. */
export function lookOf(struct: AnyStruct): Look {
  return knownOf(struct)?.look ?? explained(struct)
}

/** Of a struct that holds no others: superstruct finds the words for what `fits` not. */
export function leafLook(struct: AnyStruct, fits: (value: unknown) => boolean): Look {
  const explain = explained(struct)
  return (value) => (fits(value) ? undefined : explain(value))
}

/** How one member of an object is looked at. */
interface MemberLook {
  readonly name: string
  readonly look: Look
  /** Whether every object inherits something of that name, which is no member of it. */
  readonly isInherited: boolean
}

export function objectLook(members: Members, isClosed: boolean): Look {
  const looks = Object.entries(members).map(
    ([name, member]): MemberLook => ({
      name,
      look: lookOf(member),
      isInherited: name in Object.prototype,
    }),
  )
  const known = new Set(Object.keys(members))
  return (value) => {
    if (!isObject(value)) return { path: '', expected: 'an object', value }
    const isPolluted = hasAdditions(Object.prototype)
    for (const { name, look, isInherited } of looks) {
      const isThere = !(isInherited || isPolluted) || Object.hasOwn(value, name)
      const fault = look(isThere ? value[name] : undefined)
      if (fault !== undefined) return inside(name, fault)
    }
    return isClosed ? surplusIn(value, known) : undefined
  }
}

/** Whether somebody added to a prototype: what it has by itself is in no loop. Once an object, for asking each member takes longer than the rest. */
function hasAdditions(prototype: object): boolean {
  for (const _ in prototype) return true
  return false
}

function surplusIn(value: Record<string, unknown>, known: ReadonlySet<string>): Fault | undefined {
  for (const key of Object.keys(value)) if (!known.has(key)) return inside(key, nothing(value[key]))
  return undefined
}

export function recordLook(key: AnyStruct, value: AnyStruct): Look {
  const [lookAtKey, look] = [lookOf(key), lookOf(value)]
  return (record) => {
    if (!isObject(record)) return { path: '', expected: 'an object', value: record }
    for (const name of Object.keys(record)) {
      const fault = lookAtKey(name) ?? look(record[name])
      if (fault !== undefined) return inside(name, fault)
    }
    return undefined
  }
}

/** `first` are the structs of the first items, `rest` looks at any others: by default there must be none. */
export function arrayLook(first: readonly AnyStruct[], rest: Look = nothing): Look {
  const looks = first.map(lookOf)
  return (value) => {
    if (!Array.isArray(value)) return { path: '', expected: 'an array', value }
    const length = Math.max(looks.length, value.length)
    for (let index = 0; index < length; index++) {
      const fault = (looks[index] ?? rest)(value[index])
      if (fault !== undefined) return inside(index, fault)
    }
    return undefined
  }
}

function nothing(value: unknown): Fault {
  return { path: '', expected: 'nothing here', value }
}

/** `fault`, as seen from outside the member it is in. */
function inside(key: string | number, { path, expected, value }: Fault): Fault {
  return { path: pointerOf([key]) + path, expected, value }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
