import type { Report } from '../diagnostic.js'
import { idOf } from '../graph.js'
import type { Sources } from '../load/sources.js'
import type { DescribedPart, Docs, ErrorCase, Method, Param, Place, Type } from '../model.js'
import { below, isJsonObject, type JsonObject, own, ownText } from '../place.js'
import { ExampleReader } from './openrpc-example.js'
import { readDirection, readKind, readStructure } from './openrpc-kind.js'
import { type Part, Parts } from './openrpc-part.js'
import { readKinds, readStreamBinding } from './openrpc-stream.js'
import { readDocs, reportUndefined } from './reading.js'
import type { SchemaReader } from './schema.js'

/** The keys that OpenRPC 1.0 to 1.4 defines. */
const known = {
  method:
    `name description summary tags deprecated externalDocs params result errors links examples paramStructure
    servers $comment`.split(/\s+/),
  descriptor: 'name description summary required schema deprecated $comment'.split(' '),
  registration: 'method name description summary required schema deprecated $comment'.split(' '),
  error: 'code message data $comment'.split(' '),
  typedError: 'code message data schema $comment'.split(' '),
}

/** Reads the methods of an OpenRPC document. */
export class MethodReader {
  readonly #report: Report
  readonly #examples: ExampleReader
  readonly #parts: Parts
  readonly #schemas: SchemaReader
  readonly #places = new Map<string, Place>()
  readonly #looked = new Set<string>()

  constructor(sources: Sources, schemas: SchemaReader) {
    this.#report = schemas.report
    this.#examples = new ExampleReader(sources, schemas.report)
    this.#parts = new Parts(sources, schemas.report)
    this.#schemas = schemas
  }

  /** Where each method stands, by name. */
  get places(): ReadonlyMap<string, Place> {
    return this.#places
  }

  /** The methods of `document`, as far as they can be read, without those `replaced` by another document. */
  readAll(document: JsonObject, root: Place, replaced?: ReadonlySet<string>): Method[] {
    if (!Object.hasOwn(document, 'methods')) {
      this.#report.fault(root, 'it has no "methods"', 'list the methods in it; [] for none')
    }
    return this.#parts.list(document, 'methods', root, (item, at) =>
      this.#method(item, at, replaced),
    )
  }

  #method(value: unknown, at: Place, replaced?: ReadonlySet<string>): Method | undefined {
    const part = this.#parts.findNamed(value, at, 'a method')
    if (part === undefined || replaced?.has(part.name)) return undefined
    this.#expectNew(part.name, this.#places.has(part.name), part.place, 'method', 'remove')
    this.#places.set(part.name, part.place)
    this.#expectNoPromise(part.name, part.place)
    return this.#describe(part.name, part)
  }

  #describe(name: string, { value, place }: Part): Method {
    this.#expectKnown({ value, place }, known.method)
    const parts = {
      payload: this.#described(value, 'x-params', place),
      result: this.#result(value, place),
      item: this.#described(value, 'x-item', place),
      input: this.#described(value, 'x-input', place),
      partialResult: this.#described(value, 'x-partial-result', place),
    }
    const result = parts.result?.type
    const direction = readDirection(value, place, this.#report)
    const kind = readKind(value, place, direction, this.#report)
    const binding = readStreamBinding(value, place, this.#report)
    if (kind === 'stream' && binding === undefined) this.#expectItems(value, place)
    const seen = new Set<string>()
    return {
      name,
      kind,
      // An event is by its nature sent by the service, whether or not the document says so again.
      from: kind === 'event' ? 'server' : direction,
      params: this.#parts.list(value, 'params', place, (item, at) => this.#param(item, at, seen)),
      payload: parts.payload && payloadOf(value, parts.payload),
      // Most documents say nothing, and most of their servers take arrays only. Whoever receives takes both.
      positional: own(value, 'paramStructure') !== 'by-name',
      // What a subscription is answered with is its id, and no result of the stream.
      result: binding === undefined ? result : undefined,
      subscription: binding && { ...binding, id: result ?? { kind: 'unknown' } },
      kinds: readKinds(
        value,
        place,
        this.#report,
        (items, key, at) => this.#described(items, key, at)?.type,
      ),
      structure: readStructure(value, place, this.#report),
      item: parts.item?.type,
      input: parts.input?.type,
      partialResult: parts.partialResult?.type,
      registration: this.#registration(value, place),
      errors: [
        ...this.#parts.list(value, 'errors', place, (item, at) => this.#error(item, at, false)),
        ...this.#parts.list(value, 'x-errors', place, (item, at) => this.#error(item, at, true)),
      ],
      examples: this.#examples.read(value, place),
      docs: readDocs(value),
      partDocs: docsOfParts(parts),
    }
  }

  #param(value: unknown, at: Place, seen: Set<string>): Param | undefined {
    const part = this.#parts.findNamed(value, at, 'a param')
    if (part === undefined) return undefined
    this.#expectKnown(part, known.descriptor)
    this.#expectNew(part.name, seen.has(part.name), at, 'param', 'rename')
    seen.add(part.name)
    const required = own(part.value, 'required') === true
    return { name: part.name, type: this.#type(part), required, docs: readDocs(part.value) }
  }

  #result(method: JsonObject, place: Place): Described | undefined {
    const result = own(method, 'result')
    const part =
      result === undefined
        ? undefined
        : this.#parts.find(result, below(place, 'result'), 'a result')
    if (part !== undefined) this.#expectKnown(part, known.descriptor)
    return part && { type: this.#type(part), docs: readDocs(part.value) }
  }

  #registration(method: JsonObject, place: Place): Method['registration'] {
    const registration = own(method, 'x-registration')
    const options = this.#described(method, 'x-registration', place)
    const name = isJsonObject(registration) ? ownText(registration, 'method') : undefined
    return options && { method: name ?? '', options: options.type }
  }

  /**
   * What OpenRPC has no member for: a content descriptor, as `result` is, so that it can be named, described and shared
   * among methods by reference. A bare schema is a fault: taken for a descriptor, it would rule nothing out.
   */
  #described(method: JsonObject, key: string, place: Place): Described | undefined {
    const descriptor = own(method, key)
    const at = below(place, key)
    const part = descriptor === undefined ? undefined : this.#parts.find(descriptor, at, `"${key}"`)
    if (part === undefined) return undefined
    if (Object.hasOwn(part.value, 'schema')) {
      this.#expectKnown(part, key === 'x-registration' ? known.registration : known.descriptor)
      return { type: this.#type(part), docs: readDocs(part.value) }
    }
    const advice = 'write { "name": …, "schema": … }, as a result has it'
    this.#report.fault(at, `"${key}" has no "schema"`, advice)
    return undefined
  }

  #type({ value, place }: Part): Type {
    const schema = own(value, 'schema')
    if (schema !== undefined) return this.#schemas.read(schema, below(place, 'schema'))
    this.#report.warn(place, '"schema" is missing, so any value is taken', 'say what it holds')
    this.#report.open(place)
    return { kind: 'unknown' }
  }

  /** An error; one of `x-errors` may have a schema of its data, and then need no code. */
  #error(value: unknown, at: Place, isTyped: boolean): ErrorCase | undefined {
    const part = this.#parts.find(value, at, 'an error')
    if (part === undefined) return undefined
    this.#expectKnown(part, isTyped ? known.typedError : known.error)
    const code = own(part.value, 'code')
    const message = ownText(part.value, 'message') ?? ''
    const data = isTyped && Object.hasOwn(part.value, 'schema') ? this.#type(part) : undefined
    if (Number.isSafeInteger(code)) return { code: Number(code), message, data }
    if (code === undefined && data !== undefined) return { message, data }
    this.#report.fault(part.place, 'an error has no whole number "code"', 'give it one')
    return undefined
  }

  // A stream that only takes in what its caller streams has none.
  #expectItems(method: JsonObject, place: Place): void {
    if (Object.hasOwn(method, 'x-item') || Object.hasOwn(method, 'x-input')) return
    this.#report.warn(place, '"x-item" is missing, so any item is taken', 'say what it yields')
    this.#report.open(place)
  }

  // An object with a method `then` is taken for a promise by whoever awaits it or returns it from an async function.
  #expectNoPromise(name: string, place: Place): void {
    if (name !== 'then') return
    const problem = 'a method "then" would make a promise of the object it is called on'
    this.#report.fault(below(place, 'name'), problem, 'rename it, such as "andThen"')
  }

  // Once, however many methods share it.
  #expectKnown({ value, place }: Part, keys: readonly string[]): void {
    const id = idOf(place)
    if (this.#looked.has(id)) return
    this.#looked.add(id)
    reportUndefined(value, place, keys, this.#report)
  }

  #expectNew(name: string, isKnown: boolean, place: Place, what: string, todo: string): void {
    if (isKnown) this.#report.fault(place, `the ${what} "${name}" is there twice`, `${todo} one`)
  }
}

/** A part of a method, and what is said of it. */
interface Described {
  readonly type: Type
  readonly docs: Docs
}

/** Params that are one value: the members of an object that has a name, or anything else than an object. */
function payloadOf(method: JsonObject, { type }: Described): Method['payload'] {
  const descriptor = own(method, 'x-params')
  return { type, required: isJsonObject(descriptor) && own(descriptor, 'required') === true }
}

function docsOfParts(
  parts: Readonly<Record<DescribedPart, Described | undefined>>,
): Method['partDocs'] {
  const said = Object.entries(parts).flatMap(([name, part]) =>
    part && Object.values(part.docs).some((word) => word !== undefined) ? [[name, part.docs]] : [],
  )
  return said.length === 0 ? undefined : Object.fromEntries(said)
}
