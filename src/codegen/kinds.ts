import { reaches } from './graph.js'
import type { ContractModel, Scalar, Type } from './model.js'
import { byCodeUnits } from './place.js'

/** The kinds of value JSON has, and bytes. */
export type Kind = 'null' | 'boolean' | 'number' | 'string' | 'bytes' | 'array' | 'object'

/** Members and the constants they must have. */
type Tags = ReadonlyMap<string, readonly Scalar[]>

const allKinds: readonly Kind[] = ['null', 'boolean', 'number', 'string', 'array', 'object']

/** Tells apart the alternatives of a union, by kind and by the constants their members must have. */
export class Kinds {
  readonly #types: ContractModel['types']
  // Without them, types that refer to one another twice over would take time exponential in their number.
  readonly #kinds = new Map<string, Kind[]>()
  readonly #open = new Map<string, boolean>()
  readonly #constantTags = new Map<string, Tags>()

  constructor(types: ContractModel['types']) {
    this.#types = types
  }

  /** The kinds that values of `type` can have. */
  of(type: Type): Kind[] {
    switch (type.kind) {
      case 'unknown':
        return [...allKinds]
      case 'never':
        return []
      case 'literal':
        return [...new Set(type.values.map(kindOf))]
      case 'list':
      case 'tuple':
        return ['array']
      case 'union':
        return [...new Set(type.of.flatMap((option) => this.of(option)))]
      case 'intersection':
        return allKinds.filter((kind) => type.of.every((part) => this.of(part).includes(kind)))
      case 'reference':
        return remembered(this.#kinds, type.id, () => this.of(this.#target(type.id)))
      default:
        return [type.kind]
    }
  }

  /** Whether any value is of `type`. */
  isOpen(type: Type): boolean {
    if (type.kind === 'reference') {
      return remembered(this.#open, type.id, () => this.isOpen(this.#target(type.id)))
    }
    if (type.kind === 'union') return type.of.some((option) => this.isOpen(option))
    if (type.kind === 'intersection') return type.of.every((part) => this.isOpen(part))
    return type.kind === 'unknown'
  }

  /** Whether values of two of `types` or more can contain values of the type `id`. */
  isRecursive(types: readonly Type[], id: string): boolean {
    return types.filter((type) => reaches(type, id, this.#types)).length > 1
  }

  /** `types` in groups of which no two share a kind. */
  byKind(types: readonly Type[]): Type[][] {
    return grouped(types.map((type) => ({ type, marks: this.of(type) })))
  }

  /** `types` in groups told apart by the constant in one member, the one that makes most groups. */
  byTag(
    types: readonly Type[],
  ): { key: string; groups: { values: Scalar[]; types: Type[] }[] } | undefined {
    const tagged = types.map((type) => ({ type, tags: this.#tags(type) }))
    const keys = [...(tagged[0]?.tags.keys() ?? [])].filter((key) =>
      tagged.every(({ tags }) => tags.has(key)),
    )
    const splits = keys.sort(byCodeUnits).map((key) => {
      const groups = grouped(tagged.map(({ type, tags }) => ({ type, marks: tags.get(key) ?? [] })))
      return {
        key,
        groups: groups.map((members) => ({ values: this.#valuesOf(members, key), types: members })),
      }
    })
    const [best] = splits.toSorted((a, b) => b.groups.length - a.groups.length)
    return best !== undefined && best.groups.length > 1 ? best : undefined
  }

  #valuesOf(types: readonly Type[], key: string): Scalar[] {
    return [...new Set(types.flatMap((type) => this.#tags(type).get(key) ?? []))]
  }

  /** The constants that members of `type` must have, by member. */
  #tags(type: Type): Tags {
    if (type.kind === 'reference') {
      return remembered(this.#constantTags, type.id, () => this.#tags(this.#target(type.id)))
    }
    if (type.kind === 'intersection')
      return new Map(type.of.flatMap((part) => [...this.#tags(part)]))
    if (type.kind === 'union') return commonTags(type.of.map((option) => this.#tags(option)))
    if (type.kind !== 'object') return new Map()
    const tags = new Map<string, readonly Scalar[]>()
    for (const { name, type: member, required } of type.members) {
      const values = required ? this.#constants(member) : undefined
      if (values !== undefined) tags.set(name, values)
    }
    return tags
  }

  #constants(type: Type): readonly Scalar[] | undefined {
    if (type.kind === 'literal') return type.values
    return type.kind === 'reference' ? this.#constants(this.#target(type.id)) : undefined
  }

  #target(id: string): Type {
    return this.#types.get(id)?.type ?? { kind: 'unknown' }
  }
}

function remembered<T>(known: Map<string, T>, id: string, find: () => T): T {
  const value = known.get(id) ?? find()
  known.set(id, value)
  return value
}

function kindOf(value: Scalar): Kind {
  return value === null ? 'null' : (typeof value as Kind)
}

function commonTags(all: readonly Tags[]): Tags {
  const keys = [...(all[0]?.keys() ?? [])].filter((key) => all.every((tags) => tags.has(key)))
  return new Map(keys.map((key) => [key, all.flatMap((tags) => tags.get(key) ?? [])]))
}

/** The types in groups of which no two share a mark. */
function grouped(
  marked: readonly { readonly type: Type; readonly marks: readonly unknown[] }[],
): Type[][] {
  let groups: { types: Type[]; marks: Set<unknown> }[] = []
  for (const { type, marks } of marked) {
    const touching = groups.filter((group) => marks.some((mark) => group.marks.has(mark)))
    const types = [...touching.flatMap((group) => group.types), type]
    const joined = {
      types,
      marks: new Set([...touching.flatMap((group) => [...group.marks]), ...marks]),
    }
    groups = [...groups.filter((group) => !touching.includes(group)), joined]
  }
  return groups.map((group) => group.types)
}
