import type { Kinds } from '../kinds.js'
import type { Type } from '../model.js'
import { pointerOf } from '../place.js'
import { literal } from './literal.js'

/** A value under check: how generated code names it, and how it says where it is. */
export interface Spot {
  /** An identifier. */
  readonly value: string
  /** The path to it: static texts, and code for what is known at run time only. */
  readonly path: readonly (string | { readonly code: string })[]
}

/** What the writers of single kinds of type need of the writer of a whole check. */
export interface CheckWriter {
  /** The statements that return a fault when the value at `spot` is not of `type`. */
  statements(type: Type, spot: Spot): string[]
  /** What `type` expects, in the words of a fault. */
  words(type: Type): string
  /** Whether any value is of `type`. */
  isOpen(type: Type): boolean
  /** The name of a function of the file that checks `type`, which stands at `spot`. */
  check(type: Type, spot: Spot, suffix: string): string
  /** Notes that alternatives stay unchecked. */
  leaveUnchecked(): void
  readonly kinds: Kinds
  /** The id of the type the function checks, where it has one. */
  readonly owner: string | undefined
  /** A name that is new within the function, made from `wanted`. */
  local(wanted: string): string
  /** The name of a helper, which is then part of the file. */
  helper(name: HelperName): string
  /** The name of a constant of the file, made from `prefix` and the place. */
  constant(prefix: 'patternOf' | 'namesOf' | 'valuesOf', spot: Spot, code: string): string
}

/** The functions a file of checks brings along where it needs them. */
export type HelperName =
  | 'canonical'
  | 'characters'
  | 'inside'
  | 'isMultiple'
  | 'isObject'
  | 'isUnique'
  | 'member'
  | 'own'
  | 'plain'
  | 'token'

/** The spot of the member `name` of what is at `spot`, whose value is in `local`. */
export function memberSpot(spot: Spot, name: string, local: string): Spot {
  return { value: local, path: [...spot.path, pointerOf([name])] }
}

/** The spot of what `code` names at run time. */
export function dynamicSpot(spot: Spot, code: string, local: string, slash: boolean): Spot {
  return { value: local, path: [...spot.path, ...(slash ? ['/'] : []), { code }] }
}

/** The code of the member `name` of what is in `object`, never one that it inherits. */
export function memberCode(writer: CheckWriter, object: string, name: string): string {
  const key = literal(name)
  if (name === '__proto__') return `${writer.helper('own')}(${object}, ${key})`
  return `${writer.helper('member')}(${object}[${key}], plain[${key}], ${object}, ${key})`
}

/** The code that puts the path of a spot together. */
export function pathCode({ path }: Spot): string {
  const parts: string[] = ['path']
  let text = ''
  for (const part of path) {
    if (typeof part === 'string') {
      text += part
      continue
    }
    if (text !== '') parts.push(literal(text))
    text = ''
    parts.push(part.code)
  }
  return [...parts, ...(text === '' ? [] : [literal(text)])].join(' + ')
}

/** The statement that returns the fault of the value at `spot`. */
export function fault(spot: Spot, expected: string): string {
  const path = pathCode(spot)
  const value = spot.value === 'value' ? 'value' : `value: ${spot.value}`
  return `return { ${path === 'path' ? path : `path: ${path}`}, expected: ${literal(expected)}, ${value} }`
}

/** The statement that returns a fault where `condition` holds. */
export function faultWhen(condition: string, spot: Spot, expected: string): string[] {
  return guarded(condition, [fault(spot, expected)])
}

/** `body` under a condition: on one line where it is one short return. */
export function guarded(condition: string, body: readonly string[]): string[] {
  const line = `if (${condition}) ${body[0] ?? ''}`
  const isShort = body.length === 1 && body[0]?.startsWith('return ') === true && line.length <= 90
  return isShort ? [line] : [`if (${condition}) {`, ...indented(body), '}']
}

/** The statements of a block, one level further in, up to the first that always returns. */
export function indented(lines: readonly string[]): string[] {
  // Where nothing can be right no code may follow: TypeScript forgets there what it has been shown.
  const end = lines.findIndex((line) => line.startsWith('return '))
  const reached = end < 0 ? lines : lines.slice(0, end + 1)
  return reached.map((line) => `  ${line}`)
}
