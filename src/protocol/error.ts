/** Every error code of the wire, by its stable name: JSON-RPC 2.0 section 5.1, LSP's cancellation, and our own. */
export const errorCodes = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  cancelled: -32800,
  timeout: -32050,
  closed: -32051,
  sessionLost: -32052,
  calleeLost: -32053,
  unavailable: -32054,
  busy: -32055,
  limitExceeded: -32056,
  unauthenticated: -32057,
  forbidden: -32058,
  rateLimited: -32059,
  lagged: -32060,
  encoding: -32061,
  protocol: -32062,
} as const

/** The stable name of an error code. */
export type Reason = keyof typeof errorCodes

/** Whether a request that failed had left this end, and whether the other end is known to have taken it. */
export type Delivery = 'unsent' | 'unknown' | 'accepted'

/** What an error carries beside its code and message. */
export interface ErrorDetails {
  readonly data?: unknown
  /** What to do about it. */
  readonly hint?: string | undefined
  /** The method that was called. */
  readonly method?: string | undefined
  readonly delivery?: Delivery | undefined
  /** True when the other end sent this error, false when this end made it. */
  readonly remote?: boolean
  /** What was caught. Stays in this process. */
  readonly cause?: unknown
}

/** An error object as JSON-RPC 2.0 section 5.1 has it. */
export interface ErrorObject {
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

/** The one error of this package: every failed call rejects with it, and a handler throws it to choose what its caller sees. */
export class RpcError extends Error {
  override readonly name: string = 'RpcError'
  readonly code: number
  readonly data: unknown
  readonly hint: string | undefined
  readonly method: string | undefined
  readonly delivery: Delivery | undefined
  readonly remote: boolean

  constructor(code: number, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.data = details.data
    this.hint = details.hint
    this.method = details.method
    this.delivery = details.delivery
    this.remote = details.remote ?? false
  }

  /** The stable name of the code, such as `"timeout"`, or `undefined` for an application's own code. */
  get reason(): Reason | undefined {
    return reasons.get(this.code)
  }

  /** `reason` itself where it is an RpcError, otherwise an `internal` error with its message, whatever was thrown. */
  static from(reason: unknown): RpcError {
    if (reason instanceof RpcError) return reason
    return new RpcError(errorCodes.internal, messageOf(reason), { cause: reason })
  }

  /** The error that arrived as `object`. */
  static fromWire(object: ErrorObject, method?: string): RpcError {
    const { code, message, data } = object
    const { hint, delivery } = named(data)
    return new RpcError(code, message, { data, hint, method, delivery, remote: true })
  }

  /** What goes on the wire: code, message and data; where there is no data, our own codes and hints are named in it. */
  toWire(): ErrorObject {
    const { code, message } = this
    const { data = this.#namedData() } = this
    return data === undefined ? { code, message } : { code, message, data }
  }

  #namedData(): unknown {
    const { code, hint, reason } = this
    const isOurs = code <= errorCodes.timeout && code >= errorCodes.protocol
    if (this.remote || (hint === undefined && !isOurs)) return undefined
    const { delivery } = this
    return { reason, ...(hint !== undefined && { hint }), ...(isOurs && delivery && { delivery }) }
  }
}

const reasons = new Map<number, Reason>(
  Object.entries(errorCodes).map(([reason, code]) => [code, reason as Reason]),
)

/**
 * What the caller is told when a handler threw `reason`. An application may use any code outside JSON-RPC's reserved
 * range and any code of the table; what lies between would claim a meaning the specification has not given it.
 */
export function answerable(reason: unknown, redact: boolean): RpcError {
  const error = RpcError.from(reason)
  if (reason === error && (error.remote || isUsable(error.code))) return error
  const message = redact ? 'Internal error' : error.message
  return new RpcError(errorCodes.internal, message, { cause: reason })
}

function isUsable(code: number): boolean {
  const isReserved = code >= -32768 && code <= -32100
  return Number.isSafeInteger(code) && (!isReserved || reasons.has(code))
}

function messageOf(reason: unknown): string {
  if (reason instanceof Error) return reason.message
  if (typeof reason === 'string') return reason
  return `${typeof reason === 'object' ? 'a value that is no Error' : String(reason)} was thrown`
}

/** What `data` of another end says in our words, if it does. */
function named(data: unknown): { hint?: string | undefined; delivery?: Delivery | undefined } {
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, 'reason')) return {}
  const { hint, delivery } = data as { hint: unknown; delivery: unknown }
  return {
    hint: typeof hint === 'string' ? hint : undefined,
    delivery: delivery === 'unsent' || delivery === 'unknown' || delivery === 'accepted' ? delivery : undefined,
  }
}
