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

/** One difference between what stubs say and what the other end says. */
export interface Change {
  /** Where, such as `get.result.total`. */
  readonly path: string
  /** What the stubs say there; nothing where they do not have it. */
  readonly was?: string | undefined
  /** What the other end says there; nothing where it does not have it. */
  readonly now?: string | undefined
}

/** How the other end differs from the stubs that a call was made with. */
export interface Drift {
  /** The contract of the stubs. */
  readonly contract: string
  /** The version of the stubs. */
  readonly ours: string
  /** The version that the other end speaks. */
  readonly theirs: string
  readonly changes: readonly Change[]
  /** How many more changes there are. */
  readonly omitted: number
}

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
  /** What changed at the other end, where that is why a call through a contract failed. Stays in this process. */
  readonly drift?: Drift | undefined
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
  declare readonly data: unknown
  declare readonly hint: string | undefined
  declare readonly method: string | undefined
  declare readonly delivery: Delivery | undefined
  declare readonly drift: Drift | undefined
  readonly remote: boolean = false

  constructor(code: number, message: string, { cause, ...details }: ErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    Object.assign(this, details)
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
  static fromWire({ code, message, data }: ErrorObject, method?: string): RpcError {
    return new RpcError(code, message, {
      ...named(code, data),
      data,
      method,
      remote: true,
    })
  }

  /** What goes on the wire: code, message and data, in which our own codes, and hints, are named. */
  toWire(): ErrorObject {
    const { code, message, reason, hint, delivery, data } = this
    // What came from elsewhere, or has no names of its own, is passed on as it is. JSON leaves out what is undefined.
    const isNameable = typeof (data ?? {}) === 'object' && !Array.isArray(data)
    const isNamed = isNameable && !this.remote && (isOurs(code) || hint !== undefined)
    return { code, message, data: isNamed ? { reason, hint, delivery, ...(data as object) } : data }
  }
}

const reasons = new Map<number, Reason>(
  Object.entries(errorCodes).map(([reason, code]) => [code, reason as Reason]),
)

/**
 * What the caller is told when a handler threw `reason`. An application may use any code outside JSON-RPC's reserved
 * range and any code of the table; what lies between would claim a meaning the specification has not given it. A gateway,
 * which made the same call elsewhere, passes on what it was answered as it is.
 */
export function answerable(reason: unknown, redact: boolean, isGateway = false): RpcError {
  const error = RpcError.from(reason)
  if (reason === error && (error.remote || isUsable(error.code)))
    return isGateway ? error : withoutDelivery(error)
  const message = redact ? 'Internal error' : error.message
  return new RpcError(errorCodes.internal, message, { cause: reason })
}

/** An error of a call that the handler made itself: whether that one ran says nothing of the call that is answered. */
function withoutDelivery(error: RpcError): RpcError {
  const { code, message, data, hint, method, delivery, remote } = error
  if (method === undefined || delivery === undefined) return error
  // What arrived says it in its data too.
  const kept = remote ? { ...(data as object), delivery: undefined } : data
  return new RpcError(code, message, { data: kept, hint, remote, cause: error })
}

function isOurs(code: number): boolean {
  return code <= errorCodes.timeout && code >= errorCodes.protocol
}

function isUsable(code: number): boolean {
  const isReserved = code >= -32768 && code <= -32100
  return Number.isSafeInteger(code) && (!isReserved || reasons.has(code))
}

function messageOf(reason: unknown): string {
  try {
    if (reason instanceof Error) return String(reason.message)
    if (Object(reason) !== reason) return String(reason)
  } catch {
    // Whatever its message does when it is read, its caller is answered.
  }
  return 'a handler threw no Error'
}

/** What `data` of another end says in our words, if it does: whether the handler ran is only known to what has our codes. */
function named(code: number, data: unknown): ErrorDetails {
  if (typeof data !== 'object' || data === null) return {}
  const { hint, delivery } = data as Record<string, unknown>
  return {
    ...(typeof hint === 'string' && { hint }),
    ...(isOurs(code) && isDelivery(delivery) && { delivery }),
  }
}

function isDelivery(value: unknown): value is Delivery {
  return value === 'unsent' || value === 'unknown' || value === 'accepted'
}
