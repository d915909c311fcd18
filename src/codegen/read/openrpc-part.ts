import type { Report } from '../diagnostic.js'
import type { Sources } from '../load/sources.js'
import type { Place } from '../model.js'
import { below, isJsonObject, type JsonObject, own, ownText } from '../place.js'

/** How many `$ref`s may follow one another before something is found. */
const longestChain = 100

/** A part of a document, where it really stands. */
export interface Part {
  readonly value: JsonObject
  readonly place: Place
}

/** Finds the parts of an OpenRPC document that are no schemas: written out, or referred to. */
export class Parts {
  readonly report: Report
  readonly #sources: Sources

  constructor(sources: Sources, report: Report) {
    this.#sources = sources
    this.report = report
  }

  /** The object that `start` is or refers to, called `what` in faults. */
  find(start: unknown, from: Place, what: string): Part | undefined {
    let value = start
    let place = from
    for (let step = 0; step < longestChain && isJsonObject(value); step++) {
      const reference = own(value, '$ref')
      if (typeof reference !== 'string') return { value, place }
      const target = this.#sources.locate(reference, place)
      if ('problem' in target) {
        this.report.fault(below(place, '$ref'), target.problem, target.advice)
        return undefined
      }
      value = target.value
      place = target.place
    }
    const isFar = isJsonObject(value)
    const problem = isFar ? `is more than ${longestChain} references away` : 'must be an object'
    this.report.fault(from, `${what} ${problem}`, 'write it out here')
    return undefined
  }

  /** The same for what must have a name. */
  findNamed(
    start: unknown,
    from: Place,
    what: string,
  ): (Part & { readonly name: string }) | undefined {
    const part = this.find(start, from, what)
    const name = part && ownText(part.value, 'name')
    if (part !== undefined && name !== undefined) return { ...part, name }
    if (part !== undefined) this.report.fault(part.place, `${what} has no "name"`, 'give it one')
    return undefined
  }

  /** What `read` makes of each of the items listed under `key`. */
  list<T>(
    object: JsonObject,
    key: string,
    place: Place,
    read: (item: unknown, at: Place) => T | undefined,
  ): T[] {
    const list = own(object, key) ?? []
    const at = below(place, key)
    if (Array.isArray(list)) {
      const items = list.map((item: unknown, index) => read(item, below(at, index)))
      return items.filter((item) => item !== undefined)
    }
    this.report.fault(at, `"${key}" is no array`, `list the ${key} in it; [] for none`)
    return []
  }
}
