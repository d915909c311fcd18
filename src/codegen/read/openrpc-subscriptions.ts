import type { Report } from '../diagnostic.js'
import type { Method, Param, Place, Subscription, Type } from '../model.js'
import { below } from '../place.js'

const unknown: Type = { kind: 'unknown' }

/** Where each method stands, by name: what a warning names. */
type Places = ReadonlyMap<string, Place>

/**
 * `methods`, of which those that belong to a subscription are one stream: as `x-stream` says, or as their names do, in the
 * way of Ethereum (`eth_subscribe`, `eth_unsubscribe`, `eth_subscription`) and of Starknet (`starknet_subscribeEvents`,
 * `starknet_unsubscribe`, `starknet_subscriptionEvents`).
 */
export function withSubscriptions(
  methods: readonly Method[],
  places: Places,
  report: Report,
): Method[] {
  const byName = new Map(methods.map((method) => [method.name, method]))
  const streams = methods.map(
    (method) => boundBySaying(method, byName) ?? boundByName(method, byName),
  )
  const bound = streams.filter((stream) => stream !== undefined)
  const used = new Set(bound.flatMap(({ subscription }) => namesOf(subscription)))
  return methods
    .map((method, index) => {
      const [stream, place] = [streams[index], places.get(method.name)]
      return stream && place ? withItems(stream, place, report) : method
    })
    .filter(({ name }) => !used.has(name))
}

/** `method`, which yields anything where nobody says what it does: that is told. */
function withItems(method: Method, place: Place, report: Report): Method {
  const { item, kinds, params, subscription } = method
  if (kinds !== undefined && !params.some(({ name }) => name === kinds.by))
    report.fault(below(place, 'x-stream', 'by'), `there is no param "${kinds.by}"`, 'name one')
  if (item !== undefined || kinds !== undefined) return method
  const problem = `nothing describes what "${subscription?.notification}" brings, so any item is taken`
  report.warn(place, problem, 'say it in "x-item", beside "x-stream"')
  report.open(place)
  return { ...method, item: unknown }
}

function namesOf(subscription: Subscription | undefined): string[] {
  if (subscription === undefined) return []
  return [subscription.unsubscribe, subscription.notification, ...subscription.others]
}

type ByName = ReadonlyMap<string, Method>

/** A method that says itself how it is subscribed to; its items are what its notifications bring. */
function boundBySaying(method: Method, methods: ByName): Method | undefined {
  const { subscription, item } = method
  if (subscription === undefined) return undefined
  return item === undefined ? { ...method, item: itemOf(subscription, methods) } : method
}

/** One of a family of methods whose names say that they belong together. */
function boundByName(method: Method, methods: ByName): Method | undefined {
  const { name, kind, result: id, from } = method
  const [, family = '', what = ''] = /^(\w+?)_subscribe([A-Z]\w*)?$/.exec(name) ?? []
  const unsubscribe = `${family}_unsubscribe`
  if (family === '' || kind !== 'request' || id === undefined || from !== 'client') return undefined
  if (methods.get(unsubscribe)?.params.length !== 1) return undefined
  const notification = notificationFor(family, what, methods)
  if (notification === undefined) return undefined
  const described = methods.get(notification)
  const members = described === undefined ? usualMembers : membersOf(described)
  if (members === undefined) return undefined
  const others = what === '' ? [] : othersOf(family, methods)
  const subscription: Subscription = { id, unsubscribe, notification, members, others }
  const { result: _id, ...rest } = method
  return { ...rest, kind: 'stream', item: itemOf(subscription, methods), subscription }
}

/** What Ethereum calls them. */
const usualMembers: Subscription['members'] = { id: 'subscription', item: 'result' }

/** The notification for what is subscribed to: of Ethereum's, no document says anything. */
function notificationFor(family: string, what: string, methods: ByName): string | undefined {
  const name = `${family}_subscription${what}`
  if (what === '' || isNotification(methods.get(name))) return name
  const singular = name.replace(/s$/, '')
  return isNotification(methods.get(singular)) ? singular : undefined
}

/** Notifications of a family that come for whatever was subscribed to, such as `starknet_subscriptionReorg`. */
function othersOf(family: string, methods: ByName): string[] {
  const asked = [...methods.keys()].filter((name) => name.startsWith(`${family}_subscribe`))
  const own = new Set(
    asked.map((name) => notificationFor(family, name.slice(`${family}_subscribe`.length), methods)),
  )
  return [...methods.values()]
    .filter((method) => method.name.startsWith(`${family}_subscription`) && isNotification(method))
    .filter((method) => !own.has(method.name) && membersOf(method) !== undefined)
    .map(({ name }) => name)
    .sort()
}

function isNotification(method: Method | undefined): boolean {
  return method?.kind === 'notification' || method?.kind === 'event'
}

/** Which param of a notification is the id, and which the item. */
function membersOf({ params }: Method): Subscription['members'] | undefined {
  const id = params.find(({ name }) => /subscription/i.test(name))
  const item = params.find((param) => param !== id)
  return params.length === 2 && id && item ? { id: id.name, item: item.name } : undefined
}

/** One of what the notifications of `subscription` bring; nothing where nobody says. */
function itemOf(
  { notification, others, members }: Subscription,
  methods: ByName,
): Type | undefined {
  const main = paramOf(methods.get(notification), members.item)?.type
  if (main === undefined || others.length === 0) return main
  const of = others.map((name) => otherItem(name, paramOf(methods.get(name), members.item)?.type))
  return { kind: 'union', of: [main, ...of] }
}

function paramOf(method: Method | undefined, name: string): Param | undefined {
  return method?.params.find((param) => param.name === name)
}

function otherItem(name: string, type: Type = unknown): Type {
  const member = { required: true, docs: {} }
  return {
    kind: 'object',
    members: [
      { ...member, name: 'notification', type: { kind: 'literal', values: [name] } },
      { ...member, name: 'result', type },
    ],
    patterns: [],
  }
}
