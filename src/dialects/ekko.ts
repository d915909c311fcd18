import type { Dialect } from '../protocol/dialect.js'
import { type ErrorObject, errorCodes } from '../protocol/error.js'
import type { Id } from '../protocol/message.js'
import { dialect, invalid, type Said, type Translator, unsayable } from './dialect.js'
import { isKept, isObject, type Members, membersOf } from './own.js'
import { timeOfDay } from './time-of-day.js'
import { Uuids } from './uuid.js'

const name = 'ekko'

/**
 * The IPC of EkkoJS, over a unix socket or a pipe framed by `lengthPrefix`, little-endian. A request is an action, with its
 * arguments by position: none are null, and one is itself, also a list, of which `metadata` tells that it is one. A notification
 * is an event of the channel of that name. What is in `meta` is `metadata`, but for `meta.channel`, the channel of a request:
 * "default" unless given. Channels are subscribed to by notifications `ekko.subscribe` and `ekko.unsubscribe` of `{ channel }`,
 * both ways. Pings are answered; `ekko.ping` is one.
 */
export const ekko: Dialect = dialect(name, () => new Conversation())

class Conversation implements Translator {
  readonly #uuids = new Uuids()
  /** What the answer to each request of the other end has beside it. */
  readonly #open = new Map<unknown, Members>()

  read(value: Members): unknown {
    const message = membersOf(value)
    const { type: said } = message
    const type = typeof said === 'string' ? said.toLowerCase() : undefined
    switch (type) {
      case 'request':
        return this.#asked(message)
      case 'ping':
        return this.#pinged(message)
      case 'response':
      case 'pong':
        return this.#answered(message)
      case 'event':
        return happened(message)
      case 'subscribe':
      case 'unsubscribe':
        return { ...version, method: `ekko.${type}`, params: { channel: message['channel'] } }
      default:
        throw invalid('a message of EkkoJS has a type')
    }
  }

  write(said: Said): Members | undefined {
    switch (said.kind) {
      case 'request':
        return asking(this.#uuids.of(said.id), said)
      case 'notification':
        return stamped(this.#uuids.next(), telling(said))
      case 'result':
        return this.#answering(said.id, { data: said.result })
      case 'error':
        return this.#answering(said.id, { error: inWords(said.error) })
      default:
        return undefined
    }
  }

  #asked({ messageId, correlationId, channel, action, data, metadata }: Members): Members {
    this.#keep(correlationId, { messageId, type: 'response', channel: channel ?? '', action })
    const { [argumentCount]: count, ...meta } = membersOf(metadata)
    // Nobody waits for the answer to what has no correlation.
    const id = correlationId ?? undefined
    const params = argumentsOf(data, count)
    return { ...version, id, method: action, params, meta: { ...meta, channel } }
  }

  /** Nobody handles it, and whatever comes of that is written as a pong. */
  #pinged({ messageId }: Members): Members {
    this.#keep(messageId, { messageId: this.#uuids.next(), type: 'pong', channel: '' })
    return { ...version, id: messageId ?? undefined, method: ping }
  }

  #keep(id: unknown, beside: Members): void {
    if (isKept(id)) this.#open.set(id, beside)
  }

  #answered({ messageId, correlationId, data, error }: Members): Members {
    const id = this.#uuids.numberOf(correlationId ?? messageId)
    return (error ?? null) === null
      ? { ...version, id, result: data ?? null }
      : { ...version, id, error: inNumbers(membersOf(error)) }
  }

  #answering(id: Id, outcome: Members): Members {
    const { messageId = this.#uuids.next(), ...beside } = this.#open.get(id) ?? unasked
    this.#open.delete(id)
    const said = beside['type'] === 'pong' ? {} : outcome
    return stamped(messageId, { ...beside, ...said, correlationId: id })
  }
}

const version = { jsonrpc: '2.0' }

const ping = 'ekko.ping'

/**
 * A member of `metadata`, which EkkoJS leaves to applications: how many arguments the data is, where it would be taken for
 * another number, as one argument that is a list has the same data as several.
 */
const argumentCount = 'rpc.arguments'

/** Beside the answer to what could not be read. */
const unasked: Members = { type: 'response', channel: '' }

function happened({ channel, data, metadata }: Members): Members {
  const { [argumentCount]: count = 1, ...meta } = membersOf(metadata)
  // An event carries one value, which may be an array, unless it says otherwise.
  const params = isObject(data) ? data : argumentsOf(data, count)
  return { ...version, method: channel, params, meta }
}

function asking(id: string, { method, params, meta }: Extract<Said, { kind: 'request' }>): Members {
  if (method === ping) return stamped(id, { type: 'ping', channel: '' })
  const { channel = 'default', ...metadata } = meta ?? {}
  return stamped(id, {
    type: 'request',
    channel,
    action: method,
    data: dataOf(params),
    // What answers by one id and what answers by the other are both understood.
    correlationId: id,
    metadata: metadataOf(metadata, params, false),
  })
}

function telling({ method, params, meta }: Extract<Said, { kind: 'notification' }>): Members {
  const [, type] = /^ekko\.((?:un)?subscribe)$/.exec(method) ?? []
  if (type === undefined) {
    const metadata = metadataOf(meta, params, true)
    return { type: 'event', channel: method, data: dataOf(params), metadata }
  }
  const { channel } = membersOf(params)
  if (typeof channel !== 'string') throw unsayable(name, method, 'names one channel: { channel }')
  return { type, channel }
}

function stamped(messageId: unknown, message: Members): Members {
  return { messageId, ...message, timestamp: timeOfDay().toISOString() }
}

function dataOf(params: unknown): unknown {
  return Array.isArray(params) && params.length < 2 ? params[0] : params
}

function argumentsOf(data: unknown, count: unknown): unknown {
  if (Array.isArray(data) && count !== 1) return data
  return (data ?? null) === null ? undefined : [data]
}

/** `meta`, with the number of arguments where their data would be taken for another. */
function metadataOf(meta: Members = {}, params: unknown, isEvent: boolean): Members | undefined {
  const isCounted =
    Array.isArray(params) && Array.isArray(dataOf(params)) && params.length > 1 === isEvent
  const all = isCounted ? { ...meta, [argumentCount]: params.length } : meta
  return Object.keys(all).length > 0 ? all : undefined
}

/** The codes that EkkoJS and this package both have; others of ours are numbers in its words. */
const words = new Map<unknown, number>([
  ['UNKNOWN_ERROR', errorCodes.internal],
  ['INVALID_MESSAGE', errorCodes.invalidRequest],
  ['METHOD_NOT_FOUND', errorCodes.methodNotFound],
  ['INVALID_PARAMETERS', errorCodes.invalidParams],
  ['SERVICE_UNAVAILABLE', errorCodes.unavailable],
  ['TIMEOUT', errorCodes.timeout],
  ['PERMISSION_DENIED', errorCodes.forbidden],
  ['SERIALIZATION_ERROR', errorCodes.encoding],
  ['CONNECTION_ERROR', errorCodes.closed],
])

function inNumbers({ code: word, message, details }: Members): ErrorObject {
  // An object of JSON may have a toString that is no function.
  const name = typeof word === 'object' ? JSON.stringify(word) : String(word)
  const text = typeof message === 'string' ? message : name
  const code = words.get(word) ?? (/^-?\d{1,15}$/.test(name) ? Number(name) : undefined)
  return code === undefined
    ? { code: errorCodes.internal, message: text, data: { code: word, details } }
    : { code, message: text, data: details ?? undefined }
}

function inWords({ code, message, data }: ErrorObject): Members {
  const { code: own, details } = membersOf(data)
  // A word of an application, thrown by a handler as it arrived somewhere else.
  if (code === errorCodes.internal && typeof own === 'string')
    return { code: own, message, details }
  const [word = String(code)] = [...words].find(([, number]) => number === code) ?? []
  return { code: word, message, details: data }
}
