import type { Report } from './diagnostic.js'
import { partsOf } from './graph.js'
import { Kinds } from './kinds.js'
import type { ContractModel, Method, NamedType, ObjectType, Place, Type } from './model.js'

/**
 * `model`, in which a text that is base64 by its `contentEncoding` is bytes. In JSON the two cannot be told apart, so where
 * something may be either, all stay texts: that is told.
 */
export function withBytes(model: ContractModel, file: string, report: Report): ContractModel {
  const search = new BytesSearch(model)
  if (![...model.types.values(), ...model.methods].some(holdsEncoded)) return model
  const problem = search.problem()
  if (problem !== undefined) {
    const place: Place = { file, pointer: '' }
    report.warn(place, `${problem}, so base64 is left to handlers`, 'give each a name of its own')
    return model
  }
  const types = new Map(
    [...model.types].map(([id, named]): [string, NamedType] => [id, turned(named)]),
  )
  return { ...model, types, methods: model.methods.map(turned) }
}

/** Whether `type` itself is text that stands for bytes. */
function isEncoded(type: Type): boolean {
  return type.kind === 'string' && type.annotations?.['contentEncoding'] === 'base64'
}

function isType(part: unknown): part is Type {
  return typeof part === 'object' && part !== null && 'kind' in part
}

function holdsEncoded(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false
  if (isType(part) && isEncoded(part)) return true
  return Object.values(part).some(holdsEncoded)
}

/** A copy of a part of a model, in which what is encoded is bytes. */
function turned<T>(part: T): T {
  if (typeof part !== 'object' || part === null) return part
  if (isType(part) && part.kind === 'string' && isEncoded(part)) {
    const { maxLength } = part
    const max = maxLength === undefined ? undefined : Math.floor(maxLength / 4) * 3
    return { kind: 'bytes', max } as T
  }
  if (Array.isArray(part)) return part.map(turned) as T
  const entries = Object.entries(part).map(([key, value]) => [key, turned(value)])
  return Object.fromEntries(entries)
}

/** Looks for what stands in the way of bytes. */
class BytesSearch {
  readonly #model: ContractModel
  readonly #kinds: Kinds

  constructor(model: ContractModel) {
    this.#model = model
    this.#kinds = new Kinds(model.types)
  }

  problem(): string | undefined {
    for (const { name, type } of this.#model.types.values()) {
      const found = this.#in(type, name)
      if (found !== undefined) return found
    }
    for (const method of this.#model.methods) {
      const found = this.#inMethod(method)
      if (found !== undefined) return found
    }
    return undefined
  }

  #inMethod({ name, errors, partialResult, registration, ...method }: Method): string | undefined {
    const plain = [...errors.map(({ data }) => data), partialResult, registration?.options]
    if (plain.some((type) => type !== undefined && this.#reaches(type, new Set())))
      return `an error of "${name}", or a part of its result, has bytes`
    const { params, payload, result, item, input, kinds } = method
    const types = [
      ...params.map(({ type }) => type),
      ...(kinds?.items ?? []).map((kind) => kind.item),
      payload?.type,
      result,
      item,
      input,
    ]
    for (const type of types) {
      const found = type && this.#in(type, name)
      if (found !== undefined) return found
    }
    return undefined
  }

  #in(type: Type, where: string): string | undefined {
    if (isEncoded(type) && type.kind === 'string') {
      const isPlain = type.pattern === undefined && !type.minLength
      return isPlain ? undefined : `bytes in "${where}" must be a text of some form`
    }
    if (type.kind === 'union' || type.kind === 'intersection') {
      if (this.#clash(type.of)) return `bytes in "${where}" cannot be told from a text`
    }
    const parts = type.kind === 'object' ? type.patterns.map((pattern) => pattern.type) : []
    if (parts.some((part) => this.#reaches(part, new Set())))
      return `bytes in "${where}" are members by a pattern`
    for (const part of partsOf(type)) {
      const found = this.#in(part, where)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** Whether any two of `options` have bytes and text, or members of one name with these, in the same place. */
  #clash(options: readonly Type[], depth = 0): boolean {
    const all = options.flatMap((option) => this.#alternatives(option, new Set()))
    const isMixed = (types: readonly Type[]) =>
      types.some(isEncoded) &&
      types.some((one) => !isEncoded(one) && this.#kinds.of(one).includes('string'))
    if (isMixed(all)) return true
    if (depth > 8) return all.some((one) => this.#reaches(one, new Set()))
    const objects = all.filter((one): one is ObjectType & Type => one.kind === 'object')
    const names = new Set(objects.flatMap(({ members }) => members.map(({ name }) => name)))
    for (const name of names) {
      const members = objects.flatMap(({ members, rest }) => {
        const member = members.find((one) => one.name === name)?.type ?? rest
        return member === undefined ? [] : [member]
      })
      if (members.length > 1 && this.#clash(members, depth + 1)) return true
    }
    const lists = all.flatMap((one) => (one.kind === 'list' ? [one.of] : []))
    return lists.length > 1 && this.#clash(lists, depth + 1)
  }

  /** What `type` may be, or is made of at the same place, without references. */
  #alternatives(type: Type, seen: Set<string>): readonly Type[] {
    if (type.kind === 'union' || type.kind === 'intersection')
      return type.of.flatMap((one) => this.#alternatives(one, seen))
    if (type.kind !== 'reference') return [type]
    if (seen.has(type.id)) return []
    seen.add(type.id)
    const target = this.#model.types.get(type.id)
    return target === undefined ? [] : this.#alternatives(target.type, seen)
  }

  /** Whether bytes are anywhere in `type`, however many references away. */
  #reaches(type: Type, seen: Set<string>): boolean {
    if (isEncoded(type)) return true
    if (type.kind !== 'reference') return partsOf(type).some((part) => this.#reaches(part, seen))
    if (seen.has(type.id)) return false
    seen.add(type.id)
    const target = this.#model.types.get(type.id)
    return target !== undefined && this.#reaches(target.type, seen)
  }
}
