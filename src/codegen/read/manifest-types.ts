import { withWords } from '../annotations.js'
import { idOf } from '../graph.js'
import type { Member, NamedType, Place, Type } from '../model.js'
import { distinctNames, upperCamel } from '../names.js'
import { below, isJsonObject, type JsonObject, own, ownText, sortedKeys } from '../place.js'
import { unionOf } from './combine.js'
import { namesTakenBy, withNames } from './openrpc-types.js'
import type { Reading } from './reader.js'
import { readDocs } from './reading.js'
import { SchemaReader } from './schema.js'

/** The types of a manifest: words such as `number[]` and `Note?`, maps of such words, and JSON Schemas. */
export class ManifestTypes {
  readonly #reading: Reading
  readonly #schemas: SchemaReader
  readonly #declared: ReadonlyMap<string, { readonly value: unknown; readonly place: Place }>

  constructor(reading: Reading) {
    this.#reading = reading
    this.#schemas = new SchemaReader(reading.sources, reading.report)
    const { document, root } = reading
    const entries = this.entries(document, 'types', root)
    this.#declared = new Map(entries.map(([name, value, place]) => [name, { value, place }]))
  }

  /** The objects mapped to names under `key`. */
  entries(object: JsonObject, key: string, place: Place): [string, JsonObject, Place][] {
    const map = own(object, key) ?? {}
    const at = below(place, key)
    if (!isJsonObject(map)) {
      this.#reading.report.fault(at, `"${key}" is no object`, `map names to ${key} in it`)
      return []
    }
    return sortedKeys(map).flatMap((name): [string, JsonObject, Place][] => {
      const value = map[name]
      if (isJsonObject(value)) return [[name, value, below(at, name)]]
      this.#reading.report.fault(below(at, name), 'this is no object', 'describe it in one')
      return []
    })
  }

  /** All types that have a name, for the contract `contract`. */
  readAll(contract: string): Map<string, NamedType> {
    const types = new Map<string, Omit<NamedType, 'name'>>()
    const wanted = [...this.#declared].map(([text, { value, place }]) => {
      types.set(idOf(place), { type: this.shape(value, place), docs: readDocs(value) })
      return { key: idOf(place), text, name: upperCamel(text) }
    })
    for (const [id, { value, place }] of this.#schemas.referred) {
      if (types.has(id)) continue
      types.set(id, withWords(this.#schemas.read(value, place), readDocs(value)))
      const text = place.pointer.split('/').at(-1) ?? ''
      wanted.push({ key: id, text, name: upperCamel(text) })
    }
    return withNames(types, distinctNames(wanted, namesTakenBy(contract)))
  }

  /** The type that a param, a result or an event says of itself. */
  read(value: JsonObject, place: Place): Type {
    const type = this.#described(value, place)
    return own(value, 'nullable') === true ? unionOf([type, { kind: 'null' }]) : type
  }

  /** Whether values of `type` are objects, and can be params. */
  isObject(type: Type): boolean {
    if (type.kind !== 'reference') return type.kind === 'object' || type.kind === 'unknown'
    const declared = [...this.#declared.values()].find(({ place }) => idOf(place) === type.id)
    return declared !== undefined && this.shape(declared.value, declared.place).kind === 'object'
  }

  /** The type of a word: `string`, `number[]`, `Note?`. */
  word(text: string, place: Place): Type {
    const word = text.trim()
    if (word.endsWith('?')) return unionOf([this.word(word.slice(0, -1), place), { kind: 'null' }])
    if (word.endsWith('[]'))
      return { kind: 'list', of: this.word(word.slice(0, -2), place), unique: false }
    const declared = this.#declared.get(word)
    if (declared !== undefined) return { kind: 'reference', id: idOf(declared.place) }
    const type = words.get(word.toLowerCase())
    if (type?.kind === 'unknown') this.#reading.report.open(place)
    if (type !== undefined) return type
    const advice = `define it under "types", or use one of ${[...words.keys()].join(', ')}`
    this.#reading.report.fault(place, `${JSON.stringify(text)} names no type`, advice)
    return { kind: 'unknown' }
  }

  /** The type of what stands under `schema` or `types`: a JSON Schema, or a map of names to words, maps and schemas. */
  shape(value: unknown, place: Place): Type {
    if (typeof value === 'string') return this.word(value, place)
    if (Array.isArray(value) && value.length === 1)
      return { kind: 'list', of: this.shape(value[0], below(place, 0)), unique: false }
    if (!isJsonObject(value) || isJsonSchema(value)) return this.#schemas.read(value, place)
    this.#reportAmbiguous(value, place)
    const members = sortedKeys(value).map((name) =>
      this.#member(name, value[name], below(place, name)),
    )
    return { kind: 'object', members, patterns: [] }
  }

  #described(value: JsonObject, place: Place): Type {
    const word = ownText(value, 'type')
    const schema = ['schema', 'validation'].find((key) => Object.hasOwn(value, key))
    const elementType = ownText(value, 'elementType')
    const shape = schema === undefined ? undefined : this.shape(value[schema], below(place, schema))
    const isList = word?.toLowerCase() === 'array'
    if (isList && shape?.kind !== 'list') {
      const element =
        elementType === undefined ? undefined : this.word(elementType, below(place, 'elementType'))
      return { kind: 'list', of: shape ?? element ?? this.#anything(place), unique: false }
    }
    if (shape !== undefined) return shape
    return word === undefined ? this.#anything(place) : this.word(word, below(place, 'type'))
  }

  /** `"email": "string?"` may be missing, and may be null. */
  #member(name: string, value: unknown, place: Place): Member {
    const isOptional = typeof value === 'string' && value.trim().endsWith('?')
    return { name, type: this.shape(value, place), required: !isOptional, docs: readDocs(value) }
  }

  #anything(place: Place): Type {
    this.#reading.report.open(place)
    return { kind: 'unknown' }
  }

  #reportAmbiguous(value: JsonObject, place: Place): void {
    const type = ownText(value, 'type')
    if (type === undefined || !jsonTypes.has(type)) return
    const problem = `"type": "${type}" may be a JSON Schema; it is taken for a member called "type"`
    const advice = 'for a schema, add a keyword such as "properties" or "description"'
    this.#reading.report.warn(below(place, 'type'), problem, advice)
  }
}

const jsonTypes = new Set('string number integer boolean null array object'.split(' '))

/** Keywords that make an object with a `type` a JSON Schema. In a map of words, the value of each would be a word. */
const keywords =
  `properties required items enum const additionalProperties minimum maximum minLength maxLength pattern
  format minItems maxItems oneOf anyOf allOf`.split(/\s+/)

function isJsonSchema(value: JsonObject): boolean {
  const found = keywords.filter((key) => Object.hasOwn(value, key))
  if (typeof value['$ref'] === 'string' || found.some((key) => typeof value[key] !== 'string'))
    return true
  const type = own(value, 'type')
  if (Array.isArray(type)) return true
  return typeof type === 'string' && jsonTypes.has(type) && found.length > 0
}

const text: Type = { kind: 'string' }
const integer: Type = { kind: 'number', integer: true }
const number: Type = { kind: 'number', integer: false }
const boolean: Type = { kind: 'boolean' }
const anyObject: Type = { kind: 'object', members: [], patterns: [] }
const anyArray: Type = { kind: 'list', of: { kind: 'unknown' }, unique: false }
const nothing: Type = { kind: 'null' }
const anything: Type = { kind: 'unknown' }

/** What a word means, whatever the case of its letters. */
const words: ReadonlyMap<string, Type> = new Map<string, Type>([
  ['string', text],
  ['date', text],
  ['datetime', text],
  ['number', number],
  ['float', number],
  ['double', number],
  ['integer', integer],
  ['int', integer],
  ['long', integer],
  ['boolean', boolean],
  ['bool', boolean],
  ['object', anyObject],
  ['array', anyArray],
  ['null', nothing],
  ['void', nothing],
  ['any', anything],
  ['unknown', anything],
])
