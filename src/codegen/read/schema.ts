import { annotated, annotationsOf } from '../annotations.js'
import type { Report } from '../diagnostic.js'
import { idOf } from '../graph.js'
import type { Sources } from '../load/sources.js'
import type { Place, Type } from '../model.js'
import { below, isJsonObject, type JsonObject, keysOf, own } from '../place.js'
import { intersectionOf, unionOf } from './combine.js'
import { impliedTypes, reportKeywords } from './keywords.js'
import type { SchemaReading } from './reading.js'
import { readArray } from './schema-array.js'
import { readConstant } from './schema-constant.js'
import { readObject } from './schema-object.js'
import { readNumber, readText } from './schema-scalar.js'

/** How deep schemas may stand inside one another without a `$ref` between them. */
const deepest = 128

/** Reads JSON Schemas into types. What they refer to is noted in `referred`, and read by whoever owns the reader. */
export class SchemaReader implements SchemaReading {
  readonly report: Report
  /** The schemas referred to so far, by id. */
  readonly referred = new Map<string, { readonly place: Place; readonly value: unknown }>()
  readonly #sources: Sources
  readonly #named = new Set<string>()
  #depth = 0

  constructor(sources: Sources, report: Report) {
    this.#sources = sources
    this.report = report
  }

  read(schema: unknown, place: Place): Type {
    if (this.#depth > 0 && this.#named.has(idOf(place))) return this.refer(place, schema)
    if (this.#depth === deepest) {
      this.report.fault(
        place,
        `schemas are nested more than ${deepest} deep`,
        'name the inner ones and refer to them',
      )
      return { kind: 'unknown' }
    }
    this.#depth++
    const type = this.#readAny(schema, place)
    this.#depth--
    if (type.kind === 'unknown') this.report.open(place)
    return type
  }

  /** The reference to what stands at `place`. */
  refer(alias: Place, aliased: unknown): Type {
    const { place, value } = this.#imported(alias, aliased) ?? { place: alias, value: aliased }
    const id = idOf(place)
    this.referred.set(id, { place, value })
    return { kind: 'reference', id }
  }

  /** The reference to what stands at `place`, which is referred to from now on also by what it is written out in. */
  name(place: Place, value: unknown): Type {
    this.#named.add(idOf(place))
    return this.refer(place, value)
  }

  readList(schema: JsonObject, keyword: string, place: Place): Type[] | undefined {
    const list = own(schema, keyword)
    if (list === undefined) return undefined
    if (Array.isArray(list))
      return list.map((item: unknown, index) => this.read(item, below(place, keyword, index)))
    this.report.fault(below(place, keyword), `"${keyword}" is no array`, 'list schemas in it')
    return undefined
  }

  /** What a name stands for that is just that of another document: one type, not two of the same name. */
  #imported(place: Place, value: unknown): { place: Place; value: unknown } | undefined {
    if (!isJsonObject(value) || Object.keys(value).join() !== '$ref') return undefined
    const target = this.#sources.locate(String(value['$ref']), place)
    if ('problem' in target || target.place.file === place.file) return undefined
    return keysOf(target.place.pointer).at(-1) === keysOf(place.pointer).at(-1) ? target : undefined
  }

  #readAny(schema: unknown, place: Place): Type {
    if (schema === true) return { kind: 'unknown' }
    if (schema === false) return { kind: 'never' }
    if (isJsonObject(schema)) return this.#readSchema(schema, place)
    this.report.fault(place, 'a schema must be an object, true or false', 'write {} for any value')
    return { kind: 'unknown' }
  }

  #readSchema(schema: JsonObject, place: Place): Type {
    reportKeywords(schema, place, this.report)
    const parts = [
      this.#reference(schema, place),
      this.#typed(schema, place),
      readConstant(this.report, schema, place),
      ...(this.readList(schema, 'allOf', place) ?? []),
      this.#alternatives(schema, 'oneOf', place),
      this.#alternatives(schema, 'anyOf', place),
    ]
    const type = intersectionOf(parts.filter((part) => part !== undefined))
    const whole = own(schema, 'nullable') === true ? unionOf([type, { kind: 'null' }]) : type
    return annotated(whole, annotationsOf(schema))
  }

  #reference(schema: JsonObject, place: Place): Type | undefined {
    const reference = own(schema, '$ref')
    if (reference === undefined) return undefined
    const at = below(place, '$ref')
    if (typeof reference !== 'string') {
      this.report.fault(at, '"$ref" is no string', 'write it as #/components/schemas/Name')
      return undefined
    }
    const target = this.#sources.locate(reference, place)
    if ('place' in target) return this.refer(target.place, target.value)
    // Documents that are published in parts, each to be merged with others, leave names for those to define.
    if (isComponent(reference)) {
      const problem = `${target.problem}, so any value is taken`
      this.report.warn(at, problem, target.advice)
      return { kind: 'unknown' }
    }
    if (!isOneOfAll(place) || !isRemote(reference)) {
      this.report.fault(at, target.problem, target.advice)
      return undefined
    }
    // What the others of an allOf say still holds; a type that is nothing but such a reference would say nothing.
    this.report.warn(
      at,
      `"${reference}" is on a server, and is left out of the type`,
      target.advice,
    )
    return { kind: 'unknown' }
  }

  // More than one match under oneOf is let pass: telling would take every alternative to be tried on every value.
  #alternatives(schema: JsonObject, keyword: 'oneOf' | 'anyOf', place: Place): Type | undefined {
    const options = this.readList(schema, keyword, place)
    return options === undefined ? undefined : unionOf(options)
  }

  #typed(schema: JsonObject, place: Place): Type | undefined {
    const declared = own(schema, 'type')
    const types =
      declared === undefined ? impliedBy(schema) : Array.isArray(declared) ? declared : [declared]
    if (types.length === 0) return undefined
    return unionOf(types.map((type: unknown) => this.#ofType(type, schema, place)))
  }

  #ofType(type: unknown, schema: JsonObject, place: Place): Type {
    if (type === 'string') return suggesting(readText(this.report, schema, place), schema)
    if (type === 'number' || type === 'integer')
      return readNumber(this.report, schema, place, type === 'integer')
    if (type === 'null' || type === 'boolean') return { kind: type }
    if (type === 'object') return readObject(this, schema, place)
    if (type === 'array') return readArray(this, schema, place)
    const advice = 'use string, number, integer, boolean, null, array or object'
    this.report.fault(
      below(place, 'type'),
      `${JSON.stringify(type)} is no JSON Schema type`,
      advice,
    )
    return { kind: 'unknown' }
  }
}

/** DAP names the texts that are common, and allows any other. */
function suggesting(type: Type, schema: JsonObject): Type {
  const known = own(schema, '_enum')
  if (!Array.isArray(known) || !known.every((text) => typeof text === 'string')) return type
  return unionOf([{ kind: 'literal', values: known }, type])
}

function isOneOfAll({ pointer }: Place): boolean {
  return /\/allOf\/\d+$/.test(pointer)
}

function isComponent(reference: string): boolean {
  return /^#\/components\/schemas\/[^/]+$/.test(reference)
}

function isRemote(reference: string): boolean {
  return /^https?:/i.test(reference)
}

function impliedBy(schema: JsonObject): string[] {
  const implied = impliedTypes.filter(([, keywords]) =>
    keywords.some((keyword) => Object.hasOwn(schema, keyword)),
  )
  return implied.map(([type]) => type)
}
