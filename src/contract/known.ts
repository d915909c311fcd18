import type { AnyStruct } from './schema.js'
import type { Fault } from './shape.js'

/** Looks a value through and returns its first fault, seen from the value. Takes time in proportion to it. */
export type Look = (value: unknown) => Fault | undefined

/** The members of an object, by name. */
export type Members = Readonly<Record<string, AnyStruct>>

/** What is known of a struct that a word has made; of others, nothing is. */
export interface Known {
  readonly look: Look
  /** What it is made of; asked for late, as one may refer to itself. */
  readonly parts?: (() => readonly AnyStruct[]) | undefined
  /** Whether it stands for bytes itself. */
  readonly isBytes?: boolean
  /** The members of an object. */
  readonly members?: (() => Members | undefined) | undefined
  /** The only values there are. */
  readonly constants?: (() => readonly unknown[] | undefined) | undefined
}

const all = new WeakMap<object, Known>()

/** `struct`, of which this is known from now on. */
export function knownAs<S extends object>(struct: S, known: Known): S {
  all.set(struct, known)
  return struct
}

export function knownOf(struct: object): Known | undefined {
  return all.get(struct)
}

/** Whether `holds` of `struct`, or of anything that it is made of. */
export function anywhere(
  struct: AnyStruct,
  holds: (struct: AnyStruct, known: Known | undefined) => boolean,
  seen: Set<AnyStruct> = new Set(),
): boolean {
  if (seen.has(struct)) return false
  seen.add(struct)
  const known = knownOf(struct)
  return (
    holds(struct, known) || (known?.parts?.() ?? []).some((part) => anywhere(part, holds, seen))
  )
}
