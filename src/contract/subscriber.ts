import type { Registration, StreamOptions } from '../peer/options.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import type { Params } from '../protocol/message.js'
import { weightOf } from '../stream/credit.js'
import type { RemoteStream } from '../stream/remote-stream.js'
import { invalidResult } from './fault.js'
import { Feed } from './feed.js'
import { earlyCharacters, earlyNotifications, unsubscribeWait } from './limits.js'
import type { Names, Wire } from './subscription.js'

type Id = string | number
type Closed = Awaited<Wire['closed']>

/** A notification that came for nobody who is known yet. */
interface Early {
  readonly id: unknown
  readonly item: unknown
  readonly weight: number
  resolve(): void
  reject(reason: RpcError): void
}

// By the method that ends them: ids are told apart within one such.
const subscribers = new WeakMap<object, Map<string, Subscriber>>()

/** What `wire` has subscribed to, and ends with `unsubscribe`. */
export function subscriberOf(wire: Wire, unsubscribe: string): Subscriber {
  const known = subscribers.get(wire) ?? new Map<string, Subscriber>()
  subscribers.set(wire, known)
  const subscriber = known.get(unsubscribe) ?? new Subscriber(wire)
  known.set(unsubscribe, subscriber)
  return subscriber
}

/** The subscriptions of one connection: hands each notification to the stream that it is for. */
export class Subscriber {
  readonly #wire: Wire
  readonly #listening = new Map<string, Registration>()
  /** Streams whose subscription is not answered yet. */
  readonly #asked = new Set<Feed>()
  readonly #open = new Map<Id, Feed>()
  /** Subscriptions that are being ended, or could not be: then with the reason. */
  readonly #left = new Map<Id, RpcError | undefined>()
  #early: Early[] = []
  #end: Closed | undefined

  constructor(wire: Wire) {
    this.#wire = wire
    void wire.closed.then((reason) => {
      this.#end = reason
      this.#endOpen(reason)
    })
  }

  /** The stream of what `method` is answered with an id for. */
  subscribe(
    method: string,
    params: Params | undefined,
    { signal, input, ...options }: StreamOptions,
    names: Names,
  ): RemoteStream {
    const feed = new Feed(method, (id) => this.#leave(id as Id, feed, names, options.timeout))
    if (input !== undefined) feed.fail(takesNone(method))
    feed.endWith(signal)
    if (feed.hasEnded) {
      feed.begin(undefined)
      return feed.stream
    }
    this.#listen(names)
    this.#asked.add(feed)
    // Without the signal: an answer that comes too late has an id, which is to be given back.
    this.#wire.request(method, params, options).then(
      (id) => this.#answered(feed, id),
      (reason) => this.#refused(feed, reason),
    )
    return feed.stream
  }

  #answered(feed: Feed, id: unknown): void {
    if (!isId(id)) {
      const fault = { path: '', expected: 'the id of a subscription', value: id }
      return this.#refused(feed, invalidResult(feed.method, fault))
    }
    // Whose the notifications are cannot be told, and unsubscribing would end the other.
    if (this.#open.has(id)) return this.#refused(feed, inUse(feed.method))
    this.#open.set(id, feed)
    feed.begin(id)
    const own = this.#early.filter((early) => early.id === id)
    this.#early = this.#early.filter((early) => early.id !== id)
    for (const { item, resolve } of own) {
      feed.push(item)
      resolve()
    }
    this.#settled(feed)
    // An interceptor may have held the answer back until then.
    if (this.#end !== undefined) this.#endOpen(this.#end)
  }

  #endOpen(reason: Closed): void {
    for (const feed of this.#open.values()) feed.fail(closedUnder(feed.method, reason))
    this.#open.clear()
  }

  #refused(feed: Feed, reason: unknown): void {
    feed.fail(reason)
    feed.begin(undefined)
    this.#settled(feed)
    this.#rest()
  }

  /** What came early is for nobody, once nobody waits for an id. */
  #settled(feed: Feed): void {
    this.#asked.delete(feed)
    if (this.#asked.size > 0) return
    for (const { id, resolve, reject } of this.#early.splice(0)) {
      if (this.#left.has(id as Id)) resolve()
      else reject(unknownId(id, undefined))
    }
  }

  #listen(names: Names): void {
    for (const method of [names.notification, ...names.others]) {
      if (this.#listening.has(method)) continue
      const toItem = (result: unknown) =>
        method === names.notification ? result : { notification: method, result }
      const listening = this.#wire.on(method, (params) => {
        const [id, result] = membersOf(params, names)
        return this.#take(id, toItem(result))
      })
      this.#listening.set(method, listening)
    }
  }

  /** A listener that throws, or rejects, is told to `onDiagnostic`: there is nobody else. */
  #take(id: unknown, item: unknown): unknown {
    const feed = this.#open.get(id as Id)
    if (feed !== undefined) return feed.push(item)
    const failure = this.#left.get(id as Id)
    if (this.#left.has(id as Id) && failure === undefined) return undefined
    if (this.#asked.size === 0 || failure !== undefined) throw unknownId(id, failure)
    // It may well be for one of these, and nobody wants those.
    if ([...this.#asked].every(({ hasEnded }) => hasEnded)) return undefined
    const weight = weightOf(item)
    const over = this.#overBy(weight)
    if (over !== undefined) {
      for (const waiting of this.#asked) waiting.fail(tooEarly(waiting.method, over))
      for (const early of this.#early.splice(0)) early.reject(tooEarly(String(early.id), over))
      throw tooEarly(String(id), over)
    }
    return new Promise<void>((resolve, reject) =>
      this.#early.push({ id, item, weight, resolve, reject }),
    )
  }

  /** The limit that one more early notification would be over. */
  #overBy(weight: number): EarlyLimit | undefined {
    if (this.#early.length >= earlyNotifications) return 'earlyNotifications'
    const kept = this.#early.reduce((sum, early) => sum + early.weight, weight)
    return kept > earlyCharacters ? 'earlyCharacters' : undefined
  }

  /** Gives an id back. Rejects where the other end will not have it. */
  async #leave(
    id: Id,
    feed: Feed,
    { unsubscribe, unsubscribeParam }: Names,
    timeout = unsubscribeWait,
  ): Promise<void> {
    if (this.#open.get(id) !== feed) return
    this.#open.delete(id)
    this.#left.set(id, undefined)
    try {
      const params = unsubscribeParam === undefined ? [id] : { [unsubscribeParam]: id }
      await this.#wire.request(unsubscribe, params, { timeout })
      this.#left.delete(id)
      this.#rest()
    } catch (reason) {
      const error = RpcError.from(reason)
      // With the connection went the subscription.
      if (error.code === errorCodes.closed && !error.remote) return
      this.#left.set(id, error)
      throw error
    }
  }

  /** Listens no more, where there is nothing to listen for: what comes all the same, the peer itself tells of. */
  #rest(): void {
    if (this.#open.size + this.#asked.size + this.#left.size > 0) return
    for (const listening of this.#listening.values()) listening.dispose()
    this.#listening.clear()
  }
}

function closedUnder(method: string, { code, reason }: Closed): RpcError {
  const why = `the connection closed (${code}${reason && `, ${reason}`})`
  const details = { method, delivery: 'accepted' } as const
  return new RpcError(errorCodes.closed, `what "${method}" subscribed to ended: ${why}`, details)
}

function takesNone(method: string): RpcError {
  return new RpcError(errorCodes.invalidRequest, `"${method}" takes no stream`, { method })
}

function isId(id: unknown): id is Id {
  return typeof id === 'string' || typeof id === 'number'
}

function inUse(method: string): RpcError {
  const what = `"${method}" was answered with an id that is in use`
  return new RpcError(errorCodes.protocol, what, { method, delivery: 'accepted' })
}

/** The id and the item of a notification, by name or by position. */
function membersOf(params: unknown, { id, item }: Names): readonly unknown[] {
  if (Array.isArray(params)) return params
  const members = new Map(Object.entries((params as object | undefined) ?? {}))
  return [members.get(id), members.get(item)]
}

function unknownId(id: unknown, cause: RpcError | undefined): RpcError {
  const what = isId(id) ? JSON.stringify(id) : 'none'
  const why = cause === undefined ? 'which nobody has' : 'which could not be ended'
  return new RpcError(errorCodes.protocol, `a notification for subscription ${what}, ${why}`, {
    cause,
  })
}

const earlyLimits = { earlyNotifications, earlyCharacters } as const
type EarlyLimit = keyof typeof earlyLimits

function tooEarly(what: string, limit: EarlyLimit): RpcError {
  const value = earlyLimits[limit]
  return new RpcError(
    errorCodes.lagged,
    `"${what}": more came before their subscriptions were answered than the limit "${limit}" of ${value}`,
    { data: { reason: 'limitExceeded', limit, value } },
  )
}
