import type { Report } from './diagnostic.js'
import type { NamedType, Place, Type } from './model.js'

type Types = ReadonlyMap<string, NamedType>

/** How many steps through references, alternatives and parts may be taken before a type says what it is. */
const longest = 100

/**
 * Faults types that are made of themselves alone (`A = A | B`), which no value could be checked against in finite
 * time, and chains of names too long to follow.
 */
export function checkGraph(types: Types, report: Report): void {
  const settled = new Set<string>()
  for (const id of types.keys()) {
    const problem = follow({ kind: 'reference', id }, types, settled, [])
    if (problem === undefined) continue
    report.fault(placeOf(id), problem, 'write out what it is')
    // The other links of a long chain would all say the same.
    if (!settled.has(id)) return
  }
}

function follow(
  type: Type,
  types: Types,
  settled: Set<string>,
  path: readonly string[],
): string | undefined {
  if (path.length > longest)
    return `it is more than ${longest} references away from saying what it is`
  if (type.kind === 'union' || type.kind === 'intersection') {
    return first(type.of, (part) => follow(part, types, settled, [...path, '']))
  }
  if (type.kind !== 'reference' || settled.has(type.id)) return undefined
  if (path.includes(type.id)) {
    settled.add(type.id)
    return 'it is defined only in terms of itself'
  }
  const target = types.get(type.id)
  const problem = target && follow(target.type, types, settled, [...path, type.id])
  if (problem === undefined) settled.add(type.id)
  return problem
}

function first<T>(list: readonly T[], look: (item: T) => string | undefined): string | undefined {
  for (const item of list) {
    const found = look(item)
    if (found !== undefined) return found
  }
  return undefined
}

/** Whether `type` refers to `id`, however many references away. */
export function reaches(type: Type, id: string, types: Types): boolean {
  const seen = new Set<string>()
  const waiting: Type[] = [type]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.kind !== 'reference') {
      waiting.push(...partsOf(next))
      continue
    }
    if (next.id === id) return true
    if (seen.has(next.id)) continue
    seen.add(next.id)
    const target = types.get(next.id)
    if (target !== undefined) waiting.push(target.type)
  }
  return false
}

/** The types directly inside `type`. */
export function partsOf(type: Type): readonly Type[] {
  if (type.kind === 'union' || type.kind === 'intersection') return type.of
  if (type.kind === 'list') return [type.of]
  if (type.kind === 'tuple') return [...type.items, type.rest]
  if (type.kind !== 'object') return []
  const inner = [...type.members, ...type.patterns].map((entry) => entry.type)
  return type.rest === undefined ? inner : [...inner, type.rest]
}

/** The id of the type that stands at `place`. */
export function idOf({ file, pointer }: Place): string {
  return `${file}#${pointer}`
}

/** The place that the id of a type spells. */
export function placeOf(id: string): Place {
  const at = id.indexOf('#')
  return { file: id.slice(0, at), pointer: id.slice(at + 1) }
}

/** The ids of the types that anything in a model refers to. */
export function idsIn(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return []
  if ('kind' in part && part.kind === 'reference' && 'id' in part) return [String(part.id)]
  return Object.values(part).flatMap(idsIn)
}
