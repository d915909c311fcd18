/** An object of JSON. */
export type Members = Readonly<Record<string, unknown>>

/** Whether `value` is an object of JSON. */
export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The own members of whatever arrived: a polluted prototype says nothing. */
export function membersOf(value: unknown): Members {
  return Object.assign(Object.create(null), isObject(value) ? value : {})
}

/** Those members of `value` that are named in `names`, undefined where it has none of them. */
export function pick(value: Members, names: readonly string[]): Members | undefined {
  const picked = names.filter((name) => Object.hasOwn(value, name) && value[name] !== undefined)
  return picked.length === 0
    ? undefined
    : Object.fromEntries(picked.map((name) => [name, value[name]]))
}

/** Whether something may be kept under the id of a request until that is answered: other ids are answered with null. */
export function isKept(id: unknown): id is string | number {
  return typeof id === 'string' ? id.length <= 256 : Number.isSafeInteger(id)
}
