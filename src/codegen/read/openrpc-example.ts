import type { Report } from '../diagnostic.js'
import type { Sources } from '../load/sources.js'
import type { Place } from '../model.js'
import { below, isJsonObject, type JsonObject, own } from '../place.js'

/** How many `$ref`s may follow one another before an example is found. */
const longestChain = 100

/** Reads the examples of methods, written out wherever they refer to others. Nothing depends on them, so no fault is one. */
export class ExampleReader {
  readonly #sources: Sources
  readonly #report: Report

  constructor(sources: Sources, report: Report) {
    this.#sources = sources
    this.#report = report
  }

  /** The examples of `method`, if it has any. */
  read(method: JsonObject, place: Place): readonly JsonObject[] | undefined {
    if (!Object.hasOwn(method, 'examples')) return undefined
    const pairings = this.#list(method['examples'], below(place, 'examples'))
    return pairings.map(({ value, place }) => this.#pairing(value, place))
  }

  #pairing(pairing: JsonObject, place: Place): JsonObject {
    const { params, result, ...said } = pairing
    const found = result === undefined ? undefined : this.#find(result, below(place, 'result'))
    return {
      ...said,
      params: this.#list(params ?? [], below(place, 'params')).map(({ value }) => value),
      ...(found && { result: found.value }),
    }
  }

  #list(list: unknown, place: Place): Found[] {
    if (!Array.isArray(list)) {
      this.#leaveOut(place, 'examples are listed in an array')
      return []
    }
    const items = list.map((item: unknown, index) => this.#find(item, below(place, index)))
    return items.filter((item) => item !== undefined)
  }

  #find(start: unknown, from: Place): Found | undefined {
    let found = { value: start, place: from }
    for (let step = 0; step < longestChain && isJsonObject(found.value); step++) {
      const { value, place } = found
      const reference = own(value, '$ref')
      if (typeof reference !== 'string') return { value, place }
      const target = this.#sources.locate(reference, place)
      if ('problem' in target) return this.#leaveOut(below(place, '$ref'), target.problem)
      found = target
    }
    return this.#leaveOut(from, 'an example is an object')
  }

  #leaveOut(place: Place, problem: string): undefined {
    this.#report.warn(place, `${problem}; the example is left out`, 'correct it, or remove it')
  }
}

interface Found {
  readonly value: JsonObject
  readonly place: Place
}
