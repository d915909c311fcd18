import { computed, signal } from '@preact/signals'
import type { MessageId, MessageKind } from '../wire/message.js'
import { type Filter, filterFrom } from './filter.js'

/** Which way a message went, as seen from this page. */
export type Direction = 'in' | 'out'

/** How a message ended; `told` for what nobody answers, `lost` where the connection ended first. */
export type Status = 'pending' | 'ok' | 'error' | 'cancelled' | 'lost' | 'told'

/** What a row shows: a message, or those beside a request that belong together. */
export type RowKind = MessageKind | 'items' | 'progress'

/** One message in the timeline, or several in one row. Never changed: a newer one takes its place. */
export interface Row {
  readonly seq: number
  /** Milliseconds since the page was opened. */
  readonly at: number
  readonly direction: Direction
  readonly kind: RowKind
  /** The other end: who sent it, or who is to get it. */
  readonly peer: string
  readonly method: string
  readonly id: MessageId
  readonly bytes: number
  readonly status: Status
  /** The code of the error that it was answered with. */
  readonly code: number | undefined
  /** Milliseconds from the request to its answer. */
  readonly latency: number | undefined
  /** How many calls it stands inside. */
  readonly depth: number
  /** The answer of a request, the request of an answer. */
  readonly pair: number | undefined
  /** The message, the newest where there are several. */
  readonly value: unknown
  readonly messages: number
  /** Stream items in it, and how many of those the other end was told to be consumed. */
  readonly items: number
  readonly consumed: number | undefined
}

/** Rows that are kept; the oldest make room. */
export const mostRows = 2_000

/** Every message of this page, in both directions, the newest last. */
export class Timeline {
  /** What is shown: a snapshot, taken once a frame of the screen. */
  readonly rows = signal<readonly Row[]>([])
  readonly dropped = signal(0)
  readonly isPaused = signal(false)
  readonly query = signal('')
  readonly shown = computed(() => {
    const filter: Filter = filterFrom(this.query.value)
    return this.rows.value.filter(filter)
  })
  /** The row that is open in the details. */
  readonly selected = signal<number | undefined>(undefined)
  #rows: Row[] = []
  #next = 1
  /** Messages since the timeline was cleared: what is older was not dropped, but put away. */
  #messages = 0
  #isScheduled = false

  add(row: Omit<Row, 'seq'>): Row {
    const added = { ...row, seq: this.#next++ }
    this.#rows.push(added)
    this.#messages += row.messages
    // In chunks: shifting an array of thousands for each message would show in the rate.
    if (this.#rows.length >= mostRows + 200) this.#rows = this.#rows.slice(-mostRows)
    this.#schedule()
    return added
  }

  /** Replaces a row by one with `changes`; nothing where it was dropped. */
  change(seq: number, changes: Partial<Row>): void {
    const index = this.#indexOf(seq)
    const row = this.#rows[index]
    if (row === undefined) return
    this.#rows[index] = { ...row, ...changes }
    this.#messages += (changes.messages ?? row.messages) - row.messages
    this.#schedule()
  }

  find(seq: number | undefined): Row | undefined {
    return seq === undefined ? undefined : this.#rows[this.#indexOf(seq)]
  }

  clear(): void {
    this.#rows = []
    this.selected.value = undefined
    this.#messages = 0
    this.#publish()
  }

  /** Stops the view, or lets it catch up. Messages are taken note of all the same. */
  pause(isPaused: boolean): void {
    this.isPaused.value = isPaused
    if (!isPaused) this.#publish()
  }

  #indexOf(seq: number): number {
    const [first] = this.#rows
    return first === undefined ? -1 : seq - first.seq
  }

  #schedule(): void {
    if (this.#isScheduled || this.isPaused.value) return
    this.#isScheduled = true
    requestAnimationFrame(() => {
      this.#isScheduled = false
      if (!this.isPaused.value) this.#publish()
    })
  }

  #publish(): void {
    const kept = this.#rows.slice(-mostRows)
    this.rows.value = kept
    this.dropped.value = this.#messages - messagesIn(kept)
  }
}

/** How many messages `rows` stand for. */
export function messagesIn(rows: readonly Row[]): number {
  return rows.reduce((sum, { messages }) => sum + messages, 0)
}
