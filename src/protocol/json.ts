import type { Encoded } from './codec.js'
import { errorCodes, RpcError } from './error.js'

/** Whether a value holds bytes: looked for where those may leave as they are. */
export interface Found {
  bytes: boolean
}

/**
 * JSON text of `value`. Throws an `encoding` error that says where, for whatever JSON would refuse or quietly lose. With
 * `found`, bytes are not refused: what holds them has no text, which is empty then.
 */
export function encode(value: unknown, nesting: number, found?: Found): string {
  let fault: Unencodable | undefined
  try {
    fault = unencodable(value, nesting, found)
    if (fault === undefined) return found?.bytes ? '' : (JSON.stringify(value) ?? 'null')
  } catch {
    // Whatever code of the value's own threw, an RpcError of another meaning too.
    throw refusal('', 'has a getter or toJSON that throws')
  }
  throw refusal(fault.path.slice(0, 200), `is ${fault.what}`)
}

function refusal(path: string, what: string): RpcError {
  const message = `${path || 'the value'} ${what} and cannot cross the wire`
  return new RpcError(errorCodes.encoding, message, { data: { reason: 'encoding', path } })
}

/** What keeps a value from crossing the wire, and where (a JSON pointer). */
interface Unencodable {
  readonly path: string
  readonly what: string
}

function unencodable(value: unknown, levels: number, found?: Found): Unencodable | undefined {
  if (typeof value === 'object')
    return value === null ? undefined : unencodableObject(value, levels, found)
  const isLost =
    typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol'
  if (isLost) return { path: '', what: `a ${typeof value}` }
  return typeof value !== 'number' || Number.isFinite(value)
    ? undefined
    : { path: '', what: String(value) }
}

function unencodableObject(value: object, levels: number, found?: Found): Unencodable | undefined {
  if (isBytes(value)) return unencodableBytes(value, found)
  // Asked once here and once by JSON.stringify, which takes what it is given as it is: nobody asks that again.
  const text = hasText(value) ? value.toJSON() : value
  if (typeof text !== 'object' || text === null) return unencodable(text, levels, found)
  const tag = lossyTag(text)
  if (tag !== undefined) return { path: '', what: `a ${tag}` }
  return levels === 0
    ? { path: '', what: 'nested too deep, or a cycle,' }
    : unencodableMember(text, levels, found)
}

function unencodableBytes(bytes: Uint8Array, found?: Found): Unencodable | undefined {
  if (found !== undefined) found.bytes = true
  // Those of a contract have a toJSON of their own; that of Node's Buffer writes what nobody reads back.
  if (found !== undefined || Object.hasOwn(bytes, 'toJSON')) return undefined
  return { path: '', what: 'a Uint8Array (without bytes() in a contract, or a codec at both ends)' }
}

/** Whether `value` is a `Uint8Array`, of whatever realm. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && tagOf(value) === 'Uint8Array'
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}

function unencodableMember(value: object, levels: number, found?: Found): Unencodable | undefined {
  if (Array.isArray(value)) {
    // As long as it was: what is asked may add to it.
    const { length } = value
    for (let index = 0; index < length; index++) {
      const fault = unencodable(value[index], levels - 1, found)
      if (fault !== undefined) return within(index, fault)
    }
    return undefined
  }
  // Object.keys would make an array for every object of every message.
  for (const key in value) {
    // What is inherited is not written, so that it is not looked at either. Object.hasOwn takes twice as long here.
    if (!isOwn.call(value, key)) continue
    const fault = unencodable((value as Record<string, unknown>)[key], levels - 1, found)
    if (fault !== undefined) return within(key, fault)
  }
  return undefined
}

const { hasOwnProperty: isOwn } = Object.prototype

function within(key: string | number, { path, what }: Unencodable): Unencodable {
  return { path: `/${escaped(key)}${path}`, what }
}

/** What `value` is, where JSON.stringify would write {} for it, so that nobody would know that something was lost. */
function lossyTag(value: object): string | undefined {
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === Array.prototype || prototype === null)
    return undefined
  const tag = tagOf(value)
  return /^(Object|Array|String|Number|Boolean)$/.test(tag) ? undefined : tag
}

/** Whether a value says itself what is written in its place, as a Date does. */
function hasText(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function'
}

function escaped(key: string | number): string {
  return String(key).replaceAll('~', '~0').replaceAll('/', '~1')
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
  if (ArrayBuffer.isView(value)) return true
  if (levels === 0) return false
  if (Array.isArray(value)) return value.every((member) => isWithin(member, levels - 1))
  // Object.values would make an array for every object of every message.
  for (const name in value) {
    const member = (value as Record<string, unknown>)[name]
    if (typeof member !== 'object' || member === null || !Object.hasOwn(value, name)) continue
    if (!isWithin(member, levels - 1)) return false
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

/** Whether `message` is over `limit` bytes, text as UTF-8. Counts only where the number of characters leaves a doubt. */
export function isOver(message: Encoded, limit: number): boolean {
  const { length } = message
  if (length > limit || length * 3 <= limit) return length > limit
  return typeof message === 'string' && bytesOf(message) > limit
}

const encoder = new TextEncoder()
let counted: Uint8Array | undefined

/** Bytes of `text` as UTF-8, counted through a buffer that is used again: one for all of it takes ten times as long. */
export function bytesOf(text: string): number {
  counted ??= new Uint8Array(16_384)
  let bytes = 0
  for (let rest = text; rest !== ''; ) {
    const { read, written } = encoder.encodeInto(rest, counted)
    bytes += written
    rest = rest.slice(read)
  }
  return bytes
}
