import type { PeerOptions } from '../peer/options.js'
import { Peer } from '../peer/peer.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import { type DialOptions, dialWebSocket } from '../transport/dial.js'
import { greetHub, type Membership } from './membership.js'

/** How a hub is joined. */
export interface JoinOptions extends Omit<PeerOptions, 'hello'>, DialOptions {
  /** What others call this member. Default: its principal's name. */
  readonly name?: string
  /**
   * What proves who this is, or a function that fetches it for the hub at `url`, and throws for any other. Sent in `rpc.hello`, never in the address; refused over
   * unencrypted `ws:` to another machine.
   */
  readonly token?: string | ((url: string) => string | Promise<string>)
}

/**
 * Joins the hub at `url`. Rejects with `unavailable` where nobody or no hub is there, with `unauthenticated` where the
 * hub does not take the token.
 */
export async function join(url: string, options: JoinOptions = {}): Promise<Membership> {
  const { name, token } = options
  if (token !== undefined || bringsSecret(options)) checkSafe(url)
  // Fetched first: the hub waits 5 s for it once it is dialled, and where it fails there is nothing to dial for.
  const shown = typeof token === 'function' ? await token(url) : token
  const transport = await dialWebSocket(url, options)
  const say = () => ({
    ...(name !== undefined && { name }),
    ...(shown !== undefined && { auth: { token: shown } }),
  })
  return greetHub(new Peer(transport, { ...options, hello: { say } }))
}

function bringsSecret({ headers = {} }: JoinOptions): boolean {
  return Object.keys(headers).some((name) => /^(authorization|cookie)$/i.test(name))
}

function checkSafe(url: string): void {
  const { protocol, hostname } = addressOf(url)
  const isLocal = ['localhost', '[::1]'].includes(hostname) || /^127\.\d+\.\d+\.\d+$/.test(hostname)
  if (protocol === 'wss:' || isLocal) return
  throw new RpcError(errorCodes.forbidden, `a token is not sent to ${hostname} in the clear`, {
    hint: 'use wss:',
  })
}

function addressOf(url: string): URL {
  try {
    return new URL(url)
  } catch {
    // Without the cause: it quotes the address, and what may be secret in it.
    throw new RpcError(errorCodes.unavailable, 'the address of the hub is no URL', {
      hint: 'such as ws://127.0.0.1:7377',
    })
  }
}
