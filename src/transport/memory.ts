import {
  type CloseReason,
  normalClose,
  type Transport,
  type TransportListener,
} from './transport.js'

/** Two joined transports in one process. Frames arrive in order, in a later microtask. */
export function memoryPair(): [Transport, Transport] {
  const near = new MemoryTransport()
  const far = new MemoryTransport(near)
  near.join(far)
  return [near, far]
}

class MemoryTransport implements Transport {
  #other: MemoryTransport
  #listener: TransportListener | undefined
  #end: CloseReason | undefined
  readonly isLocal = true
  #arrived: (string | Uint8Array)[] = []
  #waiting = 0
  #scheduled = false

  constructor(other?: MemoryTransport) {
    this.#other = other ?? this
  }

  join(other: MemoryTransport): void {
    this.#other = other
  }

  get buffered(): number {
    return this.#other.#waiting
  }

  start(listener: TransportListener): void {
    this.#listener = listener
    this.#schedule()
  }

  send(frame: string | Uint8Array): void {
    if (this.#end === undefined) this.#other.#take(frame)
  }

  close(reason: CloseReason = normalClose): void {
    this.#finish(reason)
    this.#other.#finish(reason)
  }

  #take(frame: string | Uint8Array): void {
    if (this.#end !== undefined) return
    this.#arrived.push(frame)
    this.#waiting += frame.length
    this.#schedule()
  }

  #finish(reason: CloseReason): void {
    this.#end ??= reason
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled || this.#listener === undefined) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.#deliver()
    })
  }

  #deliver(): void {
    const listener = this.#listener
    const frames = this.#arrived
    this.#arrived = []
    this.#waiting = 0
    for (const frame of frames) listener?.frame(frame)
    if (frames.length > 0) this.#other.#drained()
    if (this.#end === undefined || this.#arrived.length > 0) return
    this.#listener = undefined
    listener?.closed(this.#end)
  }

  #drained(): void {
    this.#listener?.writable()
  }
}
