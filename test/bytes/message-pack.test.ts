import { errorCodes, RpcError } from 'bothways'
import { messagePack } from 'bothways/msgpack'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { holds } from '../support/property.js'
// biome-ignore lint/correctness/useImportExtensions: a JSON file is imported under its own name.
import vectorsText from './vectors.json?raw'

const codec = messagePack()

interface Vector {
  readonly hex: string
  readonly value: unknown
}

const vectors: {
  readonly both: readonly Vector[]
  readonly read: readonly Vector[]
  readonly refused: readonly { readonly hex: string; readonly why: string }[]
} = JSON.parse(vectorsText)

/** What JSON has, and bytes. */
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, false),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'binary' }),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('any'), { maxLength: 20 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), tie('any'), { maxKeys: 20 }),
  ),
})).any

/** `hex` as bytes. */
function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/[\da-f]{2}/g) ?? [], (byte) => Number.parseInt(byte, 16))
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}

/** The value that a vector stands for: bytes are written as `{"bytes": hex}`. */
function meant(said: unknown): unknown {
  if (typeof said !== 'object' || said === null) return said
  if (Array.isArray(said)) return said.map(meant)
  if ('bytes' in said) return bytesOf(String(said.bytes))
  return Object.fromEntries(Object.entries(said).map(([name, member]) => [name, meant(member)]))
}

function decode(bytes: Uint8Array, nesting = 64): unknown {
  return codec.decode(bytes, nesting)
}

/** What it is refused with; nothing where it is taken. Fails where anything but a clear error is thrown. */
function refusalOf(bytes: Uint8Array): string | undefined {
  try {
    decode(bytes)
    return undefined
  } catch (reason) {
    expect(reason).toBeInstanceOf(RpcError)
    expect(reason).toMatchObject({ code: errorCodes.parse })
    return (reason as RpcError).message.replace('the message is not valid MessagePack: ', '')
  }
}

describe('vectors', () => {
  test.each(vectors.both)('$hex is written and read', ({ hex, value: said }) => {
    expect(decode(bytesOf(hex))).toEqual(meant(said))
    expect(hexOf(codec.encode(meant(said) as object))).toBe(hex)
  })

  test.each(vectors.read)('$hex is read', ({ hex, value: said }) => {
    expect(decode(bytesOf(hex))).toEqual(meant(said))
  })

  test.each(vectors.refused)('$hex is refused: $why', ({ hex, why }) => {
    expect(refusalOf(bytesOf(hex))).toBe(why)
  })
})

test('whatever JSON has comes back, and bytes as they were', () =>
  holds(
    fc.property(value, (said) => {
      // Minus zero is zero in JSON as well.
      expect(decode(codec.encode(said as object))).toEqual(normal(said))
    }),
  ))

/** `value` as it comes back: objects of the usual prototype, and no minus zero. */
function normal(said: unknown): unknown {
  if (Object.is(said, -0)) return 0
  if (typeof said !== 'object' || said === null || said instanceof Uint8Array) return said
  if (Array.isArray(said)) return said.map(normal)
  const own = {}
  for (const [name, member] of Object.entries(said))
    Object.defineProperty(own, name, {
      value: normal(member),
      enumerable: true,
      writable: true,
      configurable: true,
    })
  return own
}

test('values of every length around each head come back', () => {
  for (const length of [0, 15, 16, 31, 32, 255, 256, 65_535, 65_536]) {
    const members = Object.fromEntries(Array.from({ length }, (_, index) => [`m${index}`, index]))
    for (const said of [
      'x'.repeat(length),
      'ä'.repeat(length),
      new Uint8Array(length).fill(7),
      new Array(length).fill(1),
      members,
    ])
      expect(textOf(decode(codec.encode(said as object))) === textOf(said)).toBe(true)
  }
}, 30_000)

/** A text that says all of `said`: a comparison of 70,000 members one by one takes seconds. */
function textOf(said: unknown): string {
  return said instanceof Uint8Array ? `bytes ${said}` : JSON.stringify(said)
}

test('it is read wherever it lies in a buffer, and what is read is a copy', () => {
  const packed = codec.encode([Uint8Array.of(1, 2, 3)])
  const buffer = new Uint8Array(packed.length + 10)
  buffer.set(packed, 5)
  const [bytes] = decode(buffer.subarray(5, 5 + packed.length)) as [Uint8Array]
  buffer.fill(9)
  expect(bytes).toEqual(Uint8Array.of(1, 2, 3))
  expect(bytes.buffer.byteLength).toBe(3)
})

test('what is written has a buffer of its own, and leaves the bytes with whoever gave them', () => {
  const bytes = new Uint8Array(100).fill(3)
  const packed = codec.encode({ part: bytes.subarray(10, 20) })
  expect(packed.buffer.byteLength).toBe(packed.length)
  packed.fill(0)
  expect(bytes).toEqual(new Uint8Array(100).fill(3))
})

test('what JSON writes in place of a value is written here as well', () => {
  const said = {
    at: new Date(0),
    none: undefined,
    list: Object.assign([undefined, 1], { length: 3 }),
    boxed: [Object(1), Object('a'), Object(true)],
    // A toJSON is asked once: what it gives is not asked again.
    self: { toJSON: () => ({ a: 1, toJSON: 2 }) },
  }
  expect(decode(codec.encode(said))).toEqual(JSON.parse(JSON.stringify(said)))
})

test.each([
  ['half of a surrogate pair', '\ud800'],
  ['a bigint', 1n],
  ['NaN', Number.NaN],
])('%s cannot be written, and says so', (what, said) => {
  expect(() => codec.encode([said])).toThrow(
    expect.objectContaining({ code: errorCodes.encoding, message: expect.stringContaining(what) }),
  )
})

test('__proto__ is a name like any other', () => {
  const said = JSON.parse('{"__proto__":{"polluted":true},"a":1}')
  const back = decode(codec.encode(said)) as Record<string, unknown>
  expect(Object.getPrototypeOf(back)).toBe(Object.prototype)
  expect(Object.keys(back)).toEqual(['__proto__', 'a'])
  expect('polluted' in back).toBe(false)
})

test('cut at any byte it is refused as too short', () => {
  const said = [{ a: [1, -1, 1e9, -1e12, 1.5], b: 'x'.repeat(300), c: new Uint8Array(300) }, null]
  const packed = codec.encode(said)
  for (let length = 0; length < packed.length; length++)
    expect(refusalOf(packed.slice(0, length))).toBe('it ends too early')
  expect(refusalOf(Uint8Array.of(...packed, 0xc0))).toBe('it goes on behind its end')
})

test('a length that is claimed and does not come is refused before anything is made for it', () => {
  for (const tag of [0xc6, 0xdb, 0xdd, 0xdf])
    for (const rest of [
      [0xff, 0xff, 0xff, 0xff],
      [0x7f, 0xff, 0xff, 0xff, 1, 2, 3],
    ])
      expect(refusalOf(Uint8Array.of(0x91, tag, ...rest))).toBe('it ends too early')
})

test('what lies too deep is one level too many, however deep it is, and nothing is lost behind it', () => {
  const deep = (levels: number, tag: number[]) =>
    Uint8Array.from([[0x92], ...Array.from({ length: levels }, () => tag), [0xc0, 7]].flat())
  for (const tag of [[0x91], [0x81, 0xa1, 0x61]]) {
    expect(depthOf(decode(deep(63, tag)))).toBe(64)
    for (const levels of [64, 65, 1_000, 200_000]) {
      const [nested, last] = decode(deep(levels, tag)) as [unknown, unknown]
      expect(depthOf(nested)).toBe(64)
      expect(last).toBe(7)
    }
  }
})

function depthOf(said: unknown): number {
  if (typeof said !== 'object' || said === null) return 0
  return 1 + Math.max(0, ...Object.values(said).map(depthOf))
}

test('what is too deep is looked at like anything else', () => {
  const levels = new Array(70).fill(0x91)
  expect(refusalOf(Uint8Array.of(...levels, 0xc1))).toBe('a byte has no meaning there')
  expect(refusalOf(Uint8Array.of(...levels, 0xdd, 0xff, 0xff, 0xff, 0xff))).toBe(
    'it ends too early',
  )
  expect(refusalOf(Uint8Array.of(...levels))).toBe('it ends too early')
})

test('any bytes are read or refused with a clear error', () =>
  holds(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void refusalOf(bytes))))

test('a message with any bytes changed is read or refused with a clear error', () => {
  const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }))
  return holds(
    fc.property(value, fc.array(change, { minLength: 1, maxLength: 4 }), (said, changes) => {
      const packed = codec.encode([said])
      for (const [at, byte] of changes) packed[at % packed.length] = byte
      refusalOf(packed)
    }),
  )
})
