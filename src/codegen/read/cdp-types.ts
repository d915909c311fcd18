import type { Report } from '../diagnostic.js'
import { idOf } from '../graph.js'
import type { Docs, Member, NamedType, Place, Type } from '../model.js'
import { distinctNames, upperCamel } from '../names.js'
import { below, byCodeUnits, isJsonObject, type JsonObject, own, ownText } from '../place.js'
import { namesTakenBy, withNames } from './openrpc-types.js'

/** An object of a document, and where it stands. */
export interface Found {
  readonly value: JsonObject
  readonly place: Place
}

/** One domain of the protocol, such as `Runtime`. */
export interface Domain extends Found {
  readonly name: string
}

interface Declared extends Found {
  readonly domain: Domain
}

/** The types of a CDP protocol, across its domains. All of them are named: `Runtime.CallFrame` is `RuntimeCallFrame`. */
export class CdpTypes {
  readonly #report: Report
  readonly #domains: ReadonlySet<string>
  readonly #declared = new Map<string, Declared>()
  readonly #types = new Map<string, Omit<NamedType, 'name'> & { readonly text: string }>()
  readonly #missing = new Set<string>()

  constructor(domains: readonly Domain[], report: Report) {
    this.#report = report
    this.#domains = new Set(domains.map(({ name }) => name))
    for (const domain of domains)
      for (const found of this.list(domain.value, 'types', domain.place))
        this.#declared.set(`${domain.name}.${this.nameOf(found.value, found.place, 'id')}`, {
          ...found,
          domain,
        })
  }

  /** Gives a type a name, made from `text`. */
  add(text: string, place: Place, type: Type, docs: Docs = {}): void {
    this.#types.set(idOf(place), { text, type, docs })
  }

  /** All named types, for the contract `contract`. */
  readAll(contract: string): Map<string, NamedType> {
    for (const [text, { value, place, domain }] of this.#declared)
      this.add(text, place, this.read(value, place, domain), cdpDocs(value))
    const wanted = [...this.#types].map(([key, { text }]) => ({
      key,
      text,
      name: upperCamel(text),
    }))
    return withNames(this.#types, distinctNames(wanted, namesTakenBy(contract)))
  }

  /** The objects listed under `key`. */
  list(object: JsonObject, key: string, place: Place): Found[] {
    const list = own(object, key) ?? []
    const at = below(place, key)
    if (Array.isArray(list) && list.every(isJsonObject))
      return list.map((value, index) => ({ value, place: below(at, index) }))
    this.#report.fault(at, `"${key}" is no array of objects`, `list the ${key} in it; [] for none`)
    return []
  }

  nameOf(value: JsonObject, place: Place, key: 'name' | 'id'): string {
    const name = ownText(value, key)
    if (name === undefined) this.#report.fault(place, `it has no "${key}"`, 'give it one')
    return name ?? ''
  }

  /** The members or params listed under `key`. */
  members(object: JsonObject, key: string, place: Place, domain: Domain): Member[] {
    const members = this.list(object, key, place).map(({ value, place: at }) => ({
      name: this.nameOf(value, at, 'name'),
      type: this.read(value, at, domain),
      required: own(value, 'optional') !== true,
      docs: cdpDocs(value),
    }))
    return members.toSorted((a, b) => byCodeUnits(a.name, b.name))
  }

  /** The type that `value` describes, a type or a member, seen from `domain`. */
  read(value: JsonObject, place: Place, domain: Domain): Type {
    if (Object.hasOwn(value, '$ref')) return this.#reference(value, place, domain)
    const type = own(value, 'type')
    const values = own(value, 'enum')
    if (Array.isArray(values) && values.every((item) => typeof item === 'string'))
      return { kind: 'literal', values }
    if (type === 'array')
      return { kind: 'list', of: this.#items(value, place, domain), unique: false }
    if (type === 'object')
      return {
        kind: 'object',
        members: this.members(value, 'properties', place, domain),
        patterns: [],
      }
    const scalar = scalars.get(type)
    if (scalar === undefined) {
      const advice = `use "$ref", array, object, ${[...scalars.keys()].join(', ')}`
      this.#report.fault(below(place, 'type'), `${JSON.stringify(type)} is no type of CDP`, advice)
    }
    if (type === 'any') this.#report.open(place)
    return scalar ?? { kind: 'unknown' }
  }

  #items(value: JsonObject, place: Place, domain: Domain): Type {
    const items = own(value, 'items')
    const at = below(place, 'items')
    if (isJsonObject(items)) return this.read(items, at, domain)
    this.#report.warn(place, '"items" is missing, so any item is taken', 'say what it holds')
    this.#report.open(place)
    return { kind: 'unknown' }
  }

  #reference(value: JsonObject, place: Place, domain: Domain): Type {
    const reference = String(own(value, '$ref'))
    const name = reference.includes('.') ? reference : `${domain.name}.${reference}`
    const declared = this.#declared.get(name)
    if (declared !== undefined) return { kind: 'reference', id: idOf(declared.place) }
    if (!this.#missing.has(name)) this.#faultMissing(name, below(place, '$ref'))
    this.#missing.add(name)
    return { kind: 'unknown' }
  }

  // Said once for each name: where a file is missing, thousands of places need it.
  #faultMissing(name: string, place: Place): void {
    const [domain = ''] = name.split('.')
    if (this.#domains.has(domain)) {
      const advice = 'define it there, or correct the reference'
      this.#report.fault(place, `the domain ${domain} has no type "${name}"`, advice)
      return
    }
    const problem = `"${name}" is of the domain ${domain}, which no document here has`
    const advice =
      'give its document as well: js_protocol.json and browser_protocol.json belong together'
    this.#report.fault(place, problem, advice)
  }
}

const scalars: ReadonlyMap<unknown, Type> = new Map<unknown, Type>([
  ['string', { kind: 'string' }],
  // In base64.
  ['binary', { kind: 'string' }],
  ['integer', { kind: 'number', integer: true }],
  ['number', { kind: 'number', integer: false }],
  ['boolean', { kind: 'boolean' }],
  ['any', { kind: 'unknown' }],
])

/** What CDP says of a thing for people. */
export function cdpDocs(value: JsonObject): Docs {
  return {
    description: ownText(value, 'description'),
    deprecated: own(value, 'deprecated') === true ? true : undefined,
    experimental: own(value, 'experimental') === true ? true : undefined,
  }
}
