/** How many connections there may be. */
export interface ConnectionLimits {
  /** At once. */
  readonly connections: number
  /** At once from one address. */
  readonly connectionsPerAddress: number
}

/** Connections that are open or opening, all told and by the address they came from. */
export class ConnectionCount {
  readonly #limits: ConnectionLimits
  readonly #addresses = new Map<string, number>()
  #all = 0

  constructor(limits: ConnectionLimits) {
    this.#limits = limits
  }

  /** The limit that one more from `address` would be over; none where there is room. */
  limitReached(address: string): keyof ConnectionLimits | undefined {
    const { connections, connectionsPerAddress } = this.#limits
    if (this.#all >= connections) return 'connections'
    const here = this.#addresses.get(address) ?? 0
    return here >= connectionsPerAddress ? 'connectionsPerAddress' : undefined
  }

  /** Counts one from `address`; returns what takes it off the count, to be called once. */
  enter(address: string): () => void {
    this.#all++
    this.#addresses.set(address, (this.#addresses.get(address) ?? 0) + 1)
    return () => {
      this.#all--
      const left = (this.#addresses.get(address) ?? 1) - 1
      if (left > 0) this.#addresses.set(address, left)
      else this.#addresses.delete(address)
    }
  }
}
