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
   * What proves who this is, or a function that fetches it. Sent in `rpc.hello`, never in the address; refused over
   * unencrypted `ws:` to another machine.
   */
  readonly token?: string | (() => string | Promise<string>)
}

/**
 * Joins the hub at `url`. Rejects with `unavailable` where nobody or no hub is there, with `unauthenticated` where the
 * hub does not take the token.
 */
export async function join(url: string, options: JoinOptions = {}): Promise<Membership> {
  const { name, token } = options
  if (token !== undefined) checkSafe(url)
  const transport = await dialWebSocket(url, options)
  const say = async () => ({
    ...(name !== undefined && { name }),
    ...(token !== undefined && {
      auth: { token: typeof token === 'function' ? await token() : token },
    }),
  })
  return greetHub(new Peer(transport, { ...options, hello: { say } }))
}

function checkSafe(url: string): void {
  const { protocol, hostname } = new URL(url)
  const isLocal = ['localhost', '[::1]'].includes(hostname) || /^127\.\d+\.\d+\.\d+$/.test(hostname)
  if (protocol === 'wss:' || isLocal) return
  throw new RpcError(errorCodes.forbidden, `a token is not sent to ${hostname} in the clear`, {
    hint: 'use wss:',
  })
}
