import type { Report } from './diagnostic.js'
import { idsIn, partsOf } from './graph.js'
import { Kinds } from './kinds.js'
import type { ContractModel, Method, NamedType, ObjectType, Place, Type } from './model.js'

/**
 * `model`, in which a text that is base64 by its `contentEncoding` is bytes. In JSON the two cannot be told apart, so where
 * something may be either, all stay texts: that is told.
 */
export function withBytes(model: ContractModel, file: string, report: Report): ContractModel {
  if (![...model.types.values(), ...model.methods].some(holdsEncoded)) return model
  const problem = new BytesSearch(model).problem()
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
  readonly #holding: ReadonlySet<string>
  readonly #compared = new Map<Type, Set<Type>>()

  constructor(model: ContractModel) {
    this.#model = model
    this.#kinds = new Kinds(model.types)
    this.#holding = holdingBytes(model.types)
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
    if (plain.some((type) => type !== undefined && this.#reaches(type)))
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
    if (parts.some((part) => this.#reaches(part)))
      return `bytes in "${where}" are members by a pattern`
    for (const part of partsOf(type)) {
      const found = this.#in(part, where)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** Whether any two of `options` have bytes and text, or members of one name with these, in the same place. */
  #clash(options: readonly Type[]): boolean {
    const waiting: (readonly Type[])[] = [options]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const all = [...new Set(next.flatMap((option) => this.#alternatives(option, new Set())))]
      const holding = all.filter((one) => this.#reaches(one))
      for (const one of holding) {
        for (const other of all) {
          if (!this.#isNew(one, other)) continue
          if (isEncoded(one) && this.#isText(other)) return true
          waiting.push(...samePlaces(one, other))
        }
      }
    }
    return false
  }

  #isText(type: Type): boolean {
    return !isEncoded(type) && this.#kinds.of(type).includes('string')
  }

  /** Whether the two have not been compared before: types may refer to one another in any number of ways. */
  #isNew(one: Type, other: Type): boolean {
    if (one === other) return false
    const compared = this.#compared.get(one) ?? new Set()
    this.#compared.set(one, compared)
    return compared.size < compared.add(other).size
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
  #reaches(type: Type): boolean {
    if (type.kind === 'reference') return this.#holding.has(type.id)
    return isEncoded(type) || partsOf(type).some((part) => this.#reaches(part))
  }
}

/** The ids of the types in which text stands for bytes, however many references away. */
function holdingBytes(types: ContractModel['types']): ReadonlySet<string> {
  const users = new Map<string, string[]>()
  const holding = new Set<string>()
  for (const [id, { type }] of types) {
    if (holdsEncoded(type)) holding.add(id)
    for (const used of new Set(idsIn(type))) {
      const known = users.get(used) ?? []
      users.set(used, known)
      known.push(id)
    }
  }
  // A Set goes on over what is added on the way.
  for (const id of holding) {
    for (const user of users.get(id) ?? []) holding.add(user)
  }
  return holding
}

/** The types of the parts that `one` and `other` have in the same place. */
function samePlaces(one: Type, other: Type): Type[][] {
  if (one.kind === 'list' && other.kind === 'list') return [[one.of, other.of]]
  if (one.kind !== 'object' || other.kind !== 'object') return []
  const [mine, others] = [membersOf(one), membersOf(other)]
  return [...new Set([...mine.keys(), ...others.keys()])].flatMap((name) => {
    const [here, there] = [mine.get(name) ?? one.rest, others.get(name) ?? other.rest]
    return here === undefined || there === undefined ? [] : [[here, there]]
  })
}

function membersOf({ members }: ObjectType): ReadonlyMap<string, Type> {
  return new Map(members.map(({ name, type }) => [name, type]))
}
