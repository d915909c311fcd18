import {
  type MemberInfo,
  Membership,
  type ProvideOptions,
  type Provision,
  type WaitOptions,
} from '../client/membership.js'
import { serveOn } from '../contract/bind.js'
import type { Contract } from '../contract/contract.js'
import type { Discovery } from '../contract/describe.js'
import type { Handlers, Remote, Side } from '../contract/shape.js'
import type { Context } from '../peer/context.js'
import type { Diagnostic } from '../peer/options.js'
import { Peer } from '../peer/peer.js'
import { asBase64 } from '../protocol/base64.js'
import { closeCodes } from '../protocol/close-codes.js'
import type { Codec } from '../protocol/codec.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import { type Limits, limitsOf } from '../protocol/limits.js'
import type { Params } from '../protocol/message.js'
import { reserved } from '../protocol/reserved.js'
import { type Runtime, systemRuntime } from '../runtime.js'
import type { Handshake } from '../transport/handshake.js'
import { memoryPair } from '../transport/memory.js'
import type { CloseReason, Transport } from '../transport/transport.js'
import { discover } from './discovery.js'
import { fitting } from './fitting.js'
import {
  type Authenticate,
  anonymous,
  type Credentials,
  type Identity,
  LoginBudget,
  unauthenticated,
} from './identity.js'
import * as bounds from './limits.js'
import { checkServiceName, type Offer } from './offer.js'
import { ownMethods } from './own-methods.js'
import { type Instance, Registry } from './registry.js'
import { Router } from './router.js'
import type { Session } from './session.js'
import { type Host, Visit } from './visit.js'

/** How a hub is made. */
export interface HubOptions {
  /** Finds out who connects. Default: everybody who can reach the hub is `anonymous`. */
  readonly authenticate?: Authenticate
  /** Limits of each connection. */
  readonly limits?: Partial<Limits>
  /** Connections of somebody not known yet, at once. Default 256. */
  readonly unauthenticated?: number
  /**
   * Carries bytes as they are to and from each member that has one too: `messagePack()` of `bothways/msgpack`. To any other
   * member bytes go as base64, which is how a contract reads them there.
   */
  readonly codec?: Codec
  /** Is told what no caller can be told. */
  readonly onDiagnostic?: (event: Diagnostic) => void
  readonly runtime?: Runtime
}

/** Who the process of a hub is on it. */
const ownPrincipal = 'hub'

/** Bytes of a message beside what is listed in it. */
const envelope = 1_024

/** Who is there, as far as one message can tell. */
interface Members extends Record<string, unknown> {
  readonly members: readonly MemberInfo[]
  readonly omitted: number
}

/** Many peers, one server: members provide services to one another, and the process of the hub is a member like any other. */
export class Hub implements AsyncDisposable {
  /** Limits of each connection. */
  readonly limits: Limits
  readonly runtime: Runtime
  readonly #options: HubOptions
  readonly #authenticate: Authenticate
  readonly #registry = new Registry()
  readonly #sessions = new Map<string, Session>()
  readonly #watchers = new Set<Session>()
  readonly #visits = new Set<Visit>()
  readonly #router: Router
  readonly #logins: LoginBudget
  readonly #own: Membership
  #telling = false
  #closing: CloseReason | undefined

  constructor(options: HubOptions = {}) {
    this.limits = limitsOf(options)
    this.#options = options
    this.#authenticate = options.authenticate ?? anonymous
    this.runtime = options.runtime ?? systemRuntime
    this.#logins = new LoginBudget(this.runtime)
    this.#router = new Router(this.#registry, this.#sessions, (method, cause) =>
      this.#diagnose({
        kind: 'undelivered',
        message: `"${method}" was not delivered`,
        method,
        cause,
      }),
    )
    this.#own = this.#makeOwn()
  }

  /** Whether a hub asks who connects. */
  get isOpen(): boolean {
    return this.#authenticate === anonymous
  }

  /** Who a client is by what it shows, or nothing where it has shown nothing yet. Rejects where that is wrong. */
  async identify(credentials: Credentials): Promise<Identity | undefined> {
    const { address } = credentials
    const identity = await this.#authenticated(credentials)
    // Looked at last: logins tried at once count like those tried in turn, and who shows nothing tries none.
    if (identity !== undefined) this.#logins.check(address)
    if (identity?.principal === ownPrincipal) {
      throw new RpcError(errorCodes.forbidden, `the principal "${ownPrincipal}" is the hub itself`)
    }
    return identity
  }

  /** Takes in whoever is behind `transport`; without an `identity` it has 5 s to say who it is in `rpc.hello`. */
  accept(transport: Transport, handshake: Handshake, identity?: Identity): void {
    if (this.#closing !== undefined) return transport.close(this.#closing)
    if (
      identity === undefined &&
      this.#unknown >= (this.#options.unauthenticated ?? bounds.unauthenticated)
    ) {
      return transport.close({
        code: closeCodes.tooManyConnections,
        reason: 'too many connections without login',
      })
    }
    const visit = new Visit(this.#host(), transport, handshake, identity)
    this.#visits.add(visit)
    void visit.ended.then(() => this.#visits.delete(visit))
  }

  /** Provides a service of this process. */
  async provide<Service extends Side, Client extends Side>(
    contract: Contract<Service, Client>,
    handlers: Handlers<Service, Client>,
    options?: ProvideOptions,
  ): Promise<Provision<Client>> {
    await this.#own.peer.greeted
    return this.#own.provide(contract, handlers, options)
  }

  /** A service that some member provides, as this process calls it. */
  service<Service extends Side, Client extends Side>(
    contract: Contract<Service, Client>,
    ...handlers: Record<never, never> extends Client
      ? [handlers?: Handlers<Client, Service>]
      : [handlers: Handlers<Client, Service>]
  ): Remote<Service> {
    return this.#own.service(contract, ...handlers)
  }

  /** Resolves when somebody provides `service`. */
  waitFor(service: string, options?: WaitOptions): Promise<void> {
    return this.#own.waitFor(service, options)
  }

  /** Closes every connection with 4001, and resolves when all have ended. */
  async close(reason = 'the hub is closing'): Promise<void> {
    this.#closing ??= { code: closeCodes.goingAway, reason }
    await Promise.all([...this.#visits].map((visit) => visit.close(reason)))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #authenticated(credentials: Credentials): Promise<Identity | undefined> {
    try {
      return await this.#authenticate(credentials)
    } catch (cause) {
      this.#logins.check(credentials.address)
      this.#logins.failed(credentials.address)
      if (cause instanceof RpcError) throw cause
      // What an application's own check threw may say anything, and is told to somebody unknown.
      this.#diagnose({ kind: 'handlerFailed', message: 'authenticate failed', cause })
      throw unauthenticated()
    }
  }

  get #unknown(): number {
    let count = 0
    for (const visit of this.#visits) if (!visit.isKnown) count++
    return count
  }

  #makeOwn(): Membership {
    const [near, far] = memoryPair()
    this.accept(far, { headers: new Map(), path: '/', address: '' }, { principal: ownPrincipal })
    const { codec } = this.#options
    return new Membership(new Peer(near, { hello: true, ...this.#common, ...(codec && { codec }) }))
  }

  get #common() {
    const { onDiagnostic } = this.#options
    return {
      runtime: this.runtime,
      limits: this.limits,
      ...(onDiagnostic && { onDiagnostic }),
    }
  }

  #host(): Host {
    return {
      runtime: this.runtime,
      peerOptions: {
        ...this.#common,
        redactErrors: true,
        ...(this.#options.codec && { codec: passingOn(this.#options.codec) }),
      },
      identify: (credentials) => this.identify(credentials),
      enter: (session) => this.#enter(session),
      renamed: () => this.#changed(),
      leave: (session) => this.#leave(session),
      handle: (session, params, context) =>
        this.#handle(session, params as Params | undefined, context),
    }
  }

  #enter(session: Session): void {
    this.#sessions.set(session.id, session)
    const handlers = {
      provide: (offer: Offer) => this.#provide(session, offer),
      withdraw: ({ registration }: { registration: string }) =>
        this.#withdraw(session, registration),
      use: ({ service }: { service: string }) => this.#use(session, service),
      wait: ({ service }: { service: string }, { signal }: Context) =>
        this.#wait(session, service, signal),
      watch: () => this.#watch(session),
    }
    serveOn(session.peer, ownMethods.service, ownMethods.client, handlers as never, {
      naming: (method) => `hub.${method}`,
    })
    session.peer.handle(reserved.discover, (params: { service?: unknown } = {}) =>
      this.#discover(params.service),
    )
    this.#changed()
  }

  #leave(session: Session): void {
    this.#sessions.delete(session.id)
    this.#watchers.delete(session)
    this.#registry.removeAll(session)
    this.#changed()
  }

  #handle(session: Session, params: Params | undefined, context: Context): unknown {
    if (context.kind === 'request') return this.#router.request(session, params, context)
    if (context.kind === 'stream') return this.#router.stream(session, params, context)
    return this.#router.notify(session, params, context)
  }

  #provide(session: Session, offer: Offer): { registration: string; revision: number } {
    const { added, replaced } = this.#registry.add(session, offer)
    if (replaced !== undefined && replaced.session !== session) this.#tellReplaced(replaced)
    this.#changed()
    return { registration: added.registration, revision: this.#registry.revision }
  }

  #tellReplaced({ session, registration, service }: Instance): void {
    const reason = `another instance of "${service}" took its place`
    this.#tell(session, 'hub.ended', { registration, reason })
  }

  #withdraw(session: Session, registration: string): void {
    if (this.#registry.remove(session, registration)) this.#changed()
  }

  #use(session: Session, service: string): void {
    checkServiceName(service)
    if (session.uses.has(service)) return
    if (session.uses.size >= bounds.uses) throw tooMany('uses', bounds.uses)
    session.uses.add(service)
  }

  async #wait(session: Session, service: string, signal: AbortSignal): Promise<void> {
    if (session.waits >= bounds.waits) throw tooMany('waits for', bounds.waits)
    session.waits++
    try {
      await this.#registry.waitFor(service, signal)
    } finally {
      session.waits--
    }
  }

  #discover(service: unknown): Discovery {
    const instances = this.#registry.instances()
    const wanted =
      service === undefined ? instances : instances.filter((one) => one.service === service)
    return discover(wanted, this.limits.message - envelope)
  }

  #watch(session: Session): Members {
    this.#watchers.add(session)
    return this.#members()
  }

  #members(): Members {
    const members = [...this.#sessions.values()].map((session) =>
      session.info(this.#registry.servicesOf(session)),
    )
    const { shown, omitted } = fitting(members, this.limits.message - envelope)
    return { members: shown, omitted }
  }

  /** Tells everybody who watches, once for all that changed in a turn. */
  #changed(): void {
    if (this.#telling || this.#watchers.size === 0) return
    this.#telling = true
    queueMicrotask(() => {
      this.#telling = false
      const members = this.#members()
      for (const session of this.#watchers) this.#tell(session, 'hub.members', members)
    })
  }

  #tell(session: Session, method: string, params: Params): void {
    try {
      session.peer.notify(method, params)
    } catch (cause) {
      this.#diagnose({
        kind: 'undelivered',
        message: `"${method}" was not delivered to "${session.name}"`,
        method,
        cause,
      })
    }
  }

  #diagnose(event: Diagnostic): void {
    this.#options.onDiagnostic?.(event)
  }
}

/** `codec`, for bytes that are passed on: to somebody without one as base64. */
function passingOn(codec: Codec): Codec {
  return {
    encode: (message) => codec.encode(message),
    decode: (bytes, nesting) => codec.decode(bytes, nesting, asBase64),
  }
}

function tooMany(what: string, most: number): RpcError {
  return new RpcError(errorCodes.limitExceeded, `a session ${what} at most ${most} services`)
}
