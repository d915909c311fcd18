import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { errorCodes, RpcError } from '../../protocol/error.js'
import type { Authenticate, Credentials } from '../identity.js'
import { unauthenticated } from '../identity.js'

/** A secret that whoever started the hub hands to those who may join it, and what checks it. */
export interface LaunchToken {
  readonly token: string
  /** Takes the token from `authorization: Bearer …` or from `rpc.hello`, and compares it in constant time. */
  readonly authenticate: Authenticate
}

/** A launch token: 128 random bits, unless `token` is given. Whoever shows it is `principal`. */
export function launchToken(
  token = randomBytes(16).toString('base64url'),
  principal = 'local',
): LaunchToken {
  if (token === '')
    throw new RpcError(errorCodes.unauthenticated, 'a launch token that is empty keeps nobody out')
  const expected = digest(token)
  const authenticate: Authenticate = (credentials) => {
    const shown = tokenIn(credentials)
    if (shown === undefined) return undefined
    // Hashes are of one length, which timingSafeEqual needs, and tell nothing of how much was right.
    if (!timingSafeEqual(digest(shown), expected)) throw unauthenticated()
    return { principal }
  }
  return { token, authenticate }
}

/** The token that a client shows, in the header of the upgrade or in `rpc.hello`; none where it shows none. */
function tokenIn({ headers, auth }: Credentials): string | undefined {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '') ?? []
  if (bearer !== undefined || auth === undefined) return bearer
  const isObject = typeof auth === 'object' && auth !== null && Object.hasOwn(auth, 'token')
  const token = isObject ? (auth as { token: unknown }).token : undefined
  if (typeof token !== 'string') throw unauthenticated()
  return token
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
