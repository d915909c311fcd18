import { isServiceName } from '../contract/contract.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import { isObject, type Members, membersOf } from './channels.js'
import { type Place, placeIn } from './place.js'

/** What a service says of itself in `<name>.ekko.ipc.json`, as far as it is read at run time. */
export interface ServiceManifest {
  readonly service: ServiceInfo
  readonly methods?: Readonly<Record<string, MethodInfo>>
  readonly events?: Readonly<Record<string, { readonly category?: string }>>
  readonly channels?: Readonly<Record<string, { readonly events?: readonly string[] }>>
}

/** Who a service is, and where it listens. */
export interface ServiceInfo {
  readonly name: string
  readonly version?: string
  readonly description?: string
  readonly transport?: ServiceTransport | null
}

/** Where a service listens. */
export interface ServiceTransport {
  /** `namedpipe`, `socket`, `tcp` or `websocket`. */
  readonly type?: string | null
  /** The name of the pipe, the path of the socket, the host or the URL. */
  readonly address?: string | null
  readonly port?: number | null
  /** Milliseconds for a call of a method that has no `timeout` of its own. */
  readonly timeout?: number | null
  /** What is spoken: `ekko`, the default for all but WebSockets, or `bothways`. */
  readonly protocol?: string | null
}

/** What a method says of itself. */
export interface MethodInfo {
  readonly description?: string
  readonly parameters?: readonly { readonly name: string }[]
  /** Milliseconds for a call. */
  readonly timeout?: number | null
}

/** A manifest that was looked at, and where its service is. */
export interface Reading {
  readonly manifest: ServiceManifest
  readonly place: Place
}

/** Reads `value` as a manifest. Throws `invalidRequest` with every fault found; `source` says whose they are. */
export function readManifest(value: unknown, source = 'the manifest'): Reading {
  const faults: string[] = []
  const manifest = membersOf(value)
  const service = membersOf(manifest['service'])
  const { name } = service
  if (typeof name !== 'string' || !isServiceName(name))
    faults.push('/service/name is no name: letters, digits, - and _ in tokens separated by dots')
  const transport = service['transport'] ?? {}
  if (!isObject(transport)) faults.push('/service/transport is no object')
  const place = placeIn(String(name), membersOf(transport), faults)
  checkTimeout(membersOf(transport)['timeout'], '/service/transport/timeout', faults)
  for (const key of ['methods', 'events', 'channels']) checkMap(manifest, key, faults)
  for (const [method, info] of Object.entries(membersOf(manifest['methods'])))
    checkTimeout(membersOf(info)['timeout'], `/methods/${method}/timeout`, faults)
  if (faults.length > 0 || place === undefined) throw faulty(source, faults)
  return { manifest: value as ServiceManifest, place }
}

/** Milliseconds that a call of `method` may take, as the manifest has it. */
export function timeoutOf({ methods, service }: ServiceManifest, method: string): number {
  const own = membersOf(membersOf(methods)[method])['timeout']
  return Number(own ?? service.transport?.timeout ?? defaultTimeout)
}

/** As in EkkoJS. */
const defaultTimeout = 30_000

function checkMap(manifest: Members, key: string, faults: string[]): void {
  const map = manifest[key] ?? {}
  if (!isObject(map)) faults.push(`/${key} is no object`)
  else
    for (const [name, entry] of Object.entries(map))
      if (!isObject(entry)) faults.push(`/${key}/${name} is no object`)
}

function checkTimeout(value: unknown, pointer: string, faults: string[]): void {
  if ((value ?? undefined) === undefined) return
  if (typeof value !== 'number' || !(value > 0)) faults.push(`${pointer} is no number over 0`)
}

function faulty(source: string, faults: readonly string[]): RpcError {
  const shown = faults.slice(0, 10)
  const more = faults.length - shown.length
  const list = [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
  return new RpcError(errorCodes.invalidRequest, `${source} is no manifest of a service: ${list}`)
}
