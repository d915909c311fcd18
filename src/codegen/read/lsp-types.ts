import type { Report } from '../diagnostic.js'
import { idOf } from '../graph.js'
import type { Docs, Member, NamedType, Place, Scalar, Type } from '../model.js'
import { distinctNames, upperCamel } from '../names.js'
import { below, byCodeUnits, isJsonObject, type JsonObject, own, ownText } from '../place.js'
import { intersectionOf, unionOf } from './combine.js'
import { namesTakenBy, withNames } from './openrpc-types.js'

const homes = ['structures', 'enumerations', 'typeAliases'] as const

/** An object of the document, and where it stands. */
export interface Found {
  readonly value: JsonObject
  readonly place: Place
}

interface Declared extends Found {
  readonly home: (typeof homes)[number]
}

/** The types of an LSP meta model. All of them are named, whether or not a message needs them. */
export class LspTypes {
  readonly #report: Report
  readonly #declared = new Map<string, Declared>()

  constructor(document: JsonObject, root: Place, report: Report) {
    this.#report = report
    for (const home of homes)
      for (const found of this.list(document, home, root)) this.#declare({ ...found, home })
  }

  /** All named types, for the contract `contract`. */
  readAll(contract: string): Map<string, NamedType> {
    const wanted = [...this.#declared].map(([text, { place }]) => ({
      key: idOf(place),
      text,
      // The protocol knows both InitializeParams and _InitializeParams.
      name: isIdentifier(text) ? text : upperCamel(text),
    }))
    const types = [...this.#declared.values()].map(
      (declared) => [idOf(declared.place), this.#readDeclared(declared)] as const,
    )
    return withNames(new Map(types), distinctNames(wanted, namesTakenBy(contract)))
  }

  /** The objects listed under `key`. */
  list(object: JsonObject, key: string, place: Place): Found[] {
    const list = own(object, key) ?? []
    const at = below(place, key)
    if (!Array.isArray(list)) {
      this.#report.fault(at, `"${key}" is no array`, `list the ${key} in it; [] for none`)
      return []
    }
    return list.flatMap((value: unknown, index) => {
      if (isJsonObject(value)) return [{ value, place: below(at, index) }]
      this.#report.fault(below(at, index), 'this is no object', 'describe one of them here')
      return []
    })
  }

  /** The name of `value`, under `key`. */
  nameOf(value: JsonObject, place: Place, key: 'name' | 'method'): string | undefined {
    const name = ownText(value, key)
    if (name === undefined) this.#report.fault(place, `it has no "${key}"`, 'give it one')
    return name
  }

  /** The type under `key`, if there is one. */
  readMember(value: JsonObject, key: string, place: Place): Type | undefined {
    return Object.hasOwn(value, key) ? this.read(value[key], below(place, key)) : undefined
  }

  read(value: unknown, place: Place): Type {
    const kind = isJsonObject(value) ? own(value, 'kind') : undefined
    if (isJsonObject(value) && typeof kind === 'string') {
      const type = this.#ofKind(kind, value, place)
      if (type !== undefined) return type
    }
    const problem = `${JSON.stringify(kind)} is no kind of type of the meta model`
    this.#report.fault(below(place, 'kind'), problem, `use one of ${kinds.join(', ')}`)
    return { kind: 'unknown' }
  }

  #declare(declared: Declared): void {
    const name = this.nameOf(declared.value, declared.place, 'name')
    if (name === undefined) return
    if (this.#declared.has(name))
      this.#report.fault(declared.place, `the type "${name}" is there twice`, 'remove one')
    this.#declared.set(name, declared)
  }

  #readDeclared({ value, place, home }: Declared): Omit<NamedType, 'name'> {
    const docs = lspDocs(value)
    if (home === 'structures') return { type: this.#structure(value, place), docs }
    if (home === 'typeAliases')
      return { type: this.read(own(value, 'type'), below(place, 'type')), docs }
    const values = enumDocs(this.list(value, 'values', place).map((found) => found.value))
    const description = [docs.description ?? '', values].filter(Boolean).join('\n\n')
    return { type: this.#enumeration(value, place), docs: { ...docs, description } }
  }

  #structure(value: JsonObject, place: Place): Type {
    const bases = ['extends', 'mixins'].flatMap((key) =>
      this.list(value, key, place).map((base) => this.read(base.value, base.place)),
    )
    const members = this.#members(value, place)
    if (bases.length > 0 && members.length === 0) return intersectionOf(bases)
    return intersectionOf([...bases, { kind: 'object', members, patterns: [] }])
  }

  #members(value: JsonObject, place: Place): Member[] {
    const members = this.list(value, 'properties', place).map(({ value: property, place: at }) => ({
      name: this.nameOf(property, at, 'name') ?? '',
      type: this.read(own(property, 'type'), below(at, 'type')),
      required: own(property, 'optional') !== true,
      docs: lspDocs(property),
    }))
    return members.toSorted((a, b) => byCodeUnits(a.name, b.name))
  }

  #enumeration(value: JsonObject, place: Place): Type {
    const values = this.list(value, 'values', place).flatMap((entry) => {
      const constant = own(entry.value, 'value')
      if (typeof constant === 'string' || typeof constant === 'number') return [constant]
      this.#report.fault(entry.place, 'its "value" is neither text nor number', 'give it one')
      return []
    })
    const known: Type = { kind: 'literal', values }
    if (own(value, 'supportsCustomValues') !== true) return known
    return unionOf([known, this.read(own(value, 'type'), below(place, 'type'))])
  }

  #ofKind(kind: string, value: JsonObject, place: Place): Type | undefined {
    switch (kind) {
      case 'base':
        return this.#base(value, place)
      case 'reference':
        return this.#reference(value, place)
      case 'array':
        return { kind: 'list', of: this.#inner(value, 'element', place), unique: false }
      case 'map':
        return {
          kind: 'object',
          members: [],
          rest: this.#inner(value, 'value', place),
          patterns: [],
        }
      case 'or':
        return unionOf(this.#items(value, place))
      case 'and':
        return intersectionOf(this.#items(value, place))
      case 'tuple':
        return tupleOf(this.#items(value, place))
      case 'literal':
        return this.#literal(value, place)
      case 'stringLiteral':
        return this.#constant('string', value, place)
      case 'integerLiteral':
        return this.#constant('number', value, place)
      case 'booleanLiteral':
        return this.#constant('boolean', value, place)
      default:
        return undefined
    }
  }

  #inner(value: JsonObject, key: string, place: Place): Type {
    return this.read(own(value, key), below(place, key))
  }

  #items(value: JsonObject, place: Place): Type[] {
    return this.list(value, 'items', place).map((item) => this.read(item.value, item.place))
  }

  #constant(kind: 'string' | 'number' | 'boolean', value: JsonObject, place: Place): Type {
    const constant = own(value, 'value')
    if (typeof constant === kind) return { kind: 'literal', values: [constant as Scalar] }
    this.#report.fault(place, `its "value" is no ${kind}`, 'give it one')
    return { kind: 'unknown' }
  }

  #literal(value: JsonObject, place: Place): Type {
    const inner = own(value, 'value')
    const members = isJsonObject(inner) ? this.#members(inner, below(place, 'value')) : []
    return { kind: 'object', members, patterns: [] }
  }

  #base(value: JsonObject, place: Place): Type {
    const type = bases.get(own(value, 'name'))
    if (type !== undefined) return type
    const problem = `${JSON.stringify(own(value, 'name'))} is no base type of the meta model`
    this.#report.fault(below(place, 'name'), problem, `use one of ${[...bases.keys()].join(', ')}`)
    return { kind: 'unknown' }
  }

  #reference(value: JsonObject, place: Place): Type {
    const name = own(value, 'name')
    const declared = this.#declared.get(String(name))
    if (declared !== undefined) return { kind: 'reference', id: idOf(declared.place) }
    const problem = `${JSON.stringify(name)} names no structure, enumeration or type alias`
    this.#report.fault(below(place, 'name'), problem, 'define it, or correct the name')
    return { kind: 'unknown' }
  }
}

const kinds = [
  'base',
  'reference',
  'array',
  'map',
  'or',
  'and',
  'tuple',
  'literal',
  'stringLiteral',
]

const text: Type = { kind: 'string' }

const bases: ReadonlyMap<unknown, Type> = new Map<unknown, Type>([
  ['URI', text],
  ['DocumentUri', text],
  ['string', text],
  ['RegExp', text],
  ['integer', { kind: 'number', integer: true, minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }],
  ['uinteger', { kind: 'number', integer: true, minimum: 0, maximum: 2 ** 31 - 1 }],
  ['decimal', { kind: 'number', integer: false }],
  ['boolean', { kind: 'boolean' }],
  ['null', { kind: 'null' }],
])

function tupleOf(items: Type[]): Type {
  return { kind: 'tuple', items, rest: { kind: 'never' }, minItems: items.length, unique: false }
}

/** The values of an enumeration as a list, as a union of constants has no room for what they are called and mean. */
function enumDocs(values: readonly JsonObject[]): string {
  return values
    .map((value) => {
      const { description = '' } = lspDocs(value)
      const [first = ''] = description.replaceAll('\n\n', '\0').replaceAll('\n', ' ').split('\0')
      const name = ownText(value, 'name') ?? ''
      return `- \`${JSON.stringify(own(value, 'value'))}\` ${name}${first && `: ${first}`}`
    })
    .join('\n')
}

/** What the meta model says of a thing for people. */
export function lspDocs(value: JsonObject): Docs {
  return {
    description: ownText(value, 'documentation'),
    since: ownText(value, 'since'),
    deprecated: ownText(value, 'deprecated'),
    experimental: own(value, 'proposed') === true ? true : undefined,
  }
}

function isIdentifier(text: string): boolean {
  return /^[A-Za-z_]\w*$/.test(text)
}
