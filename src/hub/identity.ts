import { errorCodes, RpcError } from '../protocol/error.js'
import type { Runtime } from '../runtime.js'
import type { Handshake } from '../transport/handshake.js'
import { loginAddresses, loginPeriod, logins } from './limits.js'

/** Who a member is, as the hub found out. */
export interface Identity {
  /** The name of the person or program, the same on every connection of it. */
  readonly principal: string
  readonly roles?: readonly string[]
}

/** What a client shows of itself: at the upgrade its headers, in `rpc.hello` also what it says as `auth`. */
export interface Credentials extends Handshake {
  readonly auth?: unknown
}

/**
 * Finds out who somebody is. Returns nothing where no credentials were shown (at the upgrade: `rpc.hello` may still
 * bring them), and throws an `RpcError` where they are wrong.
 */
export type Authenticate = (
  credentials: Credentials,
) => Identity | undefined | Promise<Identity | undefined>

/** Everybody who may connect at all, where nothing says who anybody is. */
export const anonymous: Authenticate = () => ({ principal: 'anonymous' })

/** Wrong logins by address. Loopback is not exempt: the browser of this machine runs other people's pages. */
export class LoginBudget {
  readonly #runtime: Runtime
  readonly #failures = new Map<string, { count: number; readonly since: number }>()

  constructor(runtime: Runtime) {
    this.#runtime = runtime
  }

  /** Throws `rateLimited` where an address has failed too often, whatever it shows now. */
  check(address: string): void {
    const failure = this.#failures.get(address)
    if (failure === undefined || failure.count < logins) return
    const left = loginPeriod - (this.#runtime.now() - failure.since)
    if (left <= 0) this.#failures.delete(address)
    else
      throw new RpcError(
        errorCodes.rateLimited,
        `too many wrong logins: try again in ${Math.ceil(left / 1_000)} s`,
      )
  }

  failed(address: string): void {
    const now = this.#runtime.now()
    const failure = this.#failures.get(address)
    if (failure !== undefined && now - failure.since < loginPeriod) {
      failure.count++
      return
    }
    this.#failures.delete(address)
    this.#failures.set(address, { count: 1, since: now })
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= loginAddresses) break
      this.#failures.delete(oldest)
    }
  }
}

/** The one thing that somebody is told whose credentials are none: not what was wrong with them. */
export function unauthenticated(): RpcError {
  return new RpcError(errorCodes.unauthenticated, 'the hub does not know you', {
    hint: 'join(url, { token }), or send the token as "authorization: Bearer …" with the upgrade',
  })
}
