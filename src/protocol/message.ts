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
  /** Milliseconds that its sender still waits for the answer. */
  readonly timeoutMs?: number
  readonly [name: string]: unknown
}

/** One member of a hub, as the hub names it to others. */
export interface Origin {
  readonly session: string
  readonly principal: string
  readonly name?: string
}

/** A message that has been looked at once: what it is, with its members read. */
export type Incoming = IncomingCallMessage | IncomingAnswer | Refused

/** What the other end asks or tells. */
export type IncomingCallMessage = IncomingRequest | IncomingNotification

export interface IncomingRequest {
  readonly kind: 'request'
  readonly id: Id
  readonly method: string
  readonly params: unknown
  readonly meta: Meta
}

export interface IncomingNotification {
  readonly kind: 'notification'
  readonly method: string
  readonly params: unknown
  readonly meta: Meta
}

/** What the other end answers. One that is `malformed` fails the request it is for, and is never answered itself. */
export type IncomingAnswer =
  | { readonly kind: 'result'; readonly id: Id; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: Id; readonly error: ErrorObject }
  | { readonly kind: 'malformed'; readonly id: Id; readonly what: string }

/** No message at all: answered with `invalidRequest`. */
export interface Refused {
  readonly kind: 'refused'
  readonly id: Id
  readonly what: string
  /** Whether it may be meant as an answer: it has no method either. */
  readonly mayAnswer: boolean
}

const noMeta: Meta = Object.freeze({})

/**
 * Looks at one parsed value and says what it is (JSON-RPC 2.0 sections 4 and 5). Members are read as own properties
 * only, so a polluted prototype or a `__proto__` member supplies nothing.
 */
export function classify(value: unknown, limits: Limits): Incoming {
  if (!isPlain(value)) return refused(null, 'a message is a JSON object')
  const method = own(value, 'method')
  const result = own(value, 'result')
  const error = own(value, 'error')
  const id = own(value, 'id')
  const isTwo = own(value, 'jsonrpc') === '2.0'
  const isAnswer = result !== undefined || error !== undefined
  if (method === undefined)
    return isAnswer
      ? answer(id as Id, isTwo, result, error)
      : refused(isId(id, limits) ? id : null, noMember, true)
  if (isAnswer) return refused(null, 'a message has a method, or a result or error, not both')
  if (id !== undefined && !isId(id, limits))
    return refused(null, 'an id is a string, a safe number or null')
  const params = own(value, 'params') ?? undefined
  const fault = callFault(isTwo, method, params, limits)
  if (fault !== undefined) return refused(id ?? null, fault)
  const meta = own(value, 'meta')
  const call = { method: method as string, params, meta: isPlain(meta) ? meta : noMeta }
  return id === undefined ? { kind: 'notification', ...call } : { kind: 'request', id, ...call }
}

/** Says what place `index` of a run is, which `first` begins: like that, but for its params or result and its id. */
export function following(first: Incoming, index: number, body: unknown): Incoming {
  const { kind } = first
  if (kind !== 'request' && kind !== 'result' && kind !== 'notification')
    return refused(null, noRun)
  const id = kind === 'notification' ? 0 : (first.id as number) + index
  if (!Number.isSafeInteger(id) || (kind !== 'notification' && first.id === null))
    return refused(null, noRun)
  if (kind === 'result') return { kind, id, result: body }
  if (typeof body !== 'object') return refused(kind === 'request' ? id : null, notParams)
  const { method, meta } = first
  const params = body ?? undefined
  return kind === 'request' ? { kind, id, method, params, meta } : { kind, method, params, meta }
}

const noRun =
  'a run begins with a request or a result whose id is a whole number, or with a notification'

const noMember = 'a message has a method, a result or an error'

function callFault(
  isTwo: boolean,
  method: unknown,
  params: unknown,
  limits: Limits,
): string | undefined {
  if (!isTwo) return notTwo
  if (typeof method !== 'string') return 'a method is a string'
  if (method.length > limits.method) return `a method has at most ${limits.method} characters`
  return params === undefined || typeof params === 'object' ? undefined : notParams
}

const notParams = 'params are an object or an array'

const notTwo = 'the member jsonrpc must be "2.0"'

function answer(id: Id = null, isTwo: boolean, result: unknown, error: unknown): IncomingAnswer {
  if (!isTwo) return { kind: 'malformed', id, what: notTwo }
  // A null error beside a result is how JSON-RPC 1.0 says "no error"; some servers still write both.
  if (result !== undefined && (error ?? null) === null) return { kind: 'result', id, result }
  if (result === undefined && isErrorObject(error)) return { kind: 'error', id, error }
  return {
    kind: 'malformed',
    id,
    what: 'it has a result, or an error with an integer code and a message',
  }
}

/** Whether `value` may be kept as an id. Numbers that JSON cannot give back as they came are not. */
export function isId(value: unknown, limits: Limits): value is Id {
  if (typeof value === 'string') return value.length <= limits.id
  return value === null || (typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER)
}

/** Whether `value` is an error as JSON-RPC 2.0 section 5.1 has it. */
export function isErrorObject(value: unknown): value is ErrorObject {
  return (
    isPlain(value) &&
    Number.isSafeInteger(own(value, 'code')) &&
    typeof own(value, 'message') === 'string'
  )
}

/** The own members of whatever arrived: a polluted prototype says nothing. */
export function membersOf(value: unknown): Record<string, unknown> {
  return Object.assign(Object.create(null), value)
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member of what JSON text said, which never says undefined. */
function own(value: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined
}

function refused(id: Id, what: string, mayAnswer = false): Refused {
  return { kind: 'refused', id, what, mayAnswer }
}
