import type { Dialect } from '../protocol/dialect.js'
import { type ErrorObject, errorCodes } from '../protocol/error.js'
import { isErrorObject } from '../protocol/message.js'
import { dialect, invalid, type Said, type Translator } from './dialect.js'
import { isKept, isObject, type Members, membersOf } from './own.js'
import { timeOfDay } from './time-of-day.js'
import { Uuids } from './uuid.js'

/**
 * Ripple's two shapes, side by side. Extensions: the methods `service.request`, with `{ requestor, target, payload … }` as
 * params and the payload of the `service.response` as result, and `service.event`. Services: any other method, in an
 * envelope `{ message, context }`, whose context is `meta`. Ids are UUIDs. What arrives without an envelope is answered so.
 */
export const ripple: Dialect = dialect('ripple', () => new Conversation())

/** How the answer to a request of the other end is said. */
type Answer = (outcome: Members) => Members

class Conversation implements Translator {
  readonly #uuids = new Uuids()
  readonly #open = new Map<unknown, Answer>()

  read(value: Members): unknown {
    const { message, context, method } = membersOf(value)
    if (isObject(message)) return this.#enveloped(membersOf(message), context)
    if (method === request) return this.#extensionAsked(membersOf(value))
    if (method === response) return this.#extensionAnswered(membersOf(value))
    return this.#plain(membersOf(value))
  }

  write(said: Said): Members | undefined {
    switch (said.kind) {
      case 'request':
        return asking(this.#uuids.of(said.id), said)
      case 'notification':
        return said.method === event
          ? { ...version, method: event, params: stamped(this.#uuids.next(), said.params) }
          : {
              message: { ...version, method: said.method, params: said.params },
              context: said.meta,
            }
      case 'result':
        return this.#answering(said.id, { result: said.result })
      case 'error':
        return this.#answering(said.id, { error: said.error })
      default:
        return undefined
    }
  }

  #enveloped(message: Members, context: unknown): Members {
    const { id, method } = message
    if (method === undefined) {
      // Ripple tells answers apart by what the context repeats.
      const [repeated] = [membersOf(context)['context']].flat()
      return { ...message, id: this.#uuids.numberOf(repeated ?? id) }
    }
    this.#keep(id, (outcome) => ({ message: { ...version, id, ...outcome }, context }))
    return { ...message, meta: context }
  }

  #extensionAsked({ jsonrpc, id: outer, method, params }: Members): Members {
    const { id = outer, ...asked } = membersOf(params)
    if (id === undefined) throw invalid('a service.request has an id')
    this.#keep(id, ({ result: payload, error }) => ({
      ...version,
      id: outer,
      method: response,
      error,
      result: stamped(id, { ...asked, payload: error ? failure(error as ErrorObject) : payload }),
    }))
    return { jsonrpc, id, method, params: asked }
  }

  #extensionAnswered({ jsonrpc, id: outer, result, error }: Members): Members {
    const { id = outer, payload = result } = membersOf(result)
    const message = { jsonrpc, id: this.#uuids.numberOf(id) }
    if (error !== undefined) return { ...message, error }
    const { Error: fault } = membersOf(payload)
    return fault === undefined
      ? { ...message, result: payload }
      : { ...message, error: faultIn(fault) }
  }

  #plain(message: Members): Members {
    const { id, method } = message
    if (method === undefined)
      return id === undefined ? message : { ...message, id: this.#uuids.numberOf(id) }
    this.#keep(id, (outcome) => ({ ...version, id, ...outcome }))
    return message
  }

  #keep(id: unknown, answer: Answer): void {
    if (isKept(id)) this.#open.set(id, answer)
  }

  #answering(id: unknown, outcome: Members): Members {
    const answer = this.#open.get(id)
    this.#open.delete(id)
    return answer?.(outcome) ?? { ...version, id, ...outcome }
  }
}

const version = { jsonrpc: '2.0' }
const request = 'service.request'
const response = 'service.response'
const event = 'service.event'

function asking(id: string, { method, params, meta }: Extract<Said, { kind: 'request' }>): Members {
  if (method === request) return { ...version, id, method, params: stamped(id, params) }
  const repeated = [membersOf(meta)['context'] ?? []].flat()
  return {
    message: { ...version, id, method, params },
    context: { ...meta, context: [id, ...repeated] },
  }
}

/** What goes from one extension to another; `ts` is when, in milliseconds. */
function stamped(id: unknown, message: unknown): Members {
  return { target_id: '', ...membersOf(message), id, ts: timeOfDay().getTime() }
}

/** The payload that says an error to who reads no further. */
function failure({ message }: ErrorObject): Members {
  return { Error: { BrokerError: message } }
}

/** An error of Ripple: its name, or its name with what it says. */
function faultIn(fault: unknown): ErrorObject {
  if (isErrorObject(fault)) return fault
  const [said] = isObject(fault) ? Object.values(fault) : [fault]
  const message = typeof said === 'string' ? said : 'the extension failed'
  return { code: errorCodes.internal, message, data: fault }
}
