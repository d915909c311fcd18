import { errorCodes, RpcError } from '../protocol/error.js'
import { keysOf } from './pointer.js'
import type { Fault } from './shape.js'

/** What the caller of `method` is told of a fault in what it streams. */
export function invalidInput(method: string, fault: Fault): RpcError {
  return new RpcError(errorCodes.invalidParams, `${method}: ${described('input', fault)}`, {
    data: { reason: 'invalidParams', path: shortened(fault.path) },
    method,
  })
}

/** What the caller of `method` is told of a fault in its params. */
export function invalidParams(method: string, fault: Fault): RpcError {
  return new RpcError(errorCodes.invalidParams, `${method}: ${described('params', fault)}`, {
    data: { reason: 'invalidParams', path: shortened(fault.path) },
    method,
  })
}

/** What this end is told of a fault in what the other end answered, or streamed. */
export function invalidResult(
  method: string,
  fault: Fault,
  what: 'result' | 'item' | 'part' = 'result',
): RpcError {
  return new RpcError(errorCodes.encoding, `${method}: ${described(what, fault)}`, {
    data: { reason: 'encoding', path: shortened(fault.path) },
    method,
    delivery: 'accepted',
    hint: 'the other end may serve another version of the contract',
  })
}

function described(what: string, { path, expected, value }: Fault): string {
  return `${what}${dotted(path)} must be ${expected}, got ${shown(value)}`
}

/** Keys come from the other end, which may make them as long as a message. */
function shortened(path: string): string {
  return path.length > 200 ? `${path.slice(0, 200)}…` : path
}

/** `/items/3/name` as `.items[3].name`. */
function dotted(path: string): string {
  return keysOf(path)
    .map((key) =>
      /^\d+$/.test(key)
        ? `[${key}]`
        : /^[\w$]+$/.test(key)
          ? `.${key}`
          : `[${JSON.stringify(key)}]`,
    )
    .join('')
    .slice(0, 200)
}

/** A value in a few words: never its whole text, which may be long, or a secret. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'string')
    return `the string ${JSON.stringify(value.length > 20 ? `${value.slice(0, 20)}…` : value)}`
  return `the ${typeof value} ${String(value)}`
}
