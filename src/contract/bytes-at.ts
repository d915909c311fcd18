import { asBase64, bytesIn } from '../protocol/base64.js'
import { isBytes } from '../protocol/json.js'
import type { Convert } from './shape.js'

/**
 * Where in a value bytes are: here (`true`, or at most so many), in its members, in its items, in all of these places; a
 * function where it refers to itself.
 */
export type BytesAt = true | number | readonly BytesAt[] | (() => BytesAt) | BytesInside

/** Where in an object, or in an array, bytes are. */
export interface BytesInside {
  readonly members?: Readonly<Record<string, BytesAt>>
  /** In each member that has no place of its own, or item. */
  readonly rest?: BytesAt
  /** In the first items of an array. */
  readonly first?: readonly (BytesAt | undefined)[]
}

/** Changes the bytes that are `where` into their form on the wire, or back: what stubs are made with. */
export function bytesAt(where: BytesAt): Convert {
  return (value, isLeaving) => changed(where, value, isLeaving)
}

function changed(where: BytesAt, value: unknown, isLeaving: boolean): unknown {
  if (where === true) return bytesHere(value, Number.POSITIVE_INFINITY, isLeaving)
  if (typeof where === 'number') return bytesHere(value, where, isLeaving)
  if (typeof where === 'function') return changed(where(), value, isLeaving)
  if (isList(where)) return where.reduce<unknown>((one, at) => changed(at, one, isLeaving), value)
  if (typeof value !== 'object' || value === null || isBytes(value)) return value
  return Array.isArray(value)
    ? changedItems(where, value, isLeaving)
    : changedMembers(where, value as Record<string, unknown>, isLeaving)
}

function isList(where: object): where is readonly BytesAt[] {
  return Array.isArray(where)
}

function bytesHere(value: unknown, max: number, isLeaving: boolean): unknown {
  if (isLeaving) return isBytes(value) ? asBase64(value) : value
  // What would be too much is not even looked at: the check says so.
  return typeof value === 'string' && value.length <= 4 * Math.ceil(max / 3)
    ? (bytesIn(value) ?? value)
    : value
}

function changedItems(
  { first = [], rest }: BytesInside,
  items: readonly unknown[],
  isLeaving: boolean,
): unknown {
  return items.map((item, index) => {
    const where = index < first.length ? first[index] : rest
    return where === undefined ? item : changed(where, item, isLeaving)
  })
}

function changedMembers(
  { members = {}, rest }: BytesInside,
  object: Readonly<Record<string, unknown>>,
  isLeaving: boolean,
): unknown {
  const entries = Object.entries(object).map(([name, member]) => {
    const where = Object.hasOwn(members, name) ? members[name] : rest
    return [name, where === undefined ? member : changed(where, member, isLeaving)] as const
  })
  // "__proto__" is a name like any other here.
  return Object.fromEntries(entries)
}
