import { type Context, define, type Failure, type Struct, StructError } from 'superstruct'
import { shown } from './fault.js'
import { knownOf, type Look } from './known.js'
import { keysOf, pointerOf } from './pointer.js'
import type { Check, Fault } from './shape.js'

/** The check that a struct makes: a word of this package by itself, and any other by superstruct. */
export function checkOf<T>(described: Struct<T, never> | Struct<T>): Check {
  const look = knownOf(described)?.look ?? explained(described)
  return (value, path = '') => {
    const fault = look(value)
    return fault === undefined || path === '' ? fault : { ...fault, path: path + fault.path }
  }
}

/** Whether a member may be missing that `described` checks. */
export function mayBeLeftOut<T>(described: Struct<T, never> | Struct<T>): boolean {
  return checkOf(described)(undefined) === undefined
}

/** How superstruct looks a value through. */
export function explained<T>(described: Struct<T, never> | Struct<T>): Look {
  return (value) => {
    const [failure] = failuresOf(described as Struct<unknown>, value)
    return failure && faultOf(failure)
  }
}

/** The superstruct that a check makes: a genuine `Struct`, which composes with others and fails with the right path. */
export function structOf<T>(name: string, check: Check): Struct<T, null> {
  return define<T>(name, (value, context) => failureOf(check(value), value, context))
}

/** What superstruct is to be told of `fault`, which was found in `value`. */
export function failureOf(fault: Fault | undefined, value: unknown, { path, branch }: Context) {
  if (fault === undefined) return true
  return {
    message: `Expected ${fault.expected}, but received: ${shown(fault.value)}`,
    path: [...path, ...keysIn(value, fault.path)],
    branch,
    value: fault.value,
  }
}

/** The keys that `path` goes by in `value`: those of arrays are numbers. */
function keysIn(value: unknown, path: string): (string | number)[] {
  let place = value
  return keysOf(path).map((text) => {
    const key = Array.isArray(place) ? Number(text) : text
    place = (place as Record<string | number, unknown> | undefined)?.[key]
    return key
  })
}

function failuresOf(described: Struct<unknown>, value: unknown): Failure[] {
  try {
    const [error] = described.validate(value)
    return error instanceof StructError ? [error.failures()[0] ?? error] : []
  } catch {
    // superstruct writes values into its messages and throws for those that cannot be, such as {"toString":1}.
    const printable = withoutToString(value)
    if (printable !== value) return failuresOf(described, printable)
    return [
      {
        value,
        key: undefined,
        type: described.type,
        refinement: undefined,
        message: '',
        branch: [],
        path: [],
      },
    ]
  }
}

function faultOf(failure: Failure): Fault {
  const { path, value } = failure
  return { path: pointerOf(path), expected: expectedBy(failure), value }
}

/** What superstruct expected, in its own words, and without the value that it appends to them. */
function expectedBy({ type, refinement, message }: Failure): string {
  const said = message.replace(/^Expected (.*?),? but received.*$/s, '$1').replace(/^Expected /, '')
  if (type !== 'never' && said !== '' && !said.startsWith('a value of type'))
    return withArticle(said.replaceAll('`', '').replace(/^the value to satisfy | value$/g, ''))
  return `${named(type)}${refinement === undefined ? '' : ` with refinement ${refinement}`}`
}

/** A copy of JSON whose objects can be written into a message; the value itself where nothing had to go. */
function withoutToString(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const copies = entries
    .filter(([key]) => key !== 'toString' && key !== 'valueOf')
    .map(([key, member]) => [key, withoutToString(member)] as const)
  const isSame =
    copies.length === entries.length && copies.every(([, copy], i) => copy === entries[i]?.[1])
  if (isSame) return value
  return Array.isArray(value) ? copies.map(([, copy]) => copy) : Object.fromEntries(copies)
}

function named(type: string): string {
  return type === 'never' ? 'nothing here' : withArticle(`a ${type}`)
}

function withArticle(words: string): string {
  return words.replace(/^a (?=[aeiou])/, 'an ').replace(/^an union/, 'a union')
}
