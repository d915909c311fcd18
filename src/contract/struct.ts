import { define, type Failure, type Struct, StructError } from 'superstruct'
import { keysOf, pointerOf } from './pointer.js'
import type { Check, Fault } from './shape.js'

/** The check that a superstruct makes. */
export function checkOf<T>(described: Struct<T, never> | Struct<T>): Check {
  return (value, path = '') => {
    const [error] = failuresOf(described as Struct<unknown>, value)
    return error === undefined ? undefined : faultOf(error, path)
  }
}

/** The superstruct that a check makes: a genuine `Struct`, which composes with others and fails with the right path. */
export function structOf<T>(name: string, check: Check): Struct<T, null> {
  return define<T>(name, (value, { path }) => {
    const fault = check(value)
    if (fault === undefined) return true
    return {
      message: `Expected ${fault.expected}`,
      path: [...path, ...keysOf(fault.path)],
      value: fault.value,
    }
  })
}

function failuresOf(described: Struct<unknown>, value: unknown): Failure[] {
  try {
    const [error] = described.validate(value)
    return error instanceof StructError ? [error.failures()[0] ?? error] : []
  } catch {
    // superstruct writes values into its messages and throws for those that cannot be, such as {"toString":1}.
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

function faultOf({ path, type, refinement, message, value }: Failure, at: string): Fault {
  const expected =
    refinement === undefined
      ? named(type)
      : message.replace(/^Expected (a|an) .*? but received.*$/s, named(type))
  return { path: `${at}${pointerOf(path)}`, expected, value }
}

function named(type: string): string {
  if (type === 'never') return 'nothing here'
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`
}
