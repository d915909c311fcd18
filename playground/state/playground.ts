import { signal } from '@preact/signals'
import type { Peer } from 'bothways'
import type { Membership } from 'bothways/client'
import { type Method, sampleParams } from '../schema/method.js'
import { Conversation } from '../wire/conversation.js'
import { Composer } from './composer.js'
import { Connection } from './connection.js'
import { Directory } from './directory.js'
import { firstCall } from './first-call.js'
import { Inbox } from './inbox.js'
import { Serving } from './serving.js'
import { Timeline } from './timeline.js'
import { takeToken } from './token.js'

/** The parts of the page; on a narrow screen one at a time. */
export const places = ['peers', 'methods', 'call', 'inbox', 'timeline'] as const
export type Place = (typeof places)[number]

/** All that the page knows and does, without how it looks. */
export class Playground {
  readonly timeline = new Timeline()
  readonly inbox = new Inbox()
  readonly composer = new Composer()
  readonly directory = new Directory((methods) => this.#discovered(methods))
  readonly connection: Connection
  /** The part that is shown where only one fits. */
  readonly place = signal<Place>('call')
  #peer: Peer | undefined
  #serving: Serving | undefined

  constructor(url: string) {
    this.connection = new Connection(url, {
      observe: () => new Conversation(this.timeline, this.directory),
      opened: (membership) => this.#opened(membership),
      closed: () => this.directory.forget(),
    })
  }

  /** Whether whoever provided the method in the composer has gone. */
  get isServiceGone(): boolean {
    const { value: method } = this.composer.method
    const isKnown = method !== undefined && this.directory.document.value !== undefined
    return isKnown && this.directory.lacks(method.service)
  }

  connect(): Promise<void> {
    return this.connection.connect(takeToken())
  }

  /** Opens `method` in the composer. */
  open(method: Method): void {
    this.composer.open(method, this.#firstParams(method))
    this.go('call')
  }

  /** Shows a part of the page. A message that is open is closed: on a narrow screen it covers everything. */
  go(place: Place): void {
    this.timeline.selected.value = undefined
    this.place.value = place
  }

  async call(): Promise<void> {
    if (this.#peer !== undefined) await this.composer.call(this.#peer)
  }

  async #opened(membership: Membership): Promise<void> {
    this.#peer = membership.peer
    this.#serving = new Serving(membership.peer, this.inbox)
    await this.directory.watch(membership)
  }

  #discovered(methods: readonly Method[]): void {
    this.#serving?.serve(methods)
    const callable = methods.filter(({ side }) => side === 'service')
    const { value: current } = this.composer.method
    const renewed = callable.find(({ name }) => name === current?.name)
    if (renewed !== undefined) return this.composer.renew(renewed)
    const first = callable.find(({ name }) => name === firstCall.method) ?? callable[0]
    if (current === undefined && first !== undefined) {
      this.composer.open(first, this.#firstParams(first))
    }
  }

  #firstParams(method: Method): object {
    if (method.name === firstCall.method) return firstCall.params
    return sampleParams(this.directory.document.value, method)
  }
}
