/** An object of a manifest. */
export type Members = Readonly<Record<string, unknown>>

/** Whether `value` is an object of JSON. */
export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The own members of `value`, whatever it is: what names of a manifest lead to is never inherited. */
export function membersOf(value: unknown): Members {
  return Object.assign(Object.create(null), isObject(value) ? value : {})
}

/** The events that come by `channel` beside what is told under its own name: those it lists, or those of its category. */
export function eventsOf(manifest: unknown, channel: string): string[] {
  const { channels, events } = membersOf(manifest)
  const { events: listed } = membersOf(membersOf(channels)[channel])
  if (Array.isArray(listed)) return listed.map(String)
  return Object.entries(membersOf(events))
    .filter(([, event]) => membersOf(event)['category'] === channel)
    .map(([name]) => name)
}
