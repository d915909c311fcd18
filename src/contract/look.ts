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

export function objectLook(members: Members, isClosed: boolean): Look {
  const looks = Object.entries(members).map(([name, member]) => [name, lookOf(member)] as const)
  const known = new Set(Object.keys(members))
  return (value) => {
    if (!isObject(value)) return { path: '', expected: 'an object', value }
    for (const [name, look] of looks) {
      const fault = look(memberOf(value, name))
      if (fault !== undefined) return inside(name, fault)
    }
    return isClosed ? surplusIn(value, known) : undefined
  }
}

/** A member of `value`, never one that every object inherits. Asking `hasOwn` for each would take longer than the rest. */
function memberOf(value: Record<string, unknown>, name: string): unknown {
  const member = value[name]
  if (member === undefined) return undefined
  // What "__proto__" gives is the object that is inherited from, not what that has by this name.
  const isInherited = member === inherited[name] || name === '__proto__'
  return isInherited && !Object.hasOwn(value, name) ? undefined : member
}

const inherited = Object.prototype as unknown as Readonly<Record<string, unknown>>

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
