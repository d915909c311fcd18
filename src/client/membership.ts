import { remoteOf, serveOn } from '../contract/bind.js'
import type { Contract } from '../contract/contract.js'
import { type Description, type Discovery, describe } from '../contract/describe.js'
import { explaining } from '../contract/drift.js'
import type { Event, Handlers, Messages, Remote, Side } from '../contract/shape.js'
import type { Registration } from '../peer/options.js'
import type { Peer, PeerState } from '../peer/peer.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import { reserved } from '../protocol/reserved.js'
import type { CloseReason } from '../transport/transport.js'

/** How a service is provided to a hub. */
export interface ProvideOptions {
  /** Names this instance among others of one principal; the same again replaces it. Default: one a principal. */
  readonly instance?: string
  /** The OpenRPC document that others discover. Default: as much as the contract knows. */
  readonly description?: Description
}

/** A service that is provided to a hub, until it is disposed of or the connection ends. */
export interface Provision<Client extends Side> extends Registration {
  /** Everybody who uses the service: tells all of them, and can ask none. */
  readonly users: Remote<EventsOf<Client>>
  /** Resolves with the reason when it ended: it was disposed of, the same principal and instance came again, or the connection closed. */
  readonly ended: Promise<string>
}

/** The events of a side. */
export type EventsOf<S extends Side> = {
  readonly [Method in keyof S as S[Method] extends Event<infer _Data> ? Method : never]: S[Method]
}

/** One member of a hub, as the hub shows it to others. */
export interface MemberInfo {
  readonly session: string
  readonly principal: string
  readonly name: string
  /** The services it provides. */
  readonly services: readonly string[]
}

/** Who is there, and how many more there are than one message can tell of. */
export type MembersListener = (members: readonly MemberInfo[], omitted: number) => void

interface Members {
  readonly members: readonly MemberInfo[]
  readonly omitted: number
}

/** What a client may ask for when it waits. */
export interface WaitOptions {
  /** Milliseconds until it gives up with `timeout`. Default: it waits until the connection ends. */
  readonly timeout?: number
  readonly signal?: AbortSignal
}

/** One member of a hub: provides services to the others, and uses theirs. */
export class Membership implements AsyncDisposable {
  /** The connection to the hub. */
  readonly peer: Peer
  /** What ends each of its provisions, by registration. */
  readonly #provisions = new Map<string, (reason: string) => void>()

  /** `peer` has said hello to a hub, and nothing else provides or uses services over it. */
  constructor(peer: Peer) {
    this.peer = peer
    peer.on('hub.ended', ({ registration, reason }: { registration: string; reason: string }) =>
      this.#provisions.get(registration)?.(reason),
    )
    void peer.closed.then(({ code, reason }) => {
      const why = `the connection to the hub closed (${code}${reason && `, ${reason}`})`
      for (const end of this.#provisions.values()) end(why)
    })
  }

  /**
   * Provides a service to all members. Resolves once the hub routes calls to it. Rejects with `forbidden` where another
   * principal provides it. Throws where a handler is missing.
   */
  async provide<Service extends Side, Client extends Side>(
    contract: Contract<Service, Client>,
    handlers: Handlers<Service, Client>,
    options: ProvideOptions = {},
  ): Promise<Provision<Client>> {
    const { name, version } = contract
    const naming = namingFor(name)
    const messages = contract.served('service', handlers)
    const served = serveOn(this.peer, messages, contract.client, handlers, { naming })
    try {
      const params = {
        service: name,
        version,
        ...options,
        description: options.description ?? (await describe(contract)),
      }
      const { registration } = await this.peer.request<{ registration: string }>(
        'hub.provide',
        params,
      )
      const users = remoteOf<EventsOf<Client>>(eventsOf(contract.client), this.peer, { naming })
      return this.#provision(registration, served, users)
    } catch (reason) {
      served.dispose()
      throw reason
    }
  }

  /**
   * A service that some member provides, called through the hub; it need not be there yet. `handlers` serve the client's
   * side: what a provider asks back while it answers, and what it tells its users.
   */
  service<Service extends Side, Client extends Side>(
    contract: Contract<Service, Client>,
    ...[handlers]: Record<never, never> extends Client
      ? [handlers?: Handlers<Client, Service>]
      : [handlers: Handlers<Client, Service>]
  ): Remote<Service> {
    const naming = namingFor(contract.name)
    const messages = handlers === undefined ? {} : contract.served('client', handlers)
    const { peer } = this
    const { name } = contract
    const explain = explaining({ peer, contract, side: 'service', service: name })
    serveOn(peer, messages, contract.service, (handlers ?? {}) as never, { naming, explain })
    peer.notify('hub.use', { service: name })
    return remoteOf(contract.service, peer, { naming, explain })
  }

  /** Resolves when somebody provides `service`: an extension may still be starting. Rejects with `timeout`. */
  async waitFor(service: string, options: WaitOptions = {}): Promise<void> {
    try {
      await this.peer.request('hub.wait', { service }, options)
    } catch (reason) {
      const { code, remote } = RpcError.from(reason)
      if (code !== errorCodes.timeout || remote) throw reason
      throw new RpcError(code, `nobody provided "${service}" within ${options.timeout} ms`, {
        hint: 'hub.discover() tells what is provided',
      })
    }
  }

  /**
   * What this member may call, of `service` or of all: an OpenRPC document with a method for each `<service>.<method>`.
   * Its member `x-omitted` counts the services that one message has no room for.
   */
  discover(service?: string): Promise<Discovery> {
    return this.peer.request(reserved.discover, service === undefined ? undefined : { service })
  }

  /** Calls `listener` with who is there, now and whenever that changes. */
  async watchMembers(listener: MembersListener): Promise<Registration> {
    const tell = ({ members, omitted }: Members) => listener(members, omitted)
    const changes = this.peer.on('hub.members', tell)
    try {
      tell(await this.peer.request<Members>('hub.watch'))
      return changes
    } catch (reason) {
      changes.dispose()
      throw reason
    }
  }

  /** Tells of every change of the connection's state. */
  onState(listener: (state: PeerState) => void): Registration {
    return this.peer.onState(listener)
  }

  /** Leaves the hub. What this member provides ends, and what it asked for rejects with `closed`. */
  leave(): Promise<void> {
    return this.peer.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave()
  }

  #provision<Client extends Side>(
    registration: string,
    served: Registration,
    users: Remote<EventsOf<Client>>,
  ): Provision<Client> {
    let end: (reason: string) => void = () => {}
    const ended = new Promise<string>((resolve) => {
      end = (reason) => {
        this.#provisions.delete(registration)
        resolve(reason)
      }
    })
    this.#provisions.set(registration, end)
    const dispose = () => {
      served.dispose()
      if (!this.#provisions.has(registration)) return
      end('it was withdrawn')
      // A request, which waits where a notification would be refused. It fails only where the connection closes: the end as well.
      void this.peer.request('hub.withdraw', { registration }).catch(() => {})
    }
    return { users, ended, dispose, [Symbol.dispose]: dispose }
  }
}

/** Rejects where `peer` is not connected to a hub, or the hub refuses it. */
export async function greetHub(peer: Peer): Promise<Membership> {
  const { foreign, said, error } = await peer.greeted
  const isHub = !foreign && Object.hasOwn(said, 'session')
  if (isHub) return new Membership(peer)
  await peer.close()
  if (error?.remote && error.code !== errorCodes.methodNotFound) throw error
  if (error?.code === errorCodes.closed) throw refusedBy(await peer.closed)
  throw new RpcError(errorCodes.unavailable, 'the other end is no bothways hub', {
    cause: error,
    hint: 'connect(url) speaks to any JSON-RPC 2.0 server',
  })
}

/** What somebody is told whom a hub, or whatever is there, let in and sent away without an answer. */
function refusedBy({ code, reason }: CloseReason): RpcError {
  return new RpcError(
    errorCodes.unavailable,
    `the other end closed the connection (${code}${reason && `, ${reason}`})`,
  )
}

function namingFor(service: string): (method: string) => string {
  return (method) => `${service}.${method}`
}

function eventsOf(messages: Messages): Messages {
  return Object.fromEntries(Object.entries(messages).filter(([, { kind }]) => kind === 'event'))
}
