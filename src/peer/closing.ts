import { errorCodes, RpcError } from '../protocol/error.js'
import type { CloseReason } from '../transport/transport.js'

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
