import type { Dialect } from '../protocol/dialect.js'
import type { ErrorObject } from '../protocol/error.js'
import { errorCodes } from '../protocol/error.js'
import { isErrorObject } from '../protocol/message.js'
import { dialect, type Said, unsayable } from './dialect.js'
import { type Members, membersOf } from './own.js'

const name = 'jsonRpc1'

/**
 * JSON-RPC 1.0, as Open vSwitch's database (RFC 7047) speaks it: params by position only, `result` and `error` in every
 * answer, one of them null, and notifications with id null. An error that is no object with code and message rejects with
 * −32603, and is in its `data`. There is neither cancelling nor progress. A liveness probe (`echo`) is answered by
 * `peer.handle('echo', (params) => params)`.
 */
export const jsonRpc1: Dialect = dialect(name, () => ({ read, write }))

function read(value: Members): unknown {
  const { method, id, params, result, error } = membersOf(value)
  const message = { jsonrpc: '2.0', id }
  if (method !== undefined) return { ...message, method, params, id: id ?? undefined }
  if ((error ?? null) !== null) return { ...message, error: errorIn(error) }
  // Nothing beside an error that is null is an answer; without either there is none.
  return result === undefined && error === undefined
    ? message
    : { ...message, result: result ?? null }
}

function errorIn(error: unknown): ErrorObject {
  if (isErrorObject(error)) return error
  const { error: word, message } = membersOf(error)
  const text = [error, word, message].find((part) => typeof part === 'string')
  return { code: errorCodes.internal, message: String(text ?? 'it failed'), data: error }
}

function write(said: Said): Members | undefined {
  switch (said.kind) {
    case 'request':
      return { id: said.id, ...call(said) }
    case 'notification':
      return { id: null, ...call(said) }
    case 'result':
      return { id: said.id, result: said.result, error: null }
    case 'error':
      return { id: said.id, result: null, error: said.error }
    default:
      return undefined
  }
}

function call({ method, params = [], meta }: Extract<Said, { method: string }>): Members {
  if (meta !== undefined) throw unsayable(name, method, 'carries no meta')
  if (!Array.isArray(params)) throw unsayable(name, method, 'has params by position only')
  return { method, params }
}
