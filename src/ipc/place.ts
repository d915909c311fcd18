import type { Members } from './channels.js'

/** Where a service listens, and what is spoken there. */
export type Place = {
  readonly protocol: 'ekko' | 'bothways'
} & (
  | { readonly kind: 'pipe'; readonly name: string }
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'websocket'; readonly url: string }
)

const protocols = ['ekko', 'bothways'] as const

/** The words for each kind, as letters in lower case. */
const kinds: Readonly<Record<string, Place['kind']>> = {
  namedpipe: 'pipe',
  pipe: 'pipe',
  socket: 'socket',
  unixsocket: 'socket',
  unix: 'socket',
  tcp: 'tcp',
  websocket: 'websocket',
  ws: 'websocket',
}

/** The place that a transport names, a pipe called like the service where it names none. Faults are added to `faults`. */
export function placeIn(service: string, transport: Members, faults: string[]): Place | undefined {
  const kind = kindOf(transport['type'] ?? 'namedpipe')
  if (kind === undefined) {
    faults.push('/service/transport/type is none of namedpipe, socket, tcp and websocket')
    return undefined
  }
  const asked = transport['protocol'] ?? (kind === 'websocket' ? 'bothways' : 'ekko')
  const protocol = protocols.find((known) => known === asked)
  if (protocol === undefined)
    faults.push('/service/transport/protocol is neither ekko nor bothways')
  const { address, fault } = addresses[kind](service, transport)
  if (fault !== undefined) faults.push(fault)
  return protocol === undefined || address === undefined ? undefined : { protocol, ...address }
}

function kindOf(type: unknown): Place['kind'] | undefined {
  const word = String(type).toLowerCase().replaceAll(/[-_ ]/g, '')
  return Object.hasOwn(kinds, word) ? kinds[word] : undefined
}

type Address = Place extends infer P ? (P extends Place ? Omit<P, 'protocol'> : never) : never

interface Addressed {
  readonly address?: Address
  readonly fault?: string
}

const addresses: Readonly<Record<Place['kind'], (name: string, of: Members) => Addressed>> = {
  pipe: (service, { address }) => {
    const name = address ?? service
    // A path where .NET takes one: absolute, on anything but Windows. Any other name must stay one file's name.
    return isText(name) && /^(\/|\\\\\.\\pipe\\)?[^/\\]+$|^\/[^\\]+[^/\\]$/.test(name)
      ? { address: { kind: 'pipe', name } }
      : { fault: '/service/transport/address is no name of a pipe: it has no / and no \\' }
  },
  socket: (_, { address: path }) =>
    isText(path)
      ? { address: { kind: 'socket', path } }
      : { fault: '/service/transport/address is no path of a socket' },
  tcp: (_, { address, port }) => {
    const host = address ?? '127.0.0.1'
    if (!isText(host)) return { fault: '/service/transport/address is no name of a host' }
    if (!isPort(port)) return { fault: '/service/transport/port is no number from 1 to 65535' }
    return { address: { kind: 'tcp', host, port } }
  },
  websocket: (_, { address, port }) => {
    const url =
      isText(address) && isPort(port) && !address.includes(':')
        ? `ws://${address}:${port}`
        : address
    return isText(url) && /^wss?:\/\/./i.test(url) && URL.canParse(url)
      ? { address: { kind: 'websocket', url } }
      : { fault: '/service/transport/address is no address such as ws://127.0.0.1:7378' }
  },
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !value.includes('\0')
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) <= 65_535
}
