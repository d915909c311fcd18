import { nanoid } from 'nanoid'
import { isServiceName } from '../contract/contract.js'
import type { Description } from '../contract/describe.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import type { Session } from './session.js'

/** One instance of a service that somebody provides. */
export interface Instance {
  readonly registration: string
  readonly service: string
  readonly version: string
  readonly instance: string
  readonly session: Session
  readonly description: Description
}

/** What somebody asks to provide. */
export interface Offer {
  readonly service: string
  readonly version: string
  readonly instance?: string | undefined
  readonly description: Description
}

/** Methods that one registration may describe. */
const mostMethods = 1_000

/** Names that are the hub's own. */
const ownNames: ReadonlySet<string> = new Set(['hub', 'rpc', '$'])

/** Who provides what. Names come from members, so they are keys of Maps. */
export class Registry {
  readonly #services = new Map<string, Instance[]>()
  readonly #waiting = new Map<string, Set<() => void>>()
  #revision = 0

  /** Grows with every change. */
  get revision(): number {
    return this.#revision
  }

  /** Adds an instance; returns it, and the one it replaced: the same principal's with the same name. */
  add(
    session: Session,
    offer: Offer,
  ): { readonly added: Instance; readonly replaced?: Instance | undefined } {
    checkOffer(offer)
    const { service, version, instance = 'default', description } = offer
    const instances = this.#services.get(service) ?? []
    const other = instances.find(({ session: { principal } }) => principal !== session.principal)
    if (other !== undefined) {
      throw new RpcError(errorCodes.forbidden, `"${service}" is provided by another principal`)
    }
    const replaced = instances.find((present) => present.instance === instance)
    const added = { registration: nanoid(), service, version, instance, session, description }
    this.#services.set(service, [...instances.filter((present) => present !== replaced), added])
    this.#revision++
    this.#tellWaiting(service)
    return { added, replaced }
  }

  /** Removes one instance of a session. False where it has none of that name. */
  remove(session: Session, registration: string): boolean {
    return this.#removeWhere(
      (present) => present.session === session && present.registration === registration,
    )
  }

  /** Removes everything a session provides. */
  removeAll(session: Session): boolean {
    return this.#removeWhere((present) => present.session === session)
  }

  /** The instance that answers `<service>.<method>`; the longest service name wins. */
  route(method: string): Instance | undefined {
    for (let dot = method.lastIndexOf('.'); dot > 0; dot = method.lastIndexOf('.', dot - 1)) {
      const [instance] = this.#services.get(method.slice(0, dot)) ?? []
      if (instance !== undefined) return instance
    }
    return undefined
  }

  /** One instance of each service. */
  instances(): Instance[] {
    return [...this.#services.values()].flatMap(([first]) => (first === undefined ? [] : [first]))
  }

  servicesOf(session: Session): string[] {
    return [...this.#services].flatMap(([service, instances]) =>
      instances.some((present) => present.session === session) ? [service] : [],
    )
  }

  /** Resolves when somebody provides `service`; forgotten when `signal` aborts. */
  waitFor(service: string, signal: AbortSignal): Promise<void> {
    if (this.#services.has(service)) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(service) ?? new Set()
      this.#waiting.set(service, waiting.add(resolve))
      signal.addEventListener('abort', () => {
        waiting.delete(resolve)
        if (waiting.size === 0 && this.#waiting.get(service) === waiting)
          this.#waiting.delete(service)
        reject(signal.reason)
      })
    })
  }

  #tellWaiting(service: string): void {
    const waiting = this.#waiting.get(service)
    this.#waiting.delete(service)
    for (const resolve of waiting ?? []) resolve()
  }

  #removeWhere(isGone: (present: Instance) => boolean): boolean {
    let removed = false
    for (const [service, instances] of [...this.#services]) {
      const left = instances.filter((present) => !isGone(present))
      removed ||= left.length < instances.length
      if (left.length === 0) this.#services.delete(service)
      else this.#services.set(service, left)
    }
    if (removed) this.#revision++
    return removed
  }
}

function checkOffer({ service, description }: Offer): void {
  if (!isServiceName(service) || ownNames.has(service.split('.')[0] ?? '')) {
    throw new RpcError(
      errorCodes.invalidParams,
      `${JSON.stringify(service.slice(0, 64))} cannot name a service`,
      {
        hint: 'use letters, digits, - and _ in tokens separated by dots, the first of them not hub or rpc',
      },
    )
  }
  const { length } = description.methods
  if (length > mostMethods) {
    throw new RpcError(
      errorCodes.limitExceeded,
      `${length} methods are over the limit of ${mostMethods} a service`,
    )
  }
}
