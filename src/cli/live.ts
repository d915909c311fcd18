import { connectSocket } from '../node.js'
import type { Peer } from '../peer/peer.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import { reserved } from '../protocol/reserved.js'
import { connect } from '../websocket.js'
import { checkProvided } from './hub-document.js'
import { UsageError } from './usage-error.js'

/** How long a running service may take to describe itself, in milliseconds. */
const longest = 10_000

/** Whether `input` is where a service or a hub listens, rather than where a document is. */
export function isLive(input: string): boolean {
  return /^(wss?|tcp|unix):/i.test(input) || /^https?:[^#]*#t=/i.test(input)
}

/**
 * The OpenRPC document of who listens at `address`: `ws:`, `tcp:` or `unix:`, or the address that `bothways dev` printed.
 * Of a hub, that of one `service`, or of all of them.
 */
export async function discoverAt(address: string, service?: string): Promise<object> {
  const peer = await dial(address)
  try {
    const params = service === undefined ? undefined : { service }
    const document = await peer.request(reserved.discover, params, { timeout: longest })
    if (typeof document === 'object' && document !== null)
      return checkProvided(document, shown(address), service)
    throw new RpcError(errorCodes.protocol, `${shown(address)} does not describe itself`)
  } finally {
    await peer.close()
  }
}

function dial(address: string): Promise<Peer> {
  const [, path] = /^unix:(?:\/\/)?(.+)$/i.exec(address) ?? []
  if (path !== undefined) return connectSocket({ path })
  const { protocol, hostname, port, host, hash } = addressOf(address)
  if (protocol === 'tcp:')
    return connectSocket({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) })
  const isPage = protocol.startsWith('http')
  const token = isPage ? hash.slice('#t='.length) : process.env['BOTHWAYS_TOKEN']
  const say = () => (token === undefined ? {} : { auth: { token } })
  const url = isPage ? `${protocol.replace('http', 'ws')}//${host}` : address
  return connect(url, { hello: { say } })
}

function addressOf(address: string): URL {
  try {
    return new URL(address)
  } catch {
    throw new UsageError(`${shown(address)} is no address; give one such as ws://127.0.0.1:7377`)
  }
}

/** `address` without what is secret in it. */
export function shown(address: string): string {
  return address.replace(/#.*$/s, '')
}

/** What a document discovered at `address` is called: after its service, its title or its host. */
export function liveName(address: string, document: object, service?: string): string {
  const { info } = document as { info?: { title?: unknown } }
  const title = typeof info?.title === 'string' ? info.title : undefined
  const name = service ?? title ?? shown(address)
  return `${name.replaceAll(/[^\w.-]+/g, '-')}.openrpc.json`
}
