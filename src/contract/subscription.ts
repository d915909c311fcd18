import type { Remote as Caller } from '../peer/context.js'
import type { Handler, Registration, StreamOptions } from '../peer/options.js'
import type { Peer } from '../peer/peer.js'
import type { Params } from '../protocol/message.js'
import type { RemoteStream } from '../stream/remote-stream.js'
import { publisherOf } from './publisher.js'
import type { Message, Subscribing } from './shape.js'
import { subscriberOf } from './subscriber.js'

/** What belongs to a method that is subscribed to, by the names it has on the wire. */
export interface SubscriptionNames {
  /** The method that ends a subscription. */
  readonly unsubscribe: string
  /** The name of its param, where it is called by name. By default it is called by position. */
  readonly unsubscribeParam?: string
  /** The notification that brings an item. */
  readonly notification: string
  /** The param of the notification that says which subscription it is for. Default `subscription`. */
  readonly id?: string
  /** The param of the notification that is the item. Default `result`. */
  readonly item?: string
  /** Notifications that also come for it. Each is an item `{ notification, result }`. */
  readonly others?: readonly string[]
  /** Whether ids are numbers. By default they are strings. */
  readonly numeric?: boolean
}

/** The same with its defaults. */
export type Names = Required<Omit<SubscriptionNames, 'unsubscribeParam'>> &
  Pick<SubscriptionNames, 'unsubscribeParam'>

/** The ends that subscriptions are for: the connection itself. Whoever is behind a hub is streamed to. */
export type Wire = Pick<Peer, 'on' | 'handle' | 'request' | 'notify' | 'flush' | 'closed'>

/**
 * How a stream is carried where the protocol has none: a call that is answered with an id, notifications that name it, and
 * a call that ends them. A contract that has such names it, so that no other needs to carry it.
 */
export function subscription(named: SubscriptionNames): Subscribing {
  const names: Names = { id: 'subscription', item: 'result', others: [], numeric: false, ...named }
  return {
    described: {
      result: { name: 'id', schema: { type: names.numeric ? 'integer' : 'string' } },
      'x-stream': { binding: 'subscription', ...named },
    },
    expected: ofKind,
    ask(caller: Caller, method: string, params: Params | undefined, options: StreamOptions) {
      return isWire(caller)
        ? subscriberOf(caller, names.unsubscribe).subscribe(method, params, options, names)
        : caller.stream(method, params, options)
    },
    serve(host: object, method: string, handler: Handler): Registration | undefined {
      return isWire(host)
        ? publisherOf(host, names.unsubscribe).serve(method, handler, names)
        : undefined
    },
  }
}

/** `message`, whose items are checked as those that `params` ask for. */
function ofKind(message: Message, params: unknown): Message {
  const { by = '', items = {} } = message.kinds ?? {}
  const given = new Map(Object.entries((params as object | undefined) ?? {}))
  const item = new Map(Object.entries(items)).get(String(given.get(by)))
  return item === undefined ? message : { ...message, item }
}

function isWire(end: object): end is Wire & { stream(): RemoteStream } {
  return 'on' in end && 'closed' in end
}
