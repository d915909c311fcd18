import type { Peer } from '../peer/peer.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import { serviceName } from '../protocol/limits.js'
import { messagesFor, remoteOf, serveOn, verbatim } from './bind.js'
import type { Description } from './describe.js'
import { discoverable } from './discoverable.js'
import { explaining } from './drift.js'
import type { Declared, Handlers, Messages, Remote, Side, Sides } from './shape.js'
import type { Word } from './words.js'

/** What two ends agreed on: what a service answers and is told, and what it may ask of, or tell, its client. */
export class Contract<Service extends Side, Client extends Side> {
  /** Dot-separated tokens of letters, digits, `-` and `_`. */
  readonly name: string
  readonly version: string
  readonly service: Messages
  readonly client: Messages
  /** Whether either end may leave methods of its side out. */
  readonly partial: boolean
  /** Loads what describes it, and what can tell where the other end differs from that. */
  readonly shape: Sides['shape']

  constructor(name: string, version: string, sides: Sides) {
    if (!isServiceName(name)) {
      throw new RpcError(
        errorCodes.invalidRequest,
        `${JSON.stringify(name)} is no name for a service`,
        {
          hint: 'use letters, digits, - and _, in tokens of at most 64 characters separated by dots',
        },
      )
    }
    for (const method of Object.keys({ ...sides.service, ...sides.client })) checkMethod(method)
    this.name = name
    this.version = version
    this.service = sides.service
    this.client = sides.client
    this.partial = sides.partial === true
    this.shape = sides.shape
  }

  /**
   * The service as its client calls it over `peer`: a plain object with one function a method. `handlers` serve the
   * client's side; every request of it needs one. What the service answers is checked. A call that fails because the
   * other end serves another version says in its `hint` what changed.
   */
  remote(peer: Peer, ...[handlers]: ClientArguments<Client, Service>): Remote<Service> {
    const explain = explaining({ peer, contract: this, side: 'service' })
    if (handlers !== undefined) {
      const served = this.served('client', handlers)
      serveOn(peer, served, this.service, handlers as never, { naming: verbatim, explain })
      discoverable(peer, this, false)
    }
    return remoteOf(this.service, peer, { naming: verbatim, explain })
  }

  /**
   * Serves every method over `peer`, and returns the client as the service calls and tells it. Params that arrive are
   * checked: what does not fit is answered −32602 and never reaches a handler. Answers `rpc.discover`, unless something
   * does already. Throws where a handler is missing.
   */
  serve(
    peer: Peer,
    handlers: Handlers<Service, Client>,
    description?: Description,
  ): Remote<Client> {
    const explain = explaining({ peer, contract: this, side: 'client' })
    const served = this.served('service', handlers)
    serveOn(peer, served, this.client, handlers, { naming: verbatim, explain })
    discoverable(peer, this, true, description)
    return remoteOf(this.client, peer, { naming: verbatim, explain })
  }

  /** The messages of `side` that need a handler among `handlers`: all of them, unless a part will do. */
  served(side: 'service' | 'client', handlers: object): Messages {
    return this.partial ? messagesFor(this[side], handlers) : this[side]
  }
}

type ClientArguments<Client extends Side, Service extends Side> =
  Record<never, never> extends Client
    ? [handlers?: Handlers<Client, Service>]
    : [handlers: Handlers<Client, Service>]

/** The shape of a side that is written down in words. */
export type SideOf<Words extends Readonly<Record<string, unknown>>> = {
  readonly [Method in keyof Words]: Words[Method] extends Word<infer Shape> ? Shape : never
}

/** A contract written down in TypeScript, its types inferred. */
export function contract<
  Service extends Readonly<Record<string, Word<unknown>>>,
  Client extends Readonly<Record<string, Word<unknown>>> = Record<never, never>,
>(
  name: string,
  version: string,
  sides: { readonly service: Service; readonly client?: Client },
): Contract<SideOf<Service>, SideOf<Client>> {
  const { service, client = {} } = sides
  return new Contract(name, version, { service, client, shape: () => import('./explain.js') })
}

/** A contract whose types are written out elsewhere: what the generator makes. */
export function defineContract<Service extends Side, Client extends Side>(
  name: string,
  version: string,
  sides: Sides<Declared>,
): Contract<Service, Client> {
  const { service, client, ...rest } = sides
  return new Contract(name, version, {
    ...rest,
    service: completed(service),
    client: completed(client),
  })
}

function completed(messages: Declared): Messages {
  const entries = Object.entries(messages).map(([method, { kind = 'request', ...message }]) => [
    method,
    { kind, ...message },
  ])
  return Object.fromEntries(entries)
}

/** Whether `name` may name a service: dot-separated tokens `[A-Za-z0-9_-]{1,64}`, at most 255 characters. */
export function isServiceName(name: string): boolean {
  return name.length <= serviceName && /^[\w-]{1,64}(\.[\w-]{1,64})*$/.test(name)
}

/** Throws where no function of a remote may be called so. */
function checkMethod(method: string): void {
  if (method !== 'then') return
  throw new RpcError(errorCodes.invalidRequest, 'a contract has no method "then"', {
    hint: 'an object with a function "then" is taken for a promise by await: give it another name',
  })
}
