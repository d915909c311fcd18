import { errorCodes, RpcError } from './error.js'

/** JSON text of `value`. Throws an `encoding` error that says where, for whatever JSON would refuse or quietly lose. */
export function encode(value: unknown, nesting: number): string {
  const fault = unencodable(value, nesting, '')
  if (fault !== undefined) throw encodingError(fault)
  return JSON.stringify(value) ?? 'null'
}

/** What keeps a value from crossing the wire, and where (a JSON pointer). */
interface Unencodable {
  path: string
  readonly what: string
}

function unencodable(value: unknown, levels: number, key: string): Unencodable | undefined {
  if (typeof value === 'object')
    return value === null ? undefined : unencodableObject(value, levels, key)
  if (typeof value === 'number') {
    return Number.isFinite(value) ? undefined : { path: '', what: `is ${value}` }
  }
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') {
    return { path: '', what: `is a ${typeof value === 'bigint' ? 'BigInt' : typeof value}` }
  }
  return undefined
}

function unencodableObject(value: object, levels: number, key: string): Unencodable | undefined {
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) {
    const { toJSON } = value as { toJSON?: unknown }
    if (typeof toJSON === 'function') return replaced(value, toJSON, levels, key)
    const tag = Object.prototype.toString.call(value).slice(8, -1)
    // JSON.stringify would write {} for these, and the other end would never know that something was lost.
    if (tag !== 'Object' && tag !== 'Array' && !boxed.has(tag))
      return { path: '', what: `is a ${tag}` }
  }
  if (levels === 0) return { path: '', what: 'is nested too deep, or a cycle' }
  return Array.isArray(value)
    ? unencodableItem(value, levels - 1)
    : unencodableMember(value, levels - 1)
}

const boxed = new Set(['String', 'Number', 'Boolean'])

function replaced(
  value: object,
  toJSON: unknown,
  levels: number,
  key: string,
): Unencodable | undefined {
  try {
    return unencodable((toJSON as (key: string) => unknown).call(value, key), levels, key)
  } catch {
    return { path: '', what: 'has a toJSON that throws' }
  }
}

function unencodableItem(items: readonly unknown[], levels: number): Unencodable | undefined {
  for (let index = 0; index < items.length; index++) {
    const fault = unencodable(items[index], levels, '')
    if (fault !== undefined) return within(fault, String(index))
  }
  return undefined
}

function unencodableMember(object: object, levels: number): Unencodable | undefined {
  for (const key of Object.keys(object)) {
    const fault = unencodable((object as Record<string, unknown>)[key], levels, key)
    if (fault !== undefined) return within(fault, key)
  }
  return undefined
}

function within(fault: Unencodable, key: string): Unencodable {
  fault.path = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}${fault.path}`
  return fault
}

function encodingError({ path, what }: Unencodable): RpcError {
  const short = path.length > 200 ? `${path.slice(0, 200)}…` : path
  return new RpcError(
    errorCodes.encoding,
    `${short || 'the value'} ${what} and cannot cross the wire`,
    {
      data: { reason: 'encoding', path: short },
    },
  )
}

/** The value of JSON `text`. Throws `parse` with a constant text: V8's own quotes the input, secrets and all. */
export function decode(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new RpcError(errorCodes.parse, 'the message is not valid JSON')
  }
}

/**
 * Whether arrays and objects in `value` are nested at most `levels` deep. JSON.parse takes five million levels, and
 * most of what a handler might do with them overflows the stack.
 */
export function isWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      if (!isWithin(value[index], levels - 1)) return false
    }
    return true
  }
  for (const key in value) {
    if (!isWithin((value as Record<string, unknown>)[key], levels - 1)) return false
  }
  return true
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of UTF-8 `bytes`. Throws `parse` where they are not valid UTF-8. */
export function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new RpcError(errorCodes.parse, 'the message is not valid UTF-8')
  }
}

/** Whether `text` is over `limit` bytes of UTF-8. Counts only where the number of characters leaves a doubt. */
export function isOver(text: string, limit: number): boolean {
  if (text.length > limit) return true
  if (text.length * 3 <= limit) return false
  return utf8Length(text) > limit
}

/** The length of `text` in UTF-8 bytes; a lone surrogate counts three, as it is written. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit > 0x7f) bytes += unit > 0x7ff ? 2 : 1
    // A pair is four bytes for two units, and those are counted: two by the length, two just now.
    if (unit >= 0xd800 && unit <= 0xdbff && isLow(text.charCodeAt(index + 1))) index++
  }
  return bytes
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}
