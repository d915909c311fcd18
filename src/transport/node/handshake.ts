import type { IncomingMessage } from 'node:http'
import type { Handshake } from '../handshake.js'

/** Who may ask for a WebSocket. */
export interface GateOptions {
  /** The only path that is served. Default `/`. */
  readonly path?: string
  /** Origins of pages that may connect, compared exactly. Default: the server's own. */
  readonly allowOrigins?: readonly string[]
  /** Host names that the server is known by, beside those of the loopback interface. */
  readonly allowHosts?: readonly string[]
  /** Whether pages from any port of this machine may connect. Default false. */
  readonly allowLoopbackOrigins?: boolean
  /** Whether any host name will do: only where the server is not bound to loopback and lists none. */
  readonly allowAnyHost?: boolean
}

/** An HTTP answer in place of the upgrade, in words that say what to do. */
export interface Refusal {
  readonly status: number
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

const loopbackNames: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** Names under which people put secrets in addresses, where every log on the way keeps them. */
const secretNames = /^(access_?token|api_?key|auth|authorization|jwt|password|secret|token)$/i

/** Why `request` is refused, or nothing. Any web page can open a socket to this machine: this is what stops it. */
export function refusalOf(request: IncomingMessage, options: GateOptions): Refusal | undefined {
  const { host, origin } = request.headers
  const hosts = request.rawHeaders.filter(
    (name, index) => index % 2 === 0 && name.toLowerCase() === 'host',
  )
  const url = addressOf(request)
  if (url === undefined || host === undefined || hosts.length !== 1) {
    return { status: 400, message: 'one Host header and a path are needed' }
  }
  if (!isHostAllowed(host, options))
    return { status: 403, message: 'this Host is not allowed: add it to allowHosts' }
  if (origin !== undefined && !isOriginAllowed(origin, host, options)) {
    return {
      status: 403,
      message: `origin ${printable(origin)} is not allowed: add it to allowOrigins`,
    }
  }
  if (url.pathname !== (options.path ?? '/'))
    return { status: 404, message: 'there is no WebSocket at this path' }
  if ([...url.searchParams.keys()].some((name) => secretNames.test(name))) {
    return {
      status: 400,
      message: 'a secret does not belong in an address: send it in a header or in rpc.hello',
    }
  }
  return undefined
}

/** What `request` says of the client. */
export function handshakeOf(request: IncomingMessage): Handshake {
  const headers = new Map<string, string>()
  for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value))
  const origin = headers.get('origin')
  return {
    headers,
    path: pathOf(request) ?? '/',
    address: request.socket.remoteAddress ?? '',
    ...(origin !== undefined && { origin }),
  }
}

/** The path that `request` asks for; none where it is no path. */
export function pathOf(request: IncomingMessage): string | undefined {
  return addressOf(request)?.pathname
}

/** Whether only programs of this machine can reach `host`. */
export function isLoopback(host: string): boolean {
  return loopbackNames.has(host) || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function addressOf(request: IncomingMessage): URL | undefined {
  try {
    return new URL(request.url ?? '/', 'http://host')
  } catch {
    return undefined
  }
}

function isHostAllowed(
  host: string,
  { allowHosts = [], allowAnyHost = false }: GateOptions,
): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  return allowAnyHost || isLoopback(name) || allowHosts.includes(name) || allowHosts.includes(host)
}

function isOriginAllowed(origin: string, host: string, options: GateOptions): boolean {
  if (options.allowOrigins?.includes(origin)) return true
  if (origin === `http://${host}` || origin === `https://${host}`) return true
  return options.allowLoopbackOrigins === true && isLoopbackOrigin(origin)
}

function isLoopbackOrigin(origin: string): boolean {
  const [, name = ''] = /^https?:\/\/(\[::1\]|[^/:@]+)(:\d+)?$/.exec(origin) ?? []
  return loopbackNames.has(name)
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 100)
}
