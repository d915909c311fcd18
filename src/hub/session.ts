import { nanoid } from 'nanoid'
import type { MemberInfo } from '../client/membership.js'
import type { Peer } from '../peer/peer.js'
import type { Origin } from '../protocol/message.js'
import type { Identity } from './identity.js'
import { behind } from './limits.js'

/** One member, from when it is known until its connection ends. It owns everything that came with it. */
export class Session {
  readonly id = nanoid()
  readonly principal: string
  readonly roles: readonly string[]
  readonly peer: Peer
  /** What others call it. */
  name: string
  /** The services whose events it is told. */
  readonly uses = new Set<string>()
  #catchingUp = false
  /** What it waits for, at once. */
  waits = 0
  /** The services that each other session called, and this one is answering for: those may be called back. */
  readonly #answering = new Map<string, string[]>()

  constructor(peer: Peer, { principal, roles = [] }: Identity, name = principal) {
    this.peer = peer
    this.principal = principal
    this.roles = roles
    this.name = name
  }

  /** What others see of where a message came from. */
  get origin(): Origin {
    return { session: this.id, principal: this.principal, name: this.name }
  }

  info(services: readonly string[]): MemberInfo {
    return { ...this.origin, name: this.name, services }
  }

  /** Whether so much waits for it to be read that it is sent no further request. */
  get isBehind(): boolean {
    if (this.peer.buffered <= behind) return false
    this.#watch()
    return true
  }

  /** The services in whose name it is answering the session `caller`, once for each call. */
  answeringAs(caller: string): readonly string[] {
    return this.#answering.get(caller) ?? []
  }

  /** Counts a call of `caller` as open until `end` settles. */
  answering<T>(caller: Session, service: string, end: Promise<T>): Promise<T> {
    const open = this.#answering.get(caller.id) ?? []
    this.#answering.set(caller.id, open)
    open.push(service)
    return end.finally(() => {
      open.splice(open.indexOf(service), 1)
      if (open.length === 0) this.#answering.delete(caller.id)
    })
  }

  /** Has the peer closed, with 4008, where nothing of what waits leaves in time. */
  #watch(): void {
    if (this.#catchingUp) return
    this.#catchingUp = true
    void this.peer.flush().then(() => (this.#catchingUp = false))
  }
}
