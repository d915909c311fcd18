import { type ErrorDetails, errorCodes, RpcError } from './error.js'

/** The bounds of one peer: numbers of 0 or more. Each has a default, is an option, and an error that names it. */
export interface Limits {
  /** Bytes of one message or frame, in and out. Default 1 MiB. */
  readonly message: number
  /** Levels of arrays and objects in one message, its envelope counted as one. Default 64, at most 1,000. */
  readonly nesting: number
  /** Entries of one JSON-RPC batch. Default 100. */
  readonly batch: number
  /** Characters of a method name. Default 256. */
  readonly method: number
  /** Characters of a string id. Default 256. */
  readonly id: number
  /** Requests of the other end that are being handled at once. Default 1,024. */
  readonly inbound: number
  /** Calls of one method that wait for their turn, where its schedule has them wait. Default 1,024. */
  readonly waiting: number
  /** Requests of this end that wait for an answer, the ones not sent yet included. Default 4,096. */
  readonly outbound: number
  /** Bytes that wait to leave before `notify` refuses, and before no further request is taken in. Default 1 MiB. */
  readonly unsent: number
  /** Bytes of messages that wait to be taken in meanwhile, before the connection closes. Default 16 MiB. */
  readonly held: number
  /** Items of one stream that arrived and were not read, before its writer waits. Default 4,096. */
  readonly streamItems: number
  /** Characters of such items, as JSON. Default 262,144. One longer item is let through by itself. */
  readonly streamCharacters: number
  /** Messages in `invalidPeriod` that are no JSON-RPC before the connection closes. Default 20. */
  readonly invalid: number
  /** Milliseconds over which `invalid` is counted. Default 10,000. */
  readonly invalidPeriod: number
  /** Milliseconds to wait for the answer to `rpc.hello`. Default 5,000. */
  readonly hello: number
  /** Milliseconds that unsent bytes may stand still at the limit before the connection closes. Default 10,000. */
  readonly stall: number
  /**
   * Milliseconds without a word, while an answer is waited for, before the connection closes; the other end is asked before.
   * Default 60,000; Infinity for an end that computes longer than that without a turn of its event loop.
   */
  readonly silence: number
}

export const defaultLimits: Limits = {
  message: 1_048_576,
  nesting: 64,
  batch: 100,
  method: 256,
  id: 256,
  inbound: 1_024,
  waiting: 1_024,
  outbound: 4_096,
  unsent: 1_048_576,
  held: 16_777_216,
  streamItems: 4_096,
  streamCharacters: 262_144,
  invalid: 20,
  invalidPeriod: 10_000,
  hello: 5_000,
  stall: 10_000,
  silence: 60_000,
}

/** Levels that can be walked wherever the stack stands. */
const deepest = 1_000

/** The limits that `options` ask for, the defaults for the rest. Throws where one of them, or the timeout, is no bound. */
export function limitsOf({
  limits = {},
  timeout,
}: {
  readonly limits?: Partial<Limits> | undefined
  readonly timeout?: number | undefined
}): Limits {
  checkAmount('timeout', timeout)
  const given = Object.entries(limits).filter(([, value]) => value !== undefined)
  for (const [name, value] of given) {
    if (!Object.hasOwn(defaultLimits, name)) throw noLimit(name)
    checkAmount(`limits.${name}`, value, name === 'nesting' ? deepest : undefined)
  }
  return { ...defaultLimits, ...Object.fromEntries(given) }
}

/** Throws where `value`, given as the option `name`, is neither left out nor a number from 0 to `most`. */
export function checkAmount(
  name: string,
  value: unknown,
  most = Number.POSITIVE_INFINITY,
  details: ErrorDetails = {},
): void {
  // NaN is in no range.
  if (value === undefined || (typeof value === 'number' && value >= 0 && value <= most)) return
  const range = most < Number.POSITIVE_INFINITY ? `from 0 to ${most}` : 'of 0 or more'
  const what = typeof value === 'string' ? JSON.stringify(value) : String(value)
  throw new RpcError(
    errorCodes.invalidRequest,
    `${name} is ${what}: it must be a number ${range}`,
    details,
  )
}

function noLimit(name: string): RpcError {
  return new RpcError(errorCodes.invalidRequest, `limits.${name}: there is no such limit`, {
    hint: `the limits are ${Object.keys(defaultLimits).join(', ')}`,
  })
}

/** Messages in one frame, and characters of one frame, before it is closed and sent: see docs/decisions/010. */
export const frameMessages = 128
export const frameCharacters = 16_384

/** Batches of this end without any answer that are kept in mind, once their calls were given up. */
export const unansweredBatches = 100

/**
 * What a call that failed for another contract at the other end costs: milliseconds to wait for what that describes, for
 * how many its answer counts, places that are compared, and changes that are told.
 */
export const driftWait = 1_000
export const driftPeriod = 10_000
export const driftPlaces = 10_000
export const driftChanges = 5

/** Characters of the name of a service. */
export const serviceName = 255

/**
 * The error for what is over a limit: it names the limit, its value and the size that was too much. `what` is a sentence
 * that goes on with "over the limit".
 */
export function overLimit(
  what: string,
  limit: keyof Limits,
  value: number,
  details: ErrorDetails & { readonly size?: number; readonly code?: number } = {},
): RpcError {
  const { size, code = errorCodes.limitExceeded, ...rest } = details
  return new RpcError(code, `${what} over the limit "${limit}" of ${value}`, {
    data: { reason: 'limitExceeded', limit, value, size },
    ...rest,
  })
}
