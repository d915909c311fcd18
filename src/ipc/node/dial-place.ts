import { join } from 'node:path'
import { Peer } from '../../peer/peer.js'
import { lengthPrefix } from '../../transport/framing/length-prefix.js'
import { newline } from '../../transport/framing/newline.js'
import { dialSocket, type SocketAddress } from '../../transport/node/dial-socket.js'
import { type DialPlaceOptions, dialUrl, speaking } from '../dial-page.js'
import type { Place } from '../place.js'

/** Dials a place from Node. EkkoJS's wire is framed by the length of each message, little-endian; ours by lines. */
export async function dialPlace(place: Place, options: DialPlaceOptions): Promise<Peer> {
  const { protocol } = place
  if (place.kind === 'websocket') return dialUrl(place.url, protocol, options)
  const framing = protocol === 'ekko' ? lengthPrefix({ endian: 'little' }) : newline
  const transport = await dialSocket(addressOf(place), { ...options, framing })
  return new Peer(transport, { ...options, ...speaking(protocol) })
}

function addressOf(place: Exclude<Place, { kind: 'websocket' }>): SocketAddress {
  if (place.kind === 'tcp') return { host: place.host, port: place.port }
  return { path: place.kind === 'socket' ? place.path : pipePath(place.name) }
}

/** Where .NET puts the pipe called `name`: elsewhere than on Windows, a unix socket in the folder for temporary files. */
export function pipePath(name: string): string {
  if (process.platform === 'win32') return name.startsWith('\\\\') ? name : `\\\\.\\pipe\\${name}`
  return name.startsWith('/') ? name : join(process.env['TMPDIR'] || '/tmp', `CoreFxPipe_${name}`)
}
