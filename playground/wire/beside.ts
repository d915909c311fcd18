import type { Direction, Row, Timeline } from '../state/timeline.js'
import { idIn, type MessageId, type WireMessage } from './message.js'
import { listIn, memberOf } from './reading.js'

/** What goes beside a request and its answer, on one of three ways: stream items, credit for them, and progress. */
export interface Beside {
  /** The request. */
  readonly id: MessageId
  /** Whether whoever made the request sent this. */
  readonly isFromCaller: boolean
  readonly way: 'output' | 'input' | 'progress'
  /** How many items it brings. */
  readonly items: number
  /** How many items it says were consumed, all told; a message that says so brings none. */
  readonly consumed: number | undefined
}

/** What `message` is beside which request; nothing where it is something else. */
export function besideIn({ value }: WireMessage): Beside | undefined {
  const params = memberOf(value, 'params')
  const common = { id: idIn(params, 'id'), items: listIn(params, 'values').length }
  switch (memberOf(value, 'method')) {
    case 'rpc.output':
      return { ...common, isFromCaller: false, way: 'output', consumed: undefined }
    case 'rpc.input':
      return { ...common, isFromCaller: true, way: 'input', consumed: undefined }
    case 'rpc.window':
      return windowIn(params)
    case '$/progress':
      return {
        id: idIn(params, 'token'),
        isFromCaller: false,
        way: 'progress',
        items: 0,
        consumed: undefined,
      }
    default:
      return undefined
  }
}

function windowIn(params: unknown): Beside {
  const way = memberOf(params, 'of') === 'input' ? 'input' : 'output'
  const consumed = Number(memberOf(params, 'consumed'))
  return { id: idIn(params, 'id'), isFromCaller: way === 'output', way, items: 0, consumed }
}

/**
 * The rows for what goes beside requests: one for each way of each request, whose count grows. A row for every message
 * would push everything else out of the timeline.
 */
export class BesideRows {
  readonly #timeline: Timeline
  /** Row numbers, by the number of the row of the request and the way. */
  readonly #rows = new Map<string, number>()

  constructor(timeline: Timeline) {
    this.#timeline = timeline
  }

  take(message: WireMessage, direction: Direction, beside: Beside, asked: Row): void {
    const key = `${asked.seq} ${beside.way}`
    const row = this.#timeline.find(this.#rows.get(key))
    if (row !== undefined) this.#grow(row, message, beside)
    // Where the timeline was cleared, credit for what was put away is of no interest.
    else if (beside.consumed === undefined)
      this.#rows.set(key, this.#begin(message, direction, beside, asked).seq)
  }

  /** The request is over. */
  forget({ seq }: Row): void {
    for (const way of ['output', 'input', 'progress']) this.#rows.delete(`${seq} ${way}`)
  }

  #begin({ bytes, value }: WireMessage, direction: Direction, beside: Beside, asked: Row): Row {
    const { way, items } = beside
    return this.#timeline.add({
      at: performance.now(),
      direction,
      kind: way === 'progress' ? 'progress' : 'items',
      peer: asked.peer,
      method: asked.method,
      id: asked.id,
      bytes,
      status: 'told',
      code: undefined,
      latency: undefined,
      depth: asked.depth + 1,
      pair: asked.seq,
      value,
      messages: 1,
      items,
      consumed: undefined,
    })
  }

  #grow(row: Row, { bytes, value }: WireMessage, { items, consumed }: Beside): void {
    this.#timeline.change(row.seq, {
      messages: row.messages + 1,
      bytes: row.bytes + bytes,
      items: row.items + items,
      ...(consumed !== undefined && { consumed }),
      // What is shown is what was brought last, and not the credit for it, or that there is no more.
      ...(consumed === undefined && !saysDone(value) && { value }),
    })
  }
}

function saysDone(value: unknown): boolean {
  return memberOf(memberOf(value, 'params'), 'done') === true
}
