import type { Peer } from '../peer/peer.js'
import type { Params } from '../protocol/message.js'
import type { Place } from './place.js'

/** One connection to a service, and how it is spoken to. */
export interface Line {
  readonly peer: Peer
  /** What a method, an event or a channel is called on the wire. */
  nameOf(message: string): string
  /** The arguments of a call, as params. Default: by position. */
  paramsOf?(method: string, args: readonly unknown[]): Params | undefined
  /** Tells the service that its events of `channel` are wanted, or are no more. */
  subscribe(channel: string): void
  unsubscribe(channel: string): void
}

/** Opens a line. Rejects with an `RpcError` that says why there is none, or with `signal.reason`. */
export type DialLine = (signal: AbortSignal) => Promise<Line>

/** The line over `peer` to a service that speaks `protocol`. */
export function lineOver(peer: Peer, protocol: Place['protocol']): Line {
  const nameOf = (message: string) => message
  return protocol === 'ekko'
    ? {
        peer,
        nameOf,
        subscribe: (channel) => peer.notify('ekko.subscribe', { channel }),
        unsubscribe: (channel) => peer.notify('ekko.unsubscribe', { channel }),
      }
    : // Whoever is connected is told: there is nothing to subscribe to.
      { peer, nameOf, subscribe: () => {}, unsubscribe: () => {} }
}

/** The arguments of a call by position: without those left out at the end, and null for those left out before others. */
export function byPosition(args: readonly unknown[]): unknown[] | undefined {
  const last = args.findLastIndex((argument) => argument !== undefined)
  if (last < 0) return undefined
  return args.slice(0, last + 1).map((argument) => (argument === undefined ? null : argument))
}

/** What an event carries, as params: an object itself, anything else in a list of one. */
export function paramsFor(data: unknown): Params | undefined {
  if ((data ?? null) === null) return undefined
  return typeof data === 'object' && !Array.isArray(data) ? (data as Params) : [data]
}

/** What an event carried, from its params. */
export function dataIn(params: unknown): unknown {
  if (params === undefined) return null
  return Array.isArray(params) && params.length === 1 ? params[0] : params
}
