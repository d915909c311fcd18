import { errorCodes, RpcError } from '../protocol/error.js'
import type { CloseReason } from '../transport/transport.js'

/** What makes the errors of requests when the connection has ended for `end`: of each by its method, and whether it never left. */
export function closedBy({
  code,
  reason,
}: CloseReason): (method: string, isUnsent?: boolean) => RpcError {
  return (method, isUnsent) => {
    const what = isUnsent ? 'was not sent' : 'may or may not have run'
    return new RpcError(
      errorCodes.closed,
      `"${method}" ${what}: the connection closed (${code}${reason && `, ${reason}`})`,
      { method, delivery: isUnsent ? 'unsent' : 'unknown' },
    )
  }
}
