import { ekko } from '../dialects/ekko.js'
import type { PeerOptions } from '../peer/options.js'
import { Peer } from '../peer/peer.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import { type DialOptions, dialWebSocket } from '../transport/dial.js'
import type { Place } from './place.js'

/** How a place is dialled: what `Peer` takes, and how long the connection may take to open. */
export type DialPlaceOptions = Pick<PeerOptions, 'limits' | 'runtime' | 'onDiagnostic'> &
  Pick<DialOptions, 'signal' | 'connectTimeout'>

/** Dials a place that a page can reach: a WebSocket. Rejects with `unavailable` for any other. */
export async function dialPage(place: Place, options: DialPlaceOptions): Promise<Peer> {
  if (place.kind !== 'websocket') throw unreachable(place)
  return dialUrl(place.url, place.protocol, options)
}

/** Dials a WebSocket, and speaks `protocol` over it. */
export async function dialUrl(
  url: string,
  protocol: Place['protocol'],
  options: DialPlaceOptions,
): Promise<Peer> {
  const transport = await dialWebSocket(url, options)
  return new Peer(transport, { ...options, ...speaking(protocol) })
}

/** The options of a peer that speaks `protocol`. */
export function speaking(protocol: Place['protocol']): Pick<PeerOptions, 'dialect' | 'hello'> {
  return protocol === 'ekko' ? { dialect: ekko } : { hello: true }
}

const wordsFor = { pipe: 'a named pipe', socket: 'a unix socket', tcp: 'TCP' } as const

function unreachable({ kind }: Exclude<Place, { kind: 'websocket' }>): RpcError {
  return new RpcError(
    errorCodes.unavailable,
    `the service listens on ${wordsFor[kind]}, which a page cannot reach`,
    {
      hint: 'let it listen on a WebSocket too and say so in its manifest ("type": "websocket"), or reach it through a hub: connectService(name, { hub })',
      delivery: 'unsent',
    },
  )
}
