import type { Method } from '../model.js'
import { below, isJsonObject, own, ownText, sortedKeys } from '../place.js'
import type { Reading } from './reader.js'
import { readDocs } from './reading.js'

/**
 * What the channels of a manifest carry beyond its events. A channel carries the events it lists, or else those of the
 * category of its name; one that has neither carries anything, under its own name, and so does a listed event that
 * nobody describes.
 */
export function channelEvents(
  { document, root, report }: Reading,
  events: readonly Method[],
): Method[] {
  const channels = own(document, 'channels') ?? {}
  if (!isJsonObject(channels)) {
    report.fault(below(root, 'channels'), '"channels" is no object', 'map names to channels in it')
    return []
  }
  const described = new Set(events.map(({ name }) => name))
  const categories = new Set(categoriesOf(own(document, 'events')))
  const undescribed = new Map<string, Method>()
  for (const channel of sortedKeys(channels)) {
    const place = below(root, 'channels', channel)
    const value = channels[channel]
    const listed = isJsonObject(value) ? own(value, 'events') : undefined
    const isCarrying = categories.has(channel) || described.has(channel)
    const names = Array.isArray(listed) ? listed.map(String) : isCarrying ? [] : [channel]
    for (const name of names.filter((name) => !described.has(name))) {
      report.warn(
        place,
        `nothing describes "${name}", so any data is taken`,
        'describe it in "events"',
      )
      report.open(place)
      undescribed.set(name, untyped(name, value))
    }
  }
  return [...undescribed.values()]
}

function categoriesOf(events: unknown): string[] {
  if (!isJsonObject(events)) return []
  return Object.values(events).flatMap((event) =>
    isJsonObject(event) ? (ownText(event, 'category') ?? []) : [],
  )
}

function untyped(name: string, channel: unknown): Method {
  const payload = { type: { kind: 'unknown' }, required: false } as const
  const docs = readDocs(channel)
  return {
    name,
    kind: 'event',
    from: 'server',
    params: [],
    payload,
    positional: false,
    errors: [],
    docs,
  }
}
