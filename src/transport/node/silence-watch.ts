import { checkAmount } from '../../protocol/limits.js'
import { after, type Runtime } from '../../runtime.js'
import * as limits from '../limits.js'

/** How long a connection may be silent. */
export interface SilenceLimits {
  /** Milliseconds without a byte after which the other end is pinged; Infinity for never. Default 15,000. */
  readonly pingAfter?: number
  /** Milliseconds without a byte after that ping before the connection ends with 4012. Default 10,000. */
  readonly giveUpAfter?: number
}

/** One connection that is watched. */
interface Watched {
  /** Bytes that have arrived, all told. */
  bytesRead(): number
  ping(): void
  /** Nothing came for as long as this, in milliseconds. */
  silent(milliseconds: number): void
}

interface State {
  readonly watched: Watched
  bytes: number
  /** When bytes were last seen to arrive. */
  heard: number
  /** Looks at it since then, and since it was pinged: a process that slept looks once, and may not have read yet. */
  looks: number
  isAsked: boolean
}

/**
 * Notices connections whose other end has gone without a word: any byte is life, so a long message on a slow line is no
 * silence. One timer looks after all of them, and costs a message nothing.
 */
export class SilenceWatch {
  readonly #runtime: Runtime
  readonly #pingAfter: number
  readonly #giveUpAfter: number
  readonly #period: number
  readonly #states = new Set<State>()
  #stop: (() => void) | undefined

  constructor(
    runtime: Runtime,
    { pingAfter = limits.pingAfter, giveUpAfter = limits.giveUpAfter }: SilenceLimits,
  ) {
    checkAmount('pingAfter', pingAfter)
    checkAmount('giveUpAfter', giveUpAfter)
    this.#runtime = runtime
    this.#pingAfter = pingAfter
    this.#giveUpAfter = giveUpAfter
    this.#period = Math.max(1, Math.min(pingAfter, giveUpAfter) / 4)
  }

  /** Watches a connection until what it returns is called. */
  add(watched: Watched): () => void {
    if (this.#pingAfter === Number.POSITIVE_INFINITY) return () => {}
    const bytes = watched.bytesRead()
    const state = { watched, bytes, heard: this.#runtime.now(), looks: 0, isAsked: false }
    this.#states.add(state)
    if (this.#stop === undefined) this.#arm()
    return () => {
      this.#states.delete(state)
      if (this.#states.size > 0) return
      this.#stop?.()
      this.#stop = undefined
    }
  }

  #arm(): void {
    this.#stop = after(this.#runtime, this.#period, () => {
      this.#arm()
      for (const state of this.#states) this.#look(state)
    })
  }

  #look(state: State): void {
    const { watched, bytes, isAsked } = state
    const now = this.#runtime.now()
    const read = watched.bytesRead()
    if (read !== bytes)
      return void Object.assign(state, { bytes: read, heard: now, looks: 0, isAsked: false })
    state.looks++
    const patience = isAsked ? this.#giveUpAfter : this.#pingAfter
    if (state.looks * this.#period < patience) return
    if (isAsked) return watched.silent(now - state.heard)
    Object.assign(state, { looks: 0, isAsked: true })
    watched.ping()
  }
}
