import type { Kinds } from '../kinds.js'
import type { Type } from '../model.js'
import { lowerCamel, reservedWords, upperCamel } from '../names.js'
import { arrayCheck } from './check-array.js'
import { type CheckFile, spotName } from './check-file.js'
import { helperNames } from './check-helpers.js'
import { isLeaf, miss } from './check-leaf.js'
import { objectCheck } from './check-object.js'
import {
  type CheckWriter,
  fault,
  faultWhen,
  guarded,
  type HelperName,
  pathCode,
  type Spot,
} from './check-spot.js'
import { unionCheck } from './check-union.js'
import { expectation } from './check-words.js'

/** Names that a local must not hide. */
const globals = [
  'path',
  'value',
  'Array',
  'JSON',
  'Math',
  'Number',
  'Object',
  'RegExp',
  'Set',
  'Uint8Array',
  'NaN',
  'Infinity',
]

/** What a check is besides a name and a type. */
export interface CheckOptions {
  readonly isExported: boolean
  /** Whether nothing at all is as good as a value. */
  readonly isOptional?: boolean
  /** The id of the named type that is checked, or that the type is a part of. */
  readonly owner?: string | undefined
}

/** Writes the check of one type, named `name`, into a file. */
export function writeCheck(file: CheckFile, name: string, type: Type, options: CheckOptions): void {
  const body = new CheckBody(file, name, options.owner)
  const absent = options.isOptional === true ? ['if (value === undefined) return undefined'] : []
  const statements = body.statements(type, { value: 'value', path: [] })
  file.addFunction(name, options.isExported, [...absent, ...statements])
  body.finish()
}

class CheckBody implements CheckWriter {
  readonly kinds: Kinds
  readonly owner: string | undefined
  readonly #file: CheckFile
  readonly #name: string
  readonly #locals = new Set([...globals, ...helperNames])
  readonly #later: (() => void)[] = []

  constructor(file: CheckFile, name: string, owner: string | undefined) {
    this.kinds = file.kinds
    this.owner = owner
    this.#file = file
    this.#name = name
  }

  statements(type: Type, spot: Spot): string[] {
    if (this.isOpen(type)) return []
    if (isLeaf(type)) return faultWhen(miss(this, type, spot), spot, this.words(type))
    if (type.kind === 'object') return objectCheck(this, type, spot)
    if (type.kind === 'list' || type.kind === 'tuple') return arrayCheck(this, type, spot)
    if (type.kind === 'union') return unionCheck(this, type.of, spot)
    if (type.kind === 'intersection') return this.#parts(type.of, spot)
    if (type.kind === 'reference') return this.#call(type.id, spot)
    return [fault(spot, this.words(type))]
  }

  isOpen(type: Type): boolean {
    return this.kinds.isOpen(type)
  }

  words(type: Type): string {
    return expectation(type, this.#file.types)
  }

  // The name of a function of the file must not be hidden, and all of those begin with `check`.
  local(wanted: string): string {
    const camel = lowerCamel(wanted) || 'member'
    const isTaken = /^(check|patternOf|namesOf|valuesOf)/.test(camel) || reservedWords.has(camel)
    let name = isTaken ? `its${upperCamel(camel)}` : camel
    while (this.#locals.has(name)) name += '_'
    this.#locals.add(name)
    return name
  }

  helper(name: HelperName): string {
    return this.#file.addHelper(name)
  }

  constant(prefix: 'patternOf' | 'namesOf' | 'valuesOf', spot: Spot, code: string): string {
    return this.#file.addConstant(
      `${prefix}${this.#name.slice('check'.length)}${spotName(spot)}`,
      code,
    )
  }

  check(type: Type, spot: Spot, suffix: string): string {
    const named = type.kind === 'reference' ? this.#file.named.get(type.id) : undefined
    if (named !== undefined) return named
    const name = this.#file.claim(`${this.#name}${spotName(spot)}${suffix}`)
    this.#later.push(() =>
      writeCheck(this.#file, name, type, { isExported: false, owner: this.owner }),
    )
    return name
  }

  leaveUnchecked(): void {
    if (this.owner !== undefined) this.#file.unchecked.add(this.owner)
  }

  /** Writes the functions this one calls and nobody else does, below it. */
  finish(): void {
    for (const write of this.#later) write()
  }

  #parts(parts: readonly Type[], spot: Spot): string[] {
    const [first, ...others] = parts.filter(({ kind }) => kind !== 'reference')
    return parts.flatMap((part) => {
      if (part === first || !others.includes(part)) return this.statements(part, spot)
      // TypeScript would hold what one part has shown against the next, and find no value left where they disagree.
      const again = this.local(`${spot.value} again`)
      return [
        `const ${again}: unknown = ${spot.value}`,
        ...this.statements(part, { ...spot, value: again }),
      ]
    })
  }

  #call(id: string, spot: Spot): string[] {
    const name = this.#file.named.get(id)
    if (name === undefined) return []
    const found = this.local(`${spot.value === 'value' ? '' : spot.value} fault`)
    return [
      `const ${found} = ${name}(${spot.value})`,
      ...guarded(`${found} !== undefined`, [
        `return ${this.helper('inside')}(${pathCode(spot)}, ${found})`,
      ]),
    ]
  }
}
