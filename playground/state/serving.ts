import type { Peer } from 'bothways'
import type { Method } from '../schema/method.js'
import type { Inbox } from './inbox.js'

/** What this page serves over one connection: the client's side of every service that was discovered. */
export class Serving {
  readonly #peer: Peer
  readonly #inbox: Inbox
  readonly #used = new Set<string>()
  readonly #served = new Set<string>()

  constructor(peer: Peer, inbox: Inbox) {
    this.#peer = peer
    this.#inbox = inbox
  }

  /** Handles what the services among `methods` ask of this page, and has the hub tell their events. */
  serve(methods: readonly Method[]): void {
    for (const method of methods) {
      this.#use(method.service)
      if (method.side === 'client') this.#handle(method)
    }
  }

  #use(service: string): void {
    if (this.#used.has(service)) return
    this.#used.add(service)
    this.#peer.notify('hub.use', { service })
  }

  #handle(method: Method): void {
    const { name, kind } = method
    if (this.#served.has(name)) return
    this.#served.add(name)
    // A stream is answered as a request is: with its result alone.
    if (kind === 'request' || kind === 'stream') {
      this.#peer.handle(name, (params: unknown, context) =>
        this.#inbox.ask(method, params, context),
      )
    } else this.#peer.on(name, () => this.#inbox.hear(name))
  }
}
