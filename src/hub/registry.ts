import { nanoid } from 'nanoid'
import type { Description } from '../contract/describe.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import { checkServiceName, checkWeights, type Offer, type Weight, weightOf } from './offer.js'
import type { Session } from './session.js'

/** One instance of a service that somebody provides. */
export interface Instance {
  readonly registration: string
  readonly service: string
  readonly version: string
  readonly instance: string
  readonly session: Session
  readonly description: Description
  /** What the service itself answers and is told; all else it says is told to its users. */
  readonly methods: ReadonlySet<string>
  readonly weight: Weight
}

/** Who provides what. Names come from members, so they are keys of Maps. */
export class Registry {
  readonly #services = new Map<string, Instance[]>()
  // Found from the session: its end costs what it provides, not what everybody does.
  readonly #provided = new Map<Session, Map<string, Instance>>()
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
    checkServiceName(offer.service)
    this.#checkOwner(session, offer)
    const added = instanceOf(session, offer)
    const instances = this.#services.get(added.service) ?? []
    const replaced = instances.find(({ instance }) => instance === added.instance)
    const others = this.#providedBy(session).filter((present) => present !== replaced)
    checkWeights([...others, added].map(({ weight }) => weight))
    if (replaced !== undefined) this.#forget(replaced)
    this.#keep(added)
    this.#tellWaiting(added.service)
    return { added, replaced }
  }

  /** Removes one instance of a session. False where it has none of that name. */
  remove(session: Session, registration: string): boolean {
    const instance = this.#provided.get(session)?.get(registration)
    if (instance !== undefined) this.#forget(instance)
    return instance !== undefined
  }

  /** Removes everything a session provides. */
  removeAll(session: Session): void {
    for (const instance of this.#providedBy(session)) this.#forget(instance)
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
    return [...new Set(this.#providedBy(session).map(({ service }) => service))]
  }

  /** Resolves when somebody provides `service`; forgotten when `signal` aborts. */
  waitFor(service: string, signal: AbortSignal): Promise<void> {
    checkServiceName(service)
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

  #providedBy(session: Session): Instance[] {
    return [...(this.#provided.get(session)?.values() ?? [])]
  }

  #keep(instance: Instance): void {
    const { service, session, registration } = instance
    const provided = this.#provided.get(session) ?? new Map<string, Instance>()
    this.#provided.set(session, provided.set(registration, instance))
    this.#services.set(service, [...(this.#services.get(service) ?? []), instance])
    this.#revision++
  }

  #forget(instance: Instance): void {
    const { service, session, registration } = instance
    const provided = this.#provided.get(session)
    provided?.delete(registration)
    if (provided?.size === 0) this.#provided.delete(session)
    const left = (this.#services.get(service) ?? []).filter((present) => present !== instance)
    if (left.length === 0) this.#services.delete(service)
    else this.#services.set(service, left)
    this.#revision++
  }

  #tellWaiting(service: string): void {
    const waiting = this.#waiting.get(service)
    this.#waiting.delete(service)
    for (const resolve of waiting ?? []) resolve()
  }

  /**
   * Throws `forbidden` where another principal provides the service, or one whose name lies within the other's: the longer
   * name would take `a.b.c` from whoever provides `a` with a method `b.c`.
   */
  #checkOwner({ principal }: Session, { service }: Offer): void {
    for (const [name, instances] of this.#services) {
      if (!instances.some(({ session }) => session.principal !== principal)) continue
      if (name === service) throw forbidden(`"${service}" is provided by another principal`)
      if (isIn(name, service) || isIn(service, name))
        throw forbidden(`"${service}" overlaps "${name}", which another principal provides`)
    }
  }
}

/** Whether `name`, of a service or of a message, begins with the name of `service` and a dot. */
export function isIn(service: string, name: string): boolean {
  return name.startsWith(`${service}.`)
}

function forbidden(message: string): RpcError {
  return new RpcError(errorCodes.forbidden, message)
}

function instanceOf(session: Session, offer: Offer): Instance {
  const { service, version, instance = 'default', description } = offer
  const own = description.methods.filter(
    ({ 'x-direction': direction = 'clientToServer' }) => direction === 'clientToServer',
  )
  const methods = new Set(own.map(({ name }) => name))
  const weight = weightOf(offer)
  const registration = nanoid()
  return { registration, service, version, instance, session, description, methods, weight }
}
