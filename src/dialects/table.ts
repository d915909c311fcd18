import type { Dialect, Speaker, Wording } from '../protocol/dialect.js'
import type { Id } from '../protocol/message.js'
import { reserved } from '../protocol/reserved.js'
import { dialectOf, invalid, noStream, objectIn, unsayable } from './dialect.js'
import { isKept, type Members, membersOf, pick } from './own.js'

/** In what a dialect that is nearly JSON-RPC 2.0 differs from it. */
export interface Table {
  readonly name: string
  /** Whether what arrives has `"jsonrpc":"2.0"`. Where it is forbidden, nothing leaves with it. */
  readonly version: 'required' | 'optional' | 'forbidden'
  /** Which ids a request may have. Default: all that JSON-RPC 2.0 allows. */
  readonly ids?: { readonly what: string; readonly are: (id: unknown) => boolean }
  /** The notification that cancels a request, and the member of its params that has the id. Default: none. */
  readonly cancel?: { readonly method: string; readonly id: string }
  /** Whether a request that was cancelled is answered. Default true. */
  readonly answersCancelled?: boolean
  /** Members beside method and params that travel as `meta`, and go back with an answer. Default: none. */
  readonly members?: readonly string[]
  /** Whether an error without id is about the one request that waits. Default false. */
  readonly blamesOnly?: boolean
}

/** Makes a dialect of what differs from JSON-RPC 2.0. */
export function tableDialect(table: Table): Dialect {
  return dialectOf(table.name, (end) => tableWording(table, end))
}

/** One conversation in the dialect of `table`. */
export function tableWording(table: Table, end: Speaker): Wording {
  const open = new OpenRequests(table)
  const say = (members: string) =>
    table.version === 'forbidden' ? `{${members}}` : `{"jsonrpc":"2.0",${members}}`
  const call = (method: string, params: string, meta: string) =>
    `"method":${JSON.stringify(method)}${params && `,"params":${params}`}${beside(table, method, meta)}`
  const answer = (id: Id, outcome: string) => {
    const extra = open.answered(id)
    return extra === undefined ? '' : say(`${idMember(table, id)}${outcome}${extra}`)
  }
  return {
    read: (value) => readMessage(table, open, objectIn(value), end),
    request: (id, method, params, meta) => {
      if (method === reserved.stream) throw noStream(table.name, params)
      return say(`"id":${id},${call(method, params, meta)}`)
    },
    notification: (method, params, meta) => {
      if (method !== reserved.cancel) return say(call(method, params, meta))
      const { cancel } = table
      return cancel ? say(call(cancel.method, `{"${cancel.id}":${JSON.parse(params).id}}`, '')) : ''
    },
    result: (id, result) => answer(id, `"result":${result}`),
    error: (id, error) => answer(id, `"error":${JSON.stringify(error.toWire())}`),
    // How far a request is, these dialects leave to the application: see each.
    progress: () => '',
  }
}

function idMember({ version }: Table, id: Id): string {
  // What has no version has no id null either: an error about no request has no id at all.
  return version === 'forbidden' && id === null ? '' : `"id":${JSON.stringify(id)},`
}

/** The members that `meta` asks for. Throws for what the dialect does not carry. */
function beside({ name, members = [] }: Table, method: string, meta: string): string {
  if (meta === '') return ''
  const given = JSON.parse(meta) as Members
  const other = Object.keys(given).find((key) => !members.includes(key))
  if (other !== undefined) throw unsayable(name, method, `carries no meta "${other}"`)
  return inner(given)
}

/** The members of `value` as text, to go behind others. */
function inner(value: Members): string {
  const text = JSON.stringify(value).slice(1, -1)
  return text && `,${text}`
}

function readMessage(table: Table, open: OpenRequests, value: Members, end: Speaker): Members {
  const { method, params, id, error } = membersOf(value)
  const message = { ...value, jsonrpc: versionOf(table, value, method) }
  if (method === undefined) {
    const isBlame = table.blamesOnly && error !== undefined && (id ?? null) === null
    return isBlame ? { ...message, id: onlyOf(end) } : message
  }
  const { cancel, ids, members } = table
  if (id !== undefined && ids && !ids.are(id)) throw invalid(`an id is ${ids.what}`)
  if (method === cancel?.method && id === undefined)
    return open.cancelled(membersOf(params)[cancel.id])
  const meta = members && pick(value, members)
  if (id !== undefined) open.asked(id, meta)
  return members ? { ...message, meta } : message
}

/** The id of the one request that waits; null where there is none, or more. */
function onlyOf(end: Speaker): Id {
  const [first, second] = end.waiting()
  return second === undefined ? (first?.id ?? null) : null
}

/** The member `jsonrpc` as JSON-RPC 2.0 would have it. */
function versionOf({ version }: Table, value: Members, method: unknown): unknown {
  const has = Object.hasOwn(value, 'jsonrpc')
  if (version === 'optional' && !has) return '2.0'
  if (version !== 'forbidden') return has ? value['jsonrpc'] : undefined
  // An answer with it is still the answer somebody waits for.
  if (has && method !== undefined) throw invalid('a message has no member jsonrpc')
  return '2.0'
}

/** The requests of the other end, for as long as what their answer looks like depends on them. */
class OpenRequests {
  readonly #table: Table
  readonly #extras = new Map<unknown, string>()
  readonly #cancelled = new Set<unknown>()

  constructor(table: Table) {
    this.#table = table
  }

  asked(id: unknown, meta: Members | undefined): void {
    const { answersCancelled = true } = this.#table
    if (isKept(id) && (meta || !answersCancelled)) this.#extras.set(id, meta ? inner(meta) : '')
  }

  /** The cancellation of request `id` as JSON-RPC 2.0 would have it. */
  cancelled(id: unknown): Members {
    if (this.#table.answersCancelled === false && this.#extras.has(id)) this.#cancelled.add(id)
    return { jsonrpc: '2.0', method: reserved.cancel, params: { id } }
  }

  /** What goes beside the answer to request `id`, undefined where it is not answered. */
  answered(id: Id): string | undefined {
    const extra = this.#extras.get(id) ?? ''
    this.#extras.delete(id)
    return this.#cancelled.delete(id) ? undefined : extra
  }
}
