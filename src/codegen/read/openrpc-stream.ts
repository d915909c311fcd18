import type { Report } from '../diagnostic.js'
import type { Kinds, Place, Subscription, Type } from '../model.js'
import { below, isJsonObject, type JsonObject, own, ownText, sortedKeys } from '../place.js'

/** How a method says that it is subscribed to, before its notifications are looked for. */
export type SaidSubscription = Omit<Subscription, 'id'>

const unknown: Type = { kind: 'unknown' }

/** What `x-stream` of a method says, where it has one: its faults are told. */
export function readStreamBinding(
  method: JsonObject,
  place: Place,
  report: Report,
): SaidSubscription | undefined {
  const said = own(method, 'x-stream')
  if (said === undefined) return undefined
  const at = below(place, 'x-stream')
  const fault = (problem: string, advice: string) => {
    report.fault(at, problem, advice)
    return undefined
  }
  if (!isJsonObject(said)) return fault('"x-stream" is no object', 'write { "binding": … }')
  const binding = own(said, 'binding')
  if (binding !== 'subscription')
    return fault(`${JSON.stringify(binding)} is no binding`, 'use "subscription"')
  const [unsubscribe, notification] = [ownText(said, 'unsubscribe'), ownText(said, 'notification')]
  if (unsubscribe === undefined || notification === undefined)
    return fault('"unsubscribe" or "notification" is missing', 'name the methods')
  const members = {
    id: ownText(said, 'id') ?? 'subscription',
    item: ownText(said, 'item') ?? 'result',
  }
  const others = own(said, 'others') ?? []
  if (!Array.isArray(others) || !others.every((other) => typeof other === 'string'))
    return fault('"others" is no list of names', 'list the names of notifications in it')
  const unsubscribeParam = ownText(said, 'unsubscribeParam')
  return { unsubscribe, unsubscribeParam, notification, members, others }
}

/** What `x-stream` says of items that depend on a param. */
export function readKinds(
  method: JsonObject,
  place: Place,
  report: Report,
  read: (items: JsonObject, value: string, at: Place) => Type | undefined,
): Kinds | undefined {
  const said = own(method, 'x-stream')
  const items = isJsonObject(said) ? own(said, 'items') : undefined
  if (!isJsonObject(said) || items === undefined) return undefined
  const by = ownText(said, 'by')
  const at = below(place, 'x-stream', 'items')
  if (by !== undefined && isJsonObject(items)) {
    const values = sortedKeys(items)
    return {
      by,
      items: values.map((value) => ({ value, item: read(items, value, at) ?? unknown })),
    }
  }
  const advice = 'say { "by": "param", "items": { "value": { "name": …, "schema": … } } }'
  report.fault(at, '"items" needs "by" and is an object', advice)
  return undefined
}
