import { errorCodes, RpcError } from '../protocol/error.js'
import type { CloseReason } from '../transport/transport.js'

/** The close codes of bothways: 4000 to 4499 may be dialled again, 4500 to 4999 not. */
export const closeCodes = {
  goingAway: 4001,
  authenticationExpired: 4005,
  tooSlow: 4008,
  silent: 4012,
  rate: 4013,
  sessionLost: 4014,
  unauthenticated: 4500,
  protocol: 4501,
  noHello: 4502,
  tooManyConnections: 4504,
  forbidden: 4507,
  replaced: 4509,
} as const

/** What a request of `method` rejects with when the connection ended for `end`. */
export function closedError(
  { code, reason }: CloseReason,
  method: string,
  isUnsent: boolean,
): RpcError {
  const what = isUnsent ? 'was not sent' : 'may or may not have run'
  return new RpcError(
    errorCodes.closed,
    `"${method}" ${what}: the connection closed (${code}${reason && `, ${reason}`})`,
    {
      method,
      delivery: isUnsent ? 'unsent' : 'unknown',
    },
  )
}
