import type { Registration } from '../peer/options.js'
import { dataIn, type Line } from './line.js'

/** Takes what an event carries; `event` is its name, which differs from that of a channel that carries several. */
// biome-ignore lint/suspicious/noExplicitAny: what arrives is unknown; a listener says what it expects.
export type EventListener = (data: any, event: string) => void

interface Subscription {
  readonly channel: string
  readonly listener: EventListener
  readonly events: readonly string[]
  registrations: readonly Registration[]
}

/** What is subscribed to, on whichever line there is. */
export class Subscriptions {
  readonly #all = new Set<Subscription>()
  readonly #eventsOf: (channel: string) => readonly string[]

  constructor(eventsOf: (channel: string) => readonly string[]) {
    this.#eventsOf = eventsOf
  }

  get isEmpty(): boolean {
    return this.#all.size === 0
  }

  /** Adds a subscription, on `line` if there is one, and returns what ends it. */
  add(channel: string, listener: EventListener, line: () => Line | undefined): () => void {
    const events = [...new Set([channel, ...this.#eventsOf(channel)])]
    const subscription: Subscription = { channel, listener, events, registrations: [] }
    const open = line()
    if (open !== undefined && !this.#has(channel)) open.subscribe(channel)
    this.#all.add(subscription)
    if (open !== undefined) listen(subscription, open)
    return () => this.#remove(subscription, line())
  }

  /** Ends the subscriptions to `channel`: those of `listener`, or all. */
  remove(channel: string, listener: EventListener | undefined, line: Line | undefined): void {
    for (const subscription of this.#all)
      if (
        subscription.channel === channel &&
        (listener ?? subscription.listener) === subscription.listener
      )
        this.#remove(subscription, line)
  }

  /** Makes all of them on a line that is new. */
  renew(line: Line): void {
    for (const channel of new Set([...this.#all].map(({ channel }) => channel)))
      line.subscribe(channel)
    for (const subscription of this.#all) listen(subscription, line)
  }

  #remove(subscription: Subscription, line: Line | undefined): void {
    if (!this.#all.delete(subscription)) return
    for (const registration of subscription.registrations) registration.dispose()
    if (!this.#has(subscription.channel)) line?.unsubscribe(subscription.channel)
  }

  #has(channel: string): boolean {
    return [...this.#all].some((subscription) => subscription.channel === channel)
  }
}

function listen(subscription: Subscription, { peer, nameOf }: Line): void {
  const { listener, events } = subscription
  subscription.registrations = events.map((event) =>
    peer.on(nameOf(event), (params) => listener(dataIn(params), event)),
  )
}
