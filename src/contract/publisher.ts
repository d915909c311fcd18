import type { Context } from '../peer/context.js'
import type { Handler, Registration } from '../peer/options.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import { subscriptions as limit } from './limits.js'
import type { Names, Wire } from './subscription.js'

type Id = string | number

/** One stream that somebody subscribed to. */
interface Publication {
  readonly method: string
  readonly items: AsyncIterator<unknown>
  readonly controller: AbortController
}

// By the method that ends them: ids are told apart within one such.
const publishers = new WeakMap<object, Map<string, Publisher>>()

/** What the other end of `wire` subscribed to, and ends with `unsubscribe`. */
export function publisherOf(wire: Wire, unsubscribe: string): Publisher {
  const known = publishers.get(wire) ?? new Map<string, Publisher>()
  publishers.set(wire, known)
  const publisher = known.get(unsubscribe) ?? new Publisher(wire)
  known.set(unsubscribe, publisher)
  return publisher
}

/** The subscriptions that one connection is served: tells each item to whoever subscribed. */
export class Publisher {
  readonly #wire: Wire
  readonly #open = new Map<Id, Publication>()
  /** Of those that were asked for and not answered yet. */
  #coming = 0
  #isClosed = false
  #methods = 0
  #unsubscribing: Registration | undefined
  #ids = 0

  constructor(wire: Wire) {
    this.#wire = wire
    void wire.closed.then(() => {
      this.#isClosed = true
      this.#leaveAll(() => true)
    })
  }

  /** Answers `method` with an id, and tells what `handler` yields. Who asks for a stream has one. */
  serve(method: string, handler: Handler, names: Names): Registration {
    const handling = this.#wire.handle(method, (params, context) =>
      context.kind === 'stream'
        ? handler(params, context)
        : this.#subscribe(handler, params, context, names),
    )
    if (this.#methods++ === 0) this.#unsubscribing = this.#serveUnsubscribe(names)
    const dispose = () => {
      handling.dispose()
      this.#leaveAll((publication) => publication.method === method)
      if (--this.#methods === 0) this.#unsubscribing?.dispose()
    }
    return { dispose, [Symbol.dispose]: dispose }
  }

  #serveUnsubscribe({ unsubscribe, unsubscribeParam, id }: Names): Registration {
    return this.#wire.handle(unsubscribe, (params: object | undefined, { afterResponse }) => {
      const named = new Map(Object.entries(params ?? {}))
      const given = Array.isArray(params) ? params[0] : named.get(unsubscribeParam ?? id)
      const publication = this.#open.get(given)
      if (publication === undefined) return false
      const left = this.#leave(given, publication)
      // Told to `onDiagnostic` where it fails: whoever leaves has no use for it.
      left.catch(() => {})
      afterResponse(() => left)
      return true
    })
  }

  async #subscribe(handler: Handler, params: unknown, context: Context, names: Names): Promise<Id> {
    if (this.#open.size + this.#coming >= limit) throw tooMany(context.method)
    this.#coming++
    try {
      const publication = await this.#begin(handler, params, context)
      const id = this.#newId(names)
      this.#open.set(id, publication)
      if (this.#isClosed) await this.#leave(id, publication)
      else context.afterResponse(() => this.#publish(id, publication, names))
      return id
    } finally {
      this.#coming--
    }
  }

  async #begin(handler: Handler, params: unknown, context: Context): Promise<Publication> {
    const controller = new AbortController()
    const source: unknown = await handler(params, this.#contextOf(context, controller.signal))
    const items = isItems(source) ? source[Symbol.asyncIterator]() : nothing()
    return { method: context.method, items, controller }
  }

  #newId({ numeric }: Names): Id {
    this.#ids += 1
    return numeric ? this.#ids : `0x${this.#ids.toString(16)}`
  }

  /** The context of a handler that goes on when its caller was answered: what it asks back ends with the connection. */
  #contextOf({ method, meta, afterResponse }: Context, signal: AbortSignal): Context {
    const remote = this.#wire as unknown as Context['remote']
    const rest = { timeLeft: undefined, input: undefined, progress: () => {} }
    return { method, kind: 'stream', meta, signal, remote, afterResponse, ...rest }
  }

  async #publish(id: Id, publication: Publication, names: Names): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await publication.items.next()
        if (done) this.#open.delete(id)
        if (!this.#open.has(id)) return
        await this.#tell(id, value, names)
      }
    } catch (reason) {
      // What the source does about its end matters less than why.
      if (this.#open.has(id)) await this.#leave(id, publication).catch(() => {})
      throw reason
    }
  }

  async #tell(id: Id, item: unknown, names: Names): Promise<void> {
    const { notification, others, item: member } = names
    const own = otherIn(item, others)
    const params = { [names.id]: id, [member]: own === undefined ? item : own.result }
    while (this.#open.has(id)) {
      try {
        return this.#wire.notify(own?.notification ?? notification, params)
      } catch (reason) {
        if (!isFull(reason)) throw reason
        // What it yields waits, and so does it.
        await this.#wire.flush()
      }
    }
  }

  async #leave(id: Id, { controller, items }: Publication): Promise<void> {
    this.#open.delete(id)
    controller.abort(new RpcError(errorCodes.cancelled, 'nobody is subscribed any more'))
    await items.return?.()
  }

  #leaveAll(fits: (publication: Publication) => boolean): void {
    for (const [id, publication] of this.#open)
      if (fits(publication)) this.#leave(id, publication).catch(() => {})
  }
}

interface Other {
  readonly notification: string
  readonly result: unknown
}

/** An item that says itself by which other notification it goes. */
function otherIn(item: unknown, others: readonly string[]): Other | undefined {
  if (others.length === 0 || typeof item !== 'object' || item === null) return undefined
  const { notification } = item as Partial<Other>
  return notification !== undefined && others.includes(notification) ? (item as Other) : undefined
}

function isItems(source: unknown): source is AsyncIterable<unknown> {
  return typeof source === 'object' && source !== null && Symbol.asyncIterator in source
}

async function* nothing(): AsyncGenerator<never> {}

function isFull(reason: unknown): boolean {
  const { code, data } = RpcError.from(reason)
  return code === errorCodes.limitExceeded && (data as { limit?: unknown }).limit === 'unsent'
}

function tooMany(method: string): RpcError {
  const what = `"${method}" would be over the limit "subscriptions" of ${limit}`
  const data = { reason: 'limitExceeded', limit: 'subscriptions', value: limit }
  return new RpcError(errorCodes.busy, what, { data })
}
