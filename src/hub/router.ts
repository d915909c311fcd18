import type { Context } from '../peer/context.js'
import { nearest } from '../peer/nearest.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import type { Meta, Params } from '../protocol/message.js'
import { type Instance, isIn, type Registry } from './registry.js'
import type { Session } from './session.js'

/** Who is there, for a router. */
export interface Sessions {
  get(id: string): Session | undefined
  values(): Iterable<Session>
}

/** Whom a message is for, and in the name of which service it is answered: none where a caller is called back otherwise. */
interface Recipient {
  readonly to: Session
  readonly service: string
}

/** Takes each message to whom it is for, and stamps who it is from. */
export class Router {
  readonly #registry: Registry
  readonly #sessions: Sessions
  readonly #undelivered: (method: string, reason: unknown) => void

  constructor(
    registry: Registry,
    sessions: Sessions,
    undelivered: (method: string, reason: unknown) => void,
  ) {
    this.#registry = registry
    this.#sessions = sessions
    this.#undelivered = undelivered
  }

  /** Asks whoever provides `method`, or whom `meta.to` names, and resolves with the answer. */
  request(from: Session, params: Params | undefined, context: Context): Promise<unknown> {
    const { method, meta, signal } = context
    const { to, service } = this.#recipient(from, method, meta)
    if (to.isBehind) throw busy(method, to)
    const onProgress = (value: unknown) => context.progress(value)
    const options = { signal, onProgress, timeout: context.timeLeft, ...metaFor(from, to) }
    const answer = to.peer.request(method, params, options).catch((reason: unknown) => {
      throw lost(method, to, reason)
    })
    return to.answering(from, service, answer)
  }

  /** Asks for the stream of whoever provides `method`, or whom `meta.to` names, and passes items on as they are read. */
  stream(from: Session, params: Params | undefined, context: Context): AsyncIterable<unknown> {
    const { method, meta, signal, input } = context
    const { to, service } = this.#recipient(from, method, meta)
    if (to.isBehind) throw busy(method, to)
    const onProgress = (value: unknown) => context.progress(value)
    const { timeLeft: timeout } = context
    const options = { signal, input, onProgress, timeout, ...metaFor(from, to) }
    const stream = to.peer.stream(method, params, options)
    const items = stream[Symbol.asyncIterator]()
    void to.answering(from, service, stream.result).catch(() => {})
    return passedOn(items, (reason) => lost(method, to, reason))
  }

  /** Tells whoever provides `method`, or whom `meta.to` names; from its provider, it is told to all who use the service. */
  notify(from: Session, params: Params | undefined, { method, meta }: Context): void {
    const provider = meta.to === undefined ? this.#registry.route(method) : undefined
    if (provider !== undefined && this.#isEvent(from, provider, method))
      return this.#tellUsers(from, provider.service, method, params)
    this.#tell(from, this.#recipient(from, method, meta).to, method, params)
  }

  /** Whether a provider speaks to its users, rather than as one of them. */
  #isEvent(from: Session, { service, methods }: Instance, method: string): boolean {
    if (methods.has(method.slice(service.length + 1))) return false
    return this.#registry.servicesOf(from).includes(service)
  }

  #tellUsers(from: Session, service: string, method: string, params: Params | undefined): void {
    for (const session of this.#sessions.values()) {
      if (session.uses.has(service)) this.#tell(from, session, method, params)
    }
  }

  #tell(from: Session, to: Session, method: string, params: Params | undefined): void {
    try {
      to.peer.notify(method, params, metaFor(from, to))
    } catch (reason) {
      this.#undelivered(method, reason)
    }
  }

  #recipient(from: Session, method: string, meta: Meta): Recipient {
    // Members believe what comes under this name: only the hub itself may say it.
    if (method.startsWith('hub.')) throw notOfHub(method)
    if (meta.to !== undefined) return this.#callBack(from, method, meta.to)
    const provider = this.#registry.route(method)
    if (provider !== undefined) return { to: provider.session, service: provider.service }
    throw this.#nobody(method)
  }

  #callBack(from: Session, method: string, id: unknown): Recipient {
    // Never String(id): ["id"] and { toString } would pass for an id, or throw.
    if (typeof id !== 'string')
      throw new RpcError(errorCodes.invalidRequest, `"${method}": meta.to is a string`)
    const to = this.#sessions.get(id)
    if (to === undefined)
      throw new RpcError(errorCodes.calleeLost, `"${method}": the caller has left`, {
        delivery: 'unsent',
      })
    const called = from.answeringAs(id)
    if (called.length === 0)
      throw new RpcError(
        errorCodes.forbidden,
        `"${method}": a caller may be called back only while its call is open`,
      )
    const service = called.find((name) => isIn(name, method))
    if (service === undefined) this.#checkName(from, to, method)
    return { to, service: service ?? '' }
  }

  /** A member believes that what comes as `<service>.<method>` comes from whoever provides that service. */
  #checkName(from: Session, to: Session, method: string): void {
    const own = this.#registry.servicesOf(from)
    const provided = this.#registry.route(method)?.service
    const used = [...to.uses].find((name) => isIn(name, method) && !own.includes(name))
    const service = provided !== undefined && own.includes(provided) ? used : (provided ?? used)
    if (service === undefined) return
    throw new RpcError(
      errorCodes.forbidden,
      `"${method}" was not sent: "${service}" is another member's to provide`,
    )
  }

  #nobody(method: string): RpcError {
    const here = this.#registry.instances().map(({ service }) => service)
    const service = method.slice(0, Math.max(method.lastIndexOf('.'), 0))
    if (service === '') {
      const hint = `call <service>.<method>; here: ${shown(here) || 'no service'}`
      return notOfHub(method, hint)
    }
    const similar = nearest(service, here)
    const hint =
      similar === undefined
        ? `it may still be starting: await hub.waitFor("${service}", { timeout: 5_000 })`
        : `did you mean "${similar}"?`
    return new RpcError(
      errorCodes.unavailable,
      `no instance of "${service}" (here: ${shown(here) || 'none'})`,
      { hint, delivery: 'unsent' },
    )
  }
}

async function* passedOn(
  items: AsyncIterableIterator<unknown, unknown>,
  explain: (reason: unknown) => unknown,
): AsyncGenerator<unknown, unknown> {
  try {
    return yield* items
  } catch (reason) {
    throw explain(reason)
  }
}

function shown(services: readonly string[]): string {
  return services.slice(0, 20).join(', ')
}

function notOfHub(method: string, hint?: string): RpcError {
  return new RpcError(errorCodes.methodNotFound, `"${method}" is no method of the hub`, { hint })
}

function metaFor(from: Session, to: Session): { meta: Meta } | undefined {
  return to.peer.takesMeta ? { meta: { from: from.origin } } : undefined
}

function busy(method: string, to: Session): RpcError {
  return new RpcError(errorCodes.busy, `"${method}" was not sent: "${to.name}" reads too slowly`, {
    delivery: 'unsent',
  })
}

/** What a caller is told when the connection of whoever was answering ended; any other failure is the answer itself. */
function lost(method: string, to: Session, reason: unknown): unknown {
  if (!(reason instanceof RpcError) || reason.remote || reason.code !== errorCodes.closed)
    return reason
  const { delivery } = reason
  const what = delivery === 'unsent' ? 'it was not sent' : 'it may or may not have run'
  return new RpcError(
    errorCodes.calleeLost,
    `"${method}": "${to.name}", which was to answer, has left; ${what}`,
    { delivery },
  )
}
