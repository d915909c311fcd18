import type { Dialect, Speaker, Wording } from '../protocol/dialect.js'
import { type ErrorObject, errorCodes, RpcError } from '../protocol/error.js'
import type { Id, Meta } from '../protocol/message.js'
import { reserved } from '../protocol/reserved.js'
import { isObject, type Members } from './own.js'

/** What this end says: data, parsed from the JSON that JSON-RPC 2.0 would have carried. */
export type Said =
  | {
      readonly kind: 'request'
      readonly id: number
      readonly method: string
      readonly params: unknown
      readonly meta: Meta | undefined
      /** Whether its progress is wanted. */
      readonly isFollowed: boolean
    }
  | {
      readonly kind: 'notification'
      readonly method: string
      readonly params: unknown
      readonly meta: Meta | undefined
    }
  | { readonly kind: 'result'; readonly id: Id; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: Id; readonly error: ErrorObject }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'progress'; readonly id: Id; readonly value: unknown }

/** Reads and writes the messages of one conversation. */
export interface Translator {
  /**
   * The JSON-RPC 2.0 message that `value` stands for. It is checked afterwards, so it need not be valid. Throws
   * `invalidRequest` for what stands for none.
   */
  read(value: Members): unknown
  /** The value that says it; undefined for nothing. Throws an `RpcError` for what cannot be said, but for an error never. */
  write(said: Said): unknown
}

/** Makes a dialect of a pair of functions. `begin` is called for each connection, so what it keeps is of that one. */
export function dialect(name: string, begin: (end: Speaker) => Translator): Dialect {
  return dialectOf(name, (end) => wordingOf(name, begin(end)))
}

/** A dialect, which has no hello. */
export function dialectOf(name: string, begin: (end: Speaker) => Wording): Dialect {
  return {
    name,
    begin: (end) => {
      if (end.saysHello) throw noHello(name)
      return begin(end)
    },
  }
}

/** `value`, which a message of a dialect must be. */
export function objectIn(value: unknown): Members {
  if (isObject(value)) return value
  throw invalid('a message is a JSON object')
}

function noHello(name: string): RpcError {
  return new RpcError(errorCodes.invalidRequest, `hello: the dialect "${name}" has no rpc.hello`, {
    hint: 'leave out hello, or the dialect',
  })
}

function wordingOf(name: string, translator: Translator): Wording {
  const say = (said: Said) => {
    const value = translator.write(said)
    return value === undefined ? '' : JSON.stringify(value)
  }
  return {
    read: (value) => translator.read(objectIn(value)),
    request: (id, method, params, meta, isFollowed) => {
      if (method === reserved.stream) throw noStream(name, params)
      return say({ kind: 'request', id, method, ...parsed(params, meta), isFollowed })
    },
    notification: (method, params, meta) =>
      method === reserved.cancel
        ? say({ kind: 'cancel', id: JSON.parse(params).id })
        : say({ kind: 'notification', method, ...parsed(params, meta) }),
    result: (id, result) => say({ kind: 'result', id, result: JSON.parse(result) }),
    error: (id, error) => say({ kind: 'error', id, error: error.toWire() }),
    progress: (id, params) => say({ kind: 'progress', id, value: JSON.parse(params).value }),
  }
}

function parsed(params: string, meta: string): { params: unknown; meta: Meta | undefined } {
  return { params: given(params), meta: given(meta) as Meta | undefined }
}

function given(text: string): unknown {
  return text === '' ? undefined : JSON.parse(text)
}

/** The error for asking for a stream; `params` are those of `rpc.stream`. */
export function noStream(name: string, params: string): RpcError {
  return unsayable(name, JSON.parse(params).method, 'has no streams', 'use request')
}

/** The error for what a dialect has no words for. */
export function unsayable(name: string, method: string, what: string, hint?: string): RpcError {
  const message = `"${method}" was not sent: the dialect "${name}" ${what}`
  return new RpcError(errorCodes.unavailable, message, { method, delivery: 'unsent', hint })
}

/** The error for a message that breaks the rules of a dialect. */
export function invalid(what: string): RpcError {
  return new RpcError(errorCodes.invalidRequest, `invalid request: ${what}`)
}
