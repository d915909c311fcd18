import type { Direction, Row, Status, Timeline } from '../state/timeline.js'
import { BesideRows, besideIn } from './beside.js'
import { idIn, type MessageId, messagesIn, type WireMessage } from './message.js'
import { memberOf, textIn } from './reading.js'
import type { FrameObserver } from './tapped.js'

/** Who is who, for the names in the timeline. */
export interface Names {
  /** The service that `method` belongs to. */
  serviceOf(method: string): string
  /** Who answers for `service`. */
  providerOf(service: string): string
}

const opposite = { in: 'out', out: 'in' } as const

/** Request ids that wait for an answer, and the rows of those requests. */
type Open = Map<MessageId, Row>

/** Makes the rows of one connection: pairs answers with requests, and finds what happened inside what. */
export class Conversation implements FrameObserver {
  readonly #timeline: Timeline
  readonly #names: Names
  readonly #beside: BesideRows
  readonly #open: Readonly<Record<Direction, Open>> = { in: new Map(), out: new Map() }

  constructor(timeline: Timeline, names: Names) {
    this.#timeline = timeline
    this.#beside = new BesideRows(timeline)
    this.#names = names
  }

  sent(frame: string): void {
    for (const message of messagesIn(frame)) this.#take(message, 'out')
  }

  received(frame: string): void {
    for (const message of messagesIn(frame)) this.#take(message, 'in')
  }

  /** The connection has ended: what waits for an answer gets none. */
  ended(): void {
    for (const open of Object.values(this.#open)) {
      for (const { seq } of open.values()) this.#timeline.change(seq, { status: 'lost' })
      open.clear()
    }
  }

  #take(message: WireMessage, direction: Direction): void {
    if (message.kind === 'request' || message.kind === 'stream') this.#request(message, direction)
    else if (message.kind === 'notification') this.#notification(message, direction)
    else this.#answer(message, direction)
  }

  #request(message: WireMessage, direction: Direction): void {
    const row = this.#add(message, direction, 'pending')
    this.#open[direction].set(message.id, row)
  }

  #notification(message: WireMessage, direction: Direction): void {
    if (this.#takeBeside(message, direction)) return
    this.#add(message, direction, 'told')
    if (message.method !== '$/cancelRequest') return
    const cancelled = this.#open[direction].get(idIn(memberOf(message.value, 'params'), 'id'))
    if (cancelled !== undefined) this.#timeline.change(cancelled.seq, { status: 'cancelled' })
  }

  /** False where it goes beside no request that is open. */
  #takeBeside(message: WireMessage, direction: Direction): boolean {
    const beside = besideIn(message)
    if (beside === undefined) return false
    const asked = this.#open[beside.isFromCaller ? direction : opposite[direction]].get(beside.id)
    if (asked !== undefined) this.#beside.take(message, direction, beside, asked)
    return asked !== undefined
  }

  #answer(message: WireMessage, direction: Direction): void {
    const open = this.#open[opposite[direction]]
    const asked = open.get(message.id)
    open.delete(message.id)
    const status = message.kind === 'result' ? 'ok' : 'error'
    const code = memberOf(memberOf(message.value, 'error'), 'code')
    const row = this.#timeline.add({
      ...this.#common(message, direction),
      status,
      code: typeof code === 'number' ? code : undefined,
      method: asked?.method ?? '',
      peer: asked?.peer ?? 'unknown',
      depth: asked?.depth ?? 0,
      pair: asked?.seq,
      latency: asked && performance.now() - asked.at,
    })
    if (asked === undefined) return
    this.#beside.forget(asked)
    this.#settle(asked, row)
  }

  #settle({ seq }: Row, { status, code, latency, seq: pair }: Row): void {
    // Whoever cancelled no longer waits, whatever is answered after all.
    const wasCancelled = this.#timeline.find(seq)?.status === 'cancelled'
    this.#timeline.change(seq, {
      code,
      latency,
      pair,
      status: wasCancelled ? 'cancelled' : status,
    })
  }

  #add(message: WireMessage, direction: Direction, status: Status): Row {
    const { method } = message
    const service = this.#names.serviceOf(method)
    return this.#timeline.add({
      ...this.#common(message, direction),
      status,
      method,
      peer: senderIn(message) ?? this.#names.providerOf(service),
      depth: direction === 'in' ? this.#depthIn(service) : 0,
      code: undefined,
      pair: undefined,
      latency: undefined,
    })
  }

  #common({ kind, id, bytes, value }: WireMessage, direction: Direction) {
    const one = { messages: 1, items: 0, consumed: undefined }
    return { direction, kind, id, bytes, value, at: performance.now(), ...one }
  }

  /** How deep a message of `service` stands: inside the latest call to it that is still open. */
  #depthIn(service: string): number {
    if (service === 'hub') return 0
    const around = [...this.#open.out.values()].findLast(
      ({ method }) => this.#names.serviceOf(method) === service,
    )
    return around === undefined ? 0 : around.depth + 1
  }
}

/** Who sent it, as the hub stamped it. */
function senderIn({ value }: WireMessage): string | undefined {
  const from = memberOf(memberOf(value, 'meta'), 'from')
  return textIn(from, 'name') ?? textIn(from, 'principal')
}
