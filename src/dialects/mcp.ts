import type { Dialect, Speaker, Wording } from '../protocol/dialect.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import type { Id } from '../protocol/message.js'
import { reserved } from '../protocol/reserved.js'
import { dialectOf, unsayable } from './dialect.js'
import { isKept, isObject, type Members, membersOf } from './own.js'
import { type Table, tableWording } from './table.js'

const name = 'mcp'

/**
 * The Model Context Protocol. Cancels by `notifications/cancelled`, and never answers what was cancelled. `onProgress` asks
 * for progress by `_meta.progressToken` and is told `{ progress, total?, message? }`; `context.progress` takes that, or a
 * number, and goes nowhere where the caller did not ask. `meta` travels as `params._meta`. Params are by name only.
 */
export const mcp: Dialect = dialectOf(name, (end) => new Conversation(end))

/** Messages are JSON-RPC 2.0's but for these. */
const table: Table = {
  name,
  version: 'required',
  ids: { what: 'a string or an integer', are: isToken },
  cancel: { method: 'notifications/cancelled', id: 'requestId' },
  answersCancelled: false,
}

class Conversation implements Wording {
  readonly #words: Wording
  /** The tokens by which callers of this end want to be told how far their requests are. */
  readonly #tokens = new Map<Id, unknown>()
  /** The one request that must not be cancelled. */
  #initialize: number | undefined

  constructor(end: Speaker) {
    this.#words = tableWording(table, end)
  }

  read(value: unknown): unknown {
    const message = this.#words.read(value)
    const { method, id, params } = membersOf(message)
    if (method === progressed && id === undefined) return progressIn(params)
    if (method === undefined || !isObject(params) || !Object.hasOwn(params, '_meta')) return message
    const { _meta: meta, ...rest } = params
    const { progressToken } = membersOf(meta)
    if (isKept(id) && isToken(progressToken)) this.#tokens.set(id, progressToken)
    return { ...membersOf(message), params: rest, meta }
  }

  request(id: number, method: string, params: string, meta: string, isFollowed: boolean): string {
    if (method === 'initialize') this.#initialize = id
    const token = isFollowed ? { progressToken: id } : undefined
    return this.#words.request(id, method, withMeta(method, params, meta, token), '', false)
  }

  notification(method: string, params: string, meta: string): string {
    if (method === reserved.cancel && JSON.parse(params).id === this.#initialize) return ''
    return this.#words.notification(method, withMeta(method, params, meta), '')
  }

  result(id: Id, result: string): string {
    this.#tokens.delete(id)
    return this.#words.result(id, result)
  }

  error(id: Id, error: RpcError): string {
    this.#tokens.delete(id)
    return this.#words.error(id, error)
  }

  progress(id: Id, params: string): string {
    const progressToken = this.#tokens.get(id)
    const { value } = JSON.parse(params)
    const told = typeof value === 'number' ? { progress: value } : value
    if (typeof membersOf(told)['progress'] !== 'number') throw noProgress()
    if (progressToken === undefined) return ''
    return this.#words.notification(progressed, JSON.stringify({ ...told, progressToken }), '')
  }
}

const progressed = 'notifications/progress'

function isToken(value: unknown): value is string | number {
  return typeof value === 'string' || Number.isSafeInteger(value)
}

function progressIn(params: unknown): Members {
  const { progressToken: token, ...value } = membersOf(params)
  return { jsonrpc: '2.0', method: reserved.progress, params: { token, value } }
}

/** Params with what travels beside them inside. */
function withMeta(method: string, params: string, meta: string, token?: Members): string {
  if (meta === '' && token === undefined && !params.startsWith('[')) return params
  const given = params === '' ? {} : JSON.parse(params)
  if (Array.isArray(given)) throw unsayable(name, method, 'has params by name only')
  const beside = { ...given._meta, ...(meta && JSON.parse(meta)), ...token }
  return JSON.stringify(meta === '' && token === undefined ? given : { ...given, _meta: beside })
}

function noProgress(): RpcError {
  return new RpcError(
    errorCodes.encoding,
    'progress was not sent: in the dialect "mcp" it is a number, or an object with the number "progress"',
  )
}
