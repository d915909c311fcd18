import type { Limits } from '../protocol/limits.js'

/** How far a writer may run ahead of its reader: items, and characters of their JSON, that were sent and not consumed. */
export interface Credit {
  readonly items: number
  readonly characters: number
}

/** The credit that `limits` give, as it is announced: whole, and one item at the least, or nothing would ever come. */
export function creditOf({ streamItems, streamCharacters }: CreditLimits): Credit {
  return { items: Math.floor(streamItems) || 1, characters: Math.floor(streamCharacters) || 1 }
}

type CreditLimits = Pick<Limits, 'streamItems' | 'streamCharacters'>

/** What every reader gives, unless it announced something else. */
export const defaultCredit: Credit = { items: 64, characters: 262_144 }

/** What a reader goes by. */
export interface Bounds {
  /** What its writer counts on, at the least: it waits where it has so much on its way and is told of nothing consumed. */
  readonly promised: Credit
  /** What its writer may count on, at the most: more is refused. */
  readonly enforced: Credit
}

/** The bounds of a reader whose writer is known to have heard its announcement; of one that may not have, for then the default counts. */
export function boundsOf(announced: Credit, wasHeard: boolean): Bounds {
  if (wasHeard) return { promised: announced, enforced: announced }
  const both = (choose: (one: number, other: number) => number): Credit => ({
    items: choose(announced.items, defaultCredit.items),
    characters: choose(announced.characters, defaultCredit.characters),
  })
  return { promised: both(Math.min), enforced: both(Math.max) }
}

/**
 * At least so many characters are `value` as JSON, found without writing it: never more, and never less than a sixteenth.
 * A reader measures with it what a writer counted exactly, and what holds bytes is measured by both.
 */
export function weightOf(value: unknown, isSaid = false): number {
  if (typeof value === 'string') return value.length + 2
  // A number has up to 24 characters; one of 15 digits and a sign, 16.
  if (typeof value === 'number') return value % 1 === 0 && Math.abs(value) < 1e15 ? 1 : 3
  if (typeof value !== 'object' || value === null) return 1
  if (ArrayBuffer.isView(value)) return value.byteLength + 2
  // Asked once, as by whatever writes it: what it says of itself is not asked again.
  if (!isSaid && 'toJSON' in value && typeof value.toJSON === 'function')
    return weightOf(value.toJSON(), true)
  let weight = 2
  if (Array.isArray(value)) {
    for (const item of value) weight += weightOf(item) + 1
    return weight - 1
  }
  for (const [key, member] of Object.entries(value))
    if (member !== undefined) weight += key.length + 4 + weightOf(member)
  return weight - 1
}
