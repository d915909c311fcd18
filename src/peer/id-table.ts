/**
 * Values by ids that ascend, few of them there at once. A Map that forgets as fast as it learns keeps the garbage
 * collector busy: a slot for each of the latest ids gave 1.5 times the calls over WebSocket with 64 and 512 in flight.
 */
export class IdTable<T extends { readonly id: number }> {
  #slots: (T | undefined)[] = new Array(8).fill(undefined)
  /** What is still there when its slot is needed again, such as a call that takes hours. */
  readonly #older = new Map<number, T>()
  #size = 0

  get size(): number {
    return this.#size
  }

  get(id: unknown): T | undefined {
    if (typeof id !== 'number') return undefined
    const latest = this.#at(id)
    return latest?.id === id ? latest : this.#older.get(id)
  }

  add(value: T): void {
    // Many are there: more slots. Few: one that stayed, which must not make the table grow for ever.
    if (this.#size * 2 > this.#slots.length && this.#at(value.id) !== undefined) this.#grow()
    const held = this.#at(value.id)
    if (held !== undefined) this.#older.set(held.id, held)
    this.#slots[value.id & (this.#slots.length - 1)] = value
    this.#size++
  }

  delete(id: number): void {
    const slot = id & (this.#slots.length - 1)
    if (this.#slots[slot]?.id === id) this.#slots[slot] = undefined
    else if (!this.#older.delete(id)) return
    this.#size--
  }

  values(): T[] {
    const latest = this.#slots.filter((value) => value !== undefined)
    return [...this.#older.values(), ...latest].sort((one, other) => one.id - other.id)
  }

  #at(id: number): T | undefined {
    return this.#slots[id & (this.#slots.length - 1)]
  }

  #grow(): void {
    const values = this.#slots
    this.#slots = new Array(values.length * 2).fill(undefined)
    for (const value of values) if (value) this.#slots[value.id & (this.#slots.length - 1)] = value
  }
}
