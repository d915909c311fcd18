import type { Report } from '../diagnostic.js'
import type { Sources } from '../load/sources.js'
import type { ErrorCase, Method, Param, Place, Type } from '../model.js'
import { below, type JsonObject, own, ownText } from '../place.js'
import { type Part, Parts } from './openrpc-part.js'
import { readDocs } from './reading.js'
import type { SchemaReader } from './schema.js'

const senders = new Map<unknown, Method['from']>([
  [undefined, 'client'],
  ['clientToServer', 'client'],
  ['serverToClient', 'server'],
  ['both', 'both'],
])

const kinds: readonly unknown[] = ['request', 'notification', 'event'] satisfies Method['kind'][]

/** Reads the methods of an OpenRPC document. */
export class MethodReader {
  readonly #report: Report
  readonly #parts: Parts
  readonly #schemas: SchemaReader
  readonly #seen = new Set<string>()

  constructor(sources: Sources, schemas: SchemaReader) {
    this.#report = schemas.report
    this.#parts = new Parts(sources, schemas.report)
    this.#schemas = schemas
  }

  /** The methods of `document`, as far as they can be read. */
  readAll(document: JsonObject, root: Place): Method[] {
    if (!Object.hasOwn(document, 'methods')) {
      this.#report.fault(root, 'it has no "methods"', 'list the methods in it; [] for none')
    }
    return this.#parts.list(document, 'methods', root, (item, at) => this.#method(item, at))
  }

  #method(value: unknown, at: Place): Method | undefined {
    const part = this.#parts.findNamed(value, at, 'a method')
    if (part === undefined) return undefined
    this.#expectNew(part.name, this.#seen, part.place, 'method', 'remove')
    this.#expectNoPromise(part.name, part.place)
    return this.#describe(part.name, part)
  }

  #describe(name: string, { value, place }: Part): Method {
    const result = this.#result(value, place)
    const direction = this.#direction(value, place)
    const kind = this.#kind(value, place, direction, result !== undefined)
    const seen = new Set<string>()
    const error = (item: unknown, at: Place) => this.#error(item, at)
    return {
      name,
      kind,
      // An event is by its nature sent by the service, whether or not the document says so again.
      from: kind === 'event' ? 'server' : direction,
      params: this.#parts.list(value, 'params', place, (item, at) => this.#param(item, at, seen)),
      // Most documents say nothing, and most of their servers take arrays only. Whoever receives takes both.
      positional: own(value, 'paramStructure') !== 'by-name',
      result,
      errors: ['errors', 'x-errors'].flatMap((key) => this.#parts.list(value, key, place, error)),
      docs: readDocs(value),
    }
  }

  #direction(method: JsonObject, place: Place): Method['from'] {
    const direction = own(method, 'x-direction')
    const from = senders.get(direction)
    if (from !== undefined) return from
    const advice = 'use "clientToServer", "serverToClient" or "both"'
    this.#report.fault(
      below(place, 'x-direction'),
      `${JSON.stringify(direction)} is no direction`,
      advice,
    )
    return 'client'
  }

  #kind(method: JsonObject, place: Place, from: Method['from'], answers: boolean): Method['kind'] {
    const kind = own(method, 'x-kind')
    const at = below(place, 'x-kind')
    if (kind === undefined)
      return answers ? 'request' : from === 'server' ? 'event' : 'notification'
    if (!isKind(kind)) {
      this.#report.fault(
        at,
        `${JSON.stringify(kind)} is no kind`,
        'use "request", "notification" or "event"',
      )
      return 'request'
    }
    if (kind !== 'request' && answers) {
      this.#report.fault(
        at,
        `${JSON.stringify(kind)} and a result exclude each other`,
        'remove one',
      )
    }
    if (kind === 'event' && from !== 'server' && Object.hasOwn(method, 'x-direction')) {
      this.#report.fault(at, 'only the service sends events', 'make it "serverToClient"')
    }
    return kind
  }

  #param(value: unknown, at: Place, seen: Set<string>): Param | undefined {
    const part = this.#parts.findNamed(value, at, 'a param')
    if (part === undefined) return undefined
    this.#expectNew(part.name, seen, at, 'param', 'rename')
    const required = own(part.value, 'required') === true
    return { name: part.name, type: this.#type(part), required, docs: readDocs(part.value) }
  }

  #result(method: JsonObject, place: Place): Type | undefined {
    const result = own(method, 'result')
    const part =
      result === undefined
        ? undefined
        : this.#parts.find(result, below(place, 'result'), 'a result')
    return part && this.#type(part)
  }

  #type({ value, place }: Part): Type {
    const schema = own(value, 'schema')
    if (schema !== undefined) return this.#schemas.read(schema, below(place, 'schema'))
    this.#report.warn(place, '"schema" is missing, so any value is taken', 'say what it holds')
    this.#report.open(place)
    return { kind: 'unknown' }
  }

  #error(value: unknown, at: Place): ErrorCase | undefined {
    const part = this.#parts.find(value, at, 'an error')
    if (part === undefined) return undefined
    const code = own(part.value, 'code')
    if (Number.isSafeInteger(code))
      return { code: Number(code), message: ownText(part.value, 'message') ?? '' }
    this.#report.fault(part.place, 'an error has no whole number "code"', 'give it one')
    return undefined
  }

  // An object with a method `then` is taken for a promise by whoever awaits it or returns it from an async function.
  #expectNoPromise(name: string, place: Place): void {
    if (name !== 'then') return
    const problem = 'a method "then" would make a promise of the object it is called on'
    this.#report.fault(below(place, 'name'), problem, 'rename it, such as "andThen"')
  }

  #expectNew(name: string, seen: Set<string>, place: Place, what: string, todo: string): void {
    if (seen.has(name))
      this.#report.fault(place, `the ${what} "${name}" is there twice`, `${todo} one`)
    seen.add(name)
  }
}

function isKind(kind: unknown): kind is Method['kind'] {
  return kinds.includes(kind)
}
