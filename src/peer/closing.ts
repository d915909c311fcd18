import { type Delivery, errorCodes, RpcError } from '../protocol/error.js'
import { type CloseReason, normalClose } from '../transport/transport.js'

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

const codes = new Map<number, number>([
  [errorCodes.unauthenticated, closeCodes.unauthenticated],
  [errorCodes.forbidden, closeCodes.forbidden],
  [errorCodes.protocol, closeCodes.protocol],
  [errorCodes.rateLimited, closeCodes.rate],
  [errorCodes.unavailable, closeCodes.goingAway],
])

/** How a transport is closed for `reason`. */
export function closeReasonFor(reason: RpcError | CloseReason | undefined): CloseReason {
  if (reason === undefined) return normalClose
  if (!(reason instanceof RpcError)) return reason
  return { code: codes.get(reason.code) ?? 1000, reason: reason.message }
}

/** What a request of `method` rejects with when the connection ended for `end`. */
export function closedError(
  end: CloseReason,
  method: string | undefined,
  delivery: Delivery,
): RpcError {
  const why = `the connection closed (${end.code}${end.reason && `, ${end.reason}`})`
  if (method === undefined) return new RpcError(errorCodes.closed, why)
  const what = delivery === 'unsent' ? 'was not sent' : 'may or may not have run'
  const hint = delivery === 'unsent' ? undefined : 'declare it idempotent to have it retried'
  return new RpcError(errorCodes.closed, `"${method}" ${what}: ${why}`, { method, delivery, hint })
}
