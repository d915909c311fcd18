import { knownOf, type Look } from './known.js'
import { isObject, lookOf } from './look.js'
import type { AnyStruct } from './schema.js'
import type { Fault } from './shape.js'

/** How a union finds which of its options a value is to be. */
interface Plan {
  /** The member whose constant tells objects apart. */
  readonly tag: string
  readonly byTag: ReadonlyMap<unknown, Look>
  /** Options that it tells nothing of. */
  readonly others: readonly Look[]
}

// What unions found of the objects in a value, while one of them tries its options: each object is looked at once for each
// union, where trying options in options would take time exponential in the depth.
let trials = 0
let found = new WeakMap<object, Map<Look, Fault | undefined>>()

/** One of `options`. Where constants of a member tell them apart, a fault is told where it is, and otherwise of the whole. */
export function unionLook(options: readonly AnyStruct[]): Look {
  const expected = `a union of ${options.map(({ type }) => type).join(' | ')}`
  let plan: Plan | undefined
  const judge: Look = (value) => {
    // Late: an option may be one that is declared further down.
    plan ??= planFor(options)
    if (plan.others.some((look) => isFit(look, value))) return undefined
    const chosen = isObject(value) ? plan.byTag.get(tagOf(value, plan.tag)) : undefined
    return chosen === undefined ? { path: '', expected, value } : chosen(value)
  }
  const look: Look = (value) => {
    if (trials === 0 || typeof value !== 'object' || value === null) return judge(value)
    const own = found.get(value) ?? new Map<Look, Fault | undefined>()
    if (!own.has(look)) found.set(value, own.set(look, judge(value)))
    return own.get(look)
  }
  return look
}

function isFit(look: Look, value: unknown): boolean {
  trials++
  try {
    return look(value) === undefined
  } finally {
    if (--trials === 0) found = new WeakMap()
  }
}

function tagOf(value: Record<string, unknown>, tag: string): unknown {
  return Object.hasOwn(value, tag) ? value[tag] : undefined
}

function planFor(options: readonly AnyStruct[]): Plan {
  const objects = options.filter((option) => knownOf(option)?.members?.() !== undefined)
  const names = Object.keys((objects[0] && knownOf(objects[0])?.members?.()) ?? {})
  for (const tag of names) {
    const byTag = tagged(objects, tag)
    if (byTag === undefined) continue
    return { tag, byTag, others: options.filter((one) => !objects.includes(one)).map(lookOf) }
  }
  return { tag: '', byTag: new Map(), others: options.map(lookOf) }
}

/** The looks of `objects` by the constants of one member; nothing where these do not tell them apart. */
function tagged(objects: readonly AnyStruct[], tag: string): Map<unknown, Look> | undefined {
  const looks = new Map<unknown, Look>()
  for (const object of objects) {
    const members = knownOf(object)?.members?.() ?? {}
    const member = Object.hasOwn(members, tag) ? members[tag] : undefined
    const constants = member && knownOf(member)?.constants?.()
    if (constants === undefined || constants.some((value) => looks.has(value))) return undefined
    for (const value of constants) looks.set(value, lookOf(object))
  }
  return looks
}
