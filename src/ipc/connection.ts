import type { PeerState } from '../peer/peer.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import { after, type Runtime } from '../runtime.js'
import type { CloseReason } from '../transport/transport.js'
import type { DialLine, Line } from './line.js'

/** Is told of every change of the connection to a service, and of what caused it. */
export type StateListener = (state: PeerState, cause?: RpcError) => void

/** What a connection needs of whoever has it. */
export interface ConnectionOwner {
  readonly name: string
  readonly runtime: Runtime
  readonly dial: DialLine
  /** Is called with each line once it is open, before anything else is sent over it. */
  opened(line: Line): void
  /** Whether it is to be redialled by itself when it drops. */
  isWanted(): boolean
  changed(state: PeerState, cause?: RpcError): void
}

/** One line at a time to a service: dialled when it is needed, and again when it dropped. */
export class Connection {
  readonly #owner: ConnectionOwner
  #line: Line | undefined
  #opening: Promise<Line> | undefined
  /** Ends the attempt that is made. */
  #attempt = new AbortController()
  #state: PeerState = 'closed'
  #failures = 0
  #stopWaiting: () => void = () => {}

  constructor(owner: ConnectionOwner) {
    this.#owner = owner
  }

  get state(): PeerState {
    return this.#state
  }

  /** The line that is open, if there is one. */
  get line(): Line | undefined {
    return this.#line?.peer.state === 'open' ? this.#line : undefined
  }

  /** The line, dialled if need be: by one attempt for all who wait. */
  async open(): Promise<Line> {
    const { line } = this
    if (line !== undefined) return line
    this.#opening ??= this.#dial()
    return this.#opening
  }

  /** Dials, and dials again as long as it is wanted. What fails is told of. */
  keep(): void {
    this.open().catch(() => {})
  }

  /** Waits no longer to dial again where nobody wants that any more. */
  release(): void {
    if (this.#state !== 'suspended' || this.#owner.isWanted()) return
    this.#stopWaiting()
    this.#change('closed')
  }

  /** Ends the line, and what waits for one rejects with `closed`. */
  async close(): Promise<void> {
    this.#stopWaiting()
    this.#attempt.abort(disconnected(this.#owner.name))
    this.#opening = undefined
    const line = this.#line
    this.#line = undefined
    this.#change('closed')
    await line?.peer.close()
  }

  async #dial(): Promise<Line> {
    this.#stopWaiting()
    this.#attempt = new AbortController()
    const { signal } = this.#attempt
    this.#change('connecting')
    try {
      return this.#take(await this.#owner.dial(signal), signal)
    } catch (reason) {
      const error = RpcError.from(reason)
      if (!signal.aborted) this.#dropped(error)
      throw error
    } finally {
      if (signal === this.#attempt.signal) this.#opening = undefined
    }
  }

  #take(line: Line, signal: AbortSignal): Line {
    try {
      signal.throwIfAborted()
      this.#owner.opened(line)
    } catch (reason) {
      void line.peer.close()
      throw reason
    }
    this.#line = line
    this.#failures = 0
    void line.peer.closed.then((reason) => {
      // A line that was replaced, or closed on purpose, has no more to say.
      if (this.#line !== line) return
      this.#line = undefined
      if (this.#opening === undefined) this.#dropped(lost(this.#owner.name, reason))
    })
    this.#change('open')
    return line
  }

  #dropped(cause: RpcError): void {
    if (!this.#owner.isWanted()) return this.#change('closed', cause)
    this.#change('suspended', cause)
    const wait = Math.min(firstWait * 2 ** this.#failures++, longestWait)
    this.#stopWaiting = after(this.#owner.runtime, wait, () => this.keep())
  }

  #change(state: PeerState, cause?: RpcError): void {
    if (state === this.#state && cause === undefined) return
    this.#state = state
    this.#owner.changed(state, cause)
  }
}

/** Milliseconds before a line that dropped is dialled again by itself; each failure doubles them, up to the longest. */
const firstWait = 250
const longestWait = 30_000

function disconnected(name: string): RpcError {
  return new RpcError(errorCodes.closed, `disconnect() was called on "${name}"`, {
    delivery: 'unsent',
  })
}

function lost(name: string, { code, reason }: CloseReason): RpcError {
  const why = `${code}${reason && `, ${reason}`}`
  return new RpcError(errorCodes.closed, `the connection to "${name}" closed (${why})`)
}
