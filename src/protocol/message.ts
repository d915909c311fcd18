import type { ErrorObject } from './error.js'
import type { Limits } from './limits.js'

/** A request id: JSON-RPC 2.0 section 4. `null` is a legal id and is answered with `null`. */
export type Id = string | number | null

/** Params as JSON-RPC has them: by name or by position. */
export type Params = object | readonly unknown[]

/** What travels beside a message once both ends have said hello. */
export interface Meta {
  /** Who sent it, as stamped by a hub. Whatever a client claims here is replaced. */
  readonly from?: Origin
  /** Whom a hub shall hand it to: the `session` of an `Origin` it stamped before. */
  readonly to?: string
  readonly [name: string]: unknown
}

/** One member of a hub, as the hub names it to others. */
export interface Origin {
  readonly session: string
  readonly principal: string
  readonly name?: string
}

/** A message that has been looked at once: what it is, with its members read. */
export type Incoming =
  | {
      readonly kind: 'request'
      readonly id: Id
      readonly method: string
      readonly params: unknown
      readonly meta: Meta
    }
  | {
      readonly kind: 'notification'
      readonly method: string
      readonly params: unknown
      readonly meta: Meta
    }
  | { readonly kind: 'result'; readonly id: Id; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: Id; readonly error: ErrorObject }
  | { readonly kind: 'malformed'; readonly id: Id; readonly what: string }
  | { readonly kind: 'request-malformed'; readonly id: Id; readonly what: string }

const noMeta: Meta = Object.freeze({})

/**
 * Looks at one parsed value and says what it is (JSON-RPC 2.0 sections 4 and 5). Members are read as own properties
 * only, so a polluted prototype or a `__proto__` member supplies nothing.
 */
export function classify(value: unknown, limits: Limits): Incoming {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refusal(null, 'a message is a JSON object')
  }
  const message = value as Record<string, unknown>
  return Object.hasOwn(message, 'method') ? classifyCall(message, limits) : classifyAnswer(message)
}

function classifyCall(message: Record<string, unknown>, limits: Limits): Incoming {
  if (Object.hasOwn(message, 'result') || Object.hasOwn(message, 'error')) {
    return refusal(null, 'a message has a method, or a result or error, not both')
  }
  const asked = Object.hasOwn(message, 'id')
  const id = asked ? message['id'] : null
  if (!isId(id, limits)) return refusal(null, 'an id is a string, a safe number or null')
  const { method } = message
  if (!is2(message)) return refusal(id, 'the member jsonrpc must be "2.0"')
  if (typeof method !== 'string') return refusal(id, 'a method is a string')
  if (method.length > limits.method) {
    return refusal(
      id,
      `a method of ${method.length} characters is over the limit of ${limits.method}`,
    )
  }
  const params = Object.hasOwn(message, 'params') ? (message['params'] ?? undefined) : undefined
  if (params !== undefined && typeof params !== 'object')
    return refusal(id, 'params are an object or an array')
  const meta = Object.hasOwn(message, 'meta') ? metaIn(message['meta']) : noMeta
  return asked
    ? { kind: 'request', id, method, params, meta }
    : { kind: 'notification', method, params, meta }
}

function classifyAnswer(message: Record<string, unknown>): Incoming {
  const succeeded = Object.hasOwn(message, 'result')
  const failed = Object.hasOwn(message, 'error')
  const id = Object.hasOwn(message, 'id') ? (message['id'] as Id) : null
  if (!succeeded && !failed) {
    // With an id alone it is more likely a request whose method was forgotten than an answer; saying so ends nothing.
    return refusal(isPlainId(id) ? id : null, 'a message has a method, a result or an error')
  }
  const { error } = message
  // A null error beside a result is how JSON-RPC 1.0 says "no error"; some servers still write both.
  if (!is2(message)) return malformed(id, 'the member jsonrpc must be "2.0"')
  if (succeeded && (!failed || error === null))
    return { kind: 'result', id, result: message['result'] }
  if (succeeded) return malformed(id, 'a response has a result or an error, not both')
  if (!isErrorObject(error)) return malformed(id, 'an error has an integer code and a message')
  return { kind: 'error', id, error }
}

/** Whether `value` may be kept as an id. Numbers that JSON cannot give back as they came are not. */
export function isId(value: unknown, limits: Limits): value is Id {
  if (typeof value === 'string') return value.length <= limits.id
  return isPlainId(value)
}

function isPlainId(value: unknown): value is Id {
  if (typeof value === 'number')
    return Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER
  return value === null || (typeof value === 'string' && value.length <= 256)
}

function isErrorObject(value: unknown): value is ErrorObject {
  if (typeof value !== 'object' || value === null) return false
  const { code, message } = value as Record<string, unknown>
  return Number.isSafeInteger(code) && typeof message === 'string'
}

function is2(message: Record<string, unknown>): boolean {
  return Object.hasOwn(message, 'jsonrpc') && message['jsonrpc'] === '2.0'
}

function metaIn(value: unknown): Meta {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Meta)
    : noMeta
}

function refusal(id: Id, what: string): Incoming {
  return { kind: 'request-malformed', id, what }
}

/** A bad answer is never answered: two peers would send errors to and fro for ever. */
function malformed(id: Id, what: string): Incoming {
  return { kind: 'malformed', id, what }
}
