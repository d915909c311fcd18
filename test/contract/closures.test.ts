import {
  any,
  array,
  boolean,
  bytes,
  type Check,
  described,
  enums,
  integer,
  lazy,
  literal,
  max,
  min,
  named,
  nonempty,
  nullable,
  number,
  object,
  optional,
  pattern,
  record,
  request,
  size,
  string,
  tuple,
  type,
  union,
  unknown,
} from 'bothways/contract'
import fc from 'fast-check'
import * as s from 'superstruct'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { checkOf, explained } from '../../src/contract/struct.js'

// biome-ignore lint/suspicious/noExplicitAny: structs of anything at all.
type AnyStruct = s.Struct<any, any>

/** The same struct, in the words of this package and in those of superstruct, and values that are like it. */
interface Twin {
  readonly own: AnyStruct
  readonly other: AnyStruct
  readonly like: fc.Arbitrary<unknown>
}

const twin = (own: AnyStruct, other: AnyStruct, like: fc.Arbitrary<unknown>): Twin => ({
  own,
  other,
  like,
})

const leaves: readonly Twin[] = [
  twin(string(), s.string(), fc.string()),
  twin(number(), s.number(), fc.double()),
  twin(integer(), s.integer(), fc.integer()),
  twin(boolean(), s.boolean(), fc.boolean()),
  twin(any(), s.any(), fc.jsonValue()),
  twin(unknown(), s.unknown(), fc.jsonValue()),
  twin(literal('a'), s.literal('a'), fc.constantFrom('a', 'b')),
  twin(enums(['a', 'b']), s.enums(['a', 'b']), fc.constantFrom('a', 'b', 'c')),
  twin(pattern(string(), /^a+$/), s.pattern(s.string(), /^a+$/), fc.constantFrom('a', 'aa', 'b')),
  twin(size(string(), 1, 2), s.size(s.string(), 1, 2), fc.string({ maxLength: 4 })),
  twin(size(integer(), 1, 2), s.size(s.integer(), 1, 2), fc.integer({ min: 0, max: 3 })),
  twin(min(integer(), 1), s.min(s.integer(), 1), fc.integer({ min: 0, max: 3 })),
  twin(
    max(number(), 1, { exclusive: true }),
    s.max(s.number(), 1, { exclusive: true }),
    fc.integer({ min: 0, max: 3 }),
  ),
  twin(array(), s.array(), fc.array(fc.integer())),
  twin(object(), s.object(), fc.dictionary(fc.string(), fc.integer())),
  twin(nonempty(string()), s.nonempty(s.string()), fc.string({ maxLength: 1 })),
]

/** No name that every object inherits: superstruct takes what is inherited for a member. */
const key = fc.constantFrom('a', 'b', 'c', '', '0', 'a/b', '~', 'é', 'length')

const containers = (inner: fc.Arbitrary<Twin>): fc.Arbitrary<Twin>[] => [
  inner.map(({ own, other, like }) =>
    twin(array(own), s.array(other), fc.array(like, { maxLength: 3 })),
  ),
  inner.map(({ own, other, like }) =>
    twin(size(array(own), 1, 2), s.size(s.array(other), 1, 2), fc.array(like, { maxLength: 3 })),
  ),
  inner.map(({ own, other, like }) => twin(nullable(own), s.nullable(other), fc.option(like))),
  inner.map(({ own, other, like }) => twin(named('Name', own), other, like)),
  inner.map(({ own, other, like }) => twin(described(own, 'words'), other, like)),
  inner.map(({ own, other, like }) =>
    twin(
      lazy(() => own),
      s.lazy(() => other),
      like,
    ),
  ),
  inner.map(({ own, other, like }) =>
    twin(
      record(size(string(), 0, 3), own),
      s.record(s.size(s.string(), 0, 3), other),
      fc.dictionary(key, like),
    ),
  ),
  fc
    .tuple(inner, inner)
    .map(([a, b]) =>
      twin(tuple([a.own, b.own]), s.tuple([a.other, b.other]), fc.tuple(a.like, b.like)),
    ),
  fc.dictionary(key, fc.tuple(inner, fc.boolean()), { maxKeys: 3 }).map((members) => {
    const own: Record<string, AnyStruct> = {}
    const other: Record<string, AnyStruct> = {}
    const like: Record<string, fc.Arbitrary<unknown>> = {}
    for (const [name, [member, isOptional]] of Object.entries(members)) {
      own[name] = isOptional ? optional(member.own) : member.own
      other[name] = isOptional ? s.optional(member.other) : member.other
      like[name] = member.like
    }
    return twin(object(own), s.object(other), fc.record(like, { requiredKeys: [] }))
  }),
  fc.dictionary(key, inner, { maxKeys: 3 }).map((members) => {
    const of = (pick: (member: Twin) => AnyStruct) =>
      Object.fromEntries(Object.entries(members).map(([name, member]) => [name, pick(member)]))
    const like = Object.entries(members).map(([name, member]) => [name, member.like] as const)
    return twin(
      type(of(({ own }) => own)),
      s.type(of(({ other }) => other)),
      fc.record(Object.fromEntries(like)),
    )
  }),
]

/** A struct of some depth. Unions are at the outside: they tell a fault where it is, superstruct of the whole. */
function structs(depth: number): fc.Arbitrary<Twin> {
  const leaf = fc.constantFrom(...leaves)
  return depth === 0 ? leaf : fc.oneof(leaf, ...containers(structs(depth - 1)))
}

const unions = fc
  .tuple(structs(2), structs(2))
  .map(([a, b]) =>
    twin(union([a.own, b.own]), s.union([a.other, b.other]), fc.oneof(a.like, b.like)),
  )

/** Names that every object has from elsewhere: superstruct takes them for members, or calls them. */
const inherited =
  /"(__\w+__|constructor|toString|toLocaleString|valueOf|hasOwnProperty|isPrototypeOf|propertyIsEnumerable)"/

/** What arrives: JSON. */
const arriving = (values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  values
    .map((value) => JSON.stringify(value) ?? 'null')
    .filter((text) => !inherited.test(text))
    .map((text) => JSON.parse(text) as unknown)

const samples = (twins: fc.Arbitrary<Twin>) =>
  twins.chain((pair) =>
    fc.record({ pair: fc.constant(pair), value: arriving(fc.oneof(pair.like, fc.jsonValue())) }),
  )

describe('words agree with superstruct', () => {
  test('on what is valid, and on the first fault, its place and its words', () => {
    fc.assert(
      fc.property(samples(structs(3)), ({ pair: { own, other }, value }) => {
        expect(checkOf(own)(value)).toEqual(explained(other)(value))
      }),
      { numRuns: 2_000 },
    )
  })

  test('as structs: in what they throw, by its place', () => {
    fc.assert(
      fc.property(samples(structs(3)), ({ pair: { own, other }, value }) => {
        const [error] = own.validate(value)
        const [expected] = other.validate(value)
        expect(error?.path).toEqual(expected?.path)
        expect(error instanceof s.StructError).toBe(expected instanceof s.StructError)
      }),
      { numRuns: 1_000 },
    )
  })

  test('on what is one of several', () => {
    fc.assert(
      fc.property(samples(unions), ({ pair: { own, other }, value }) => {
        expect(checkOf(own)(value) === undefined).toBe(explained(other)(value) === undefined)
      }),
      { numRuns: 1_000 },
    )
  })
})

test('a word is a struct of superstruct, which composes with others and says where a value is wrong', () => {
  const order = object({ lines: array(object({ count: min(integer(), 1) })) })
  const whole = s.type({ order, at: s.date() })
  const [error] = s.validate(
    { order: { lines: [{ count: 1 }, { count: 0 }] }, at: new Date(0) },
    whole,
  )
  expect(error).toBeInstanceOf(s.StructError)
  expect(error?.path).toEqual(['order', 'lines', 1, 'count'])
  expect(error?.message).toBe(
    'At path: order.lines.1.count -- Expected an integer greater than or equal to 1, but received: the number 0',
  )
  expectTypeOf<s.Infer<typeof order>>().toEqualTypeOf<{ lines: { count: number }[] }>()
})

test('superstruct still masks, makes defaults and takes structs apart', () => {
  const point = object({ at: object({ x: integer() }) })
  expect(s.mask({ at: { x: 1, y: 2 }, z: 3 }, point)).toEqual({ at: { x: 1 } })
  const filled = object({ at: object({ x: s.defaulted(integer(), 7) }) })
  expect(s.create({ at: {} }, filled)).toEqual({ at: { x: 7 } })
  expect(
    s.is({ x: 1 }, s.assign(object({ x: integer() }), object({ y: optional(string()) }))),
  ).toBe(true)
  expect(s.is({}, s.partial(object({ x: integer() })))).toBe(true)
})

test('a struct of superstruct among words is checked by superstruct', () => {
  const even = s.refine(s.integer(), 'even', (value) => value % 2 === 0)
  const check = checkOf(object({ pairs: array(object({ even })) }))
  expect(check({ pairs: [{ even: 2 }] })).toBeUndefined()
  expect(check({ pairs: [{ even: 2 }, { even: 3 }] })).toEqual({
    path: '/pairs/1/even',
    expected: 'an integer with refinement even',
    value: 3,
  })
})

test('constants tell the options of a union apart, so that a fault is told where it is', () => {
  const circle = object({ kind: literal('circle'), radius: number() })
  const square = named('Square', object({ kind: enums(['square', 'box']), side: number() }))
  const check = checkOf(union([circle, square]))
  expect(check({ kind: 'box', side: 1 })).toBeUndefined()
  expect(check({ kind: 'box', side: 'long' })).toMatchObject({
    path: '/side',
    expected: 'a number',
  })
  expect(check({ kind: 'line' })).toMatchObject({
    path: '',
    expected: 'a union of object | object',
  })
  const either = checkOf(union([string(), circle, square]))
  expect(either('a')).toBeUndefined()
  expect(either({ kind: 'circle', radius: null })).toMatchObject({ path: '/radius' })
})

/** How often a check looks at any member of `value`. */
function reads(check: Check, value: unknown): number {
  let count = 0
  const seen = new Map<object, object>()
  const watched = (inner: unknown): unknown => {
    if (typeof inner !== 'object' || inner === null) return inner
    const proxy =
      seen.get(inner) ??
      new Proxy(inner, {
        get(target, name) {
          count++
          return watched(Reflect.get(target, name))
        },
      })
    seen.set(inner, proxy)
    return proxy
  }
  check(watched(value))
  return count
}

function nested(depth: number, wrap: (inner: unknown) => unknown, innermost: unknown): unknown {
  let value = innermost
  for (let level = 0; level < depth; level++) value = wrap(value)
  return value
}

interface Tree {
  readonly [name: string]: unknown
}
const tagged: s.Struct<Tree> = named(
  'Tagged',
  union([
    // The tag comes last: whoever goes by the order of members looks at all that is below before it.
    object({ of: lazy(() => tagged), kind: literal('not') }),
    object({ of: lazy(() => tagged), kind: literal('and') }),
    object({ kind: literal('leaf') }),
  ]),
) as never
const alike: s.Struct<Tree> = named(
  'Alike',
  union([
    object({ a: lazy(() => alike), x: string() }),
    object({ a: lazy(() => alike), x: number() }),
    object({ end: literal(true) }),
  ]),
) as never

describe('the work a recursive union takes grows with the value, not with its depth to the power', () => {
  test.for([
    ['by a tag, valid', tagged, (of: unknown) => ({ of, kind: 'and' }), { kind: 'leaf' }, true],
    ['by a tag, invalid', tagged, (of: unknown) => ({ of, kind: 'and' }), { kind: 'none' }, false],
    ['by nothing, valid', alike, (a: unknown) => ({ a, x: 1 }), { end: true }, true],
    ['by nothing, invalid', alike, (a: unknown) => ({ a, x: 1 }), { end: 1 }, false],
  ] as const)('%s', ([, struct, wrap, innermost, isValid]) => {
    const check = checkOf(struct)
    const of = (depth: number) => reads(check, nested(depth, wrap, innermost))
    expect(check(nested(200, wrap, innermost)) === undefined).toBe(isValid)
    expect(of(200)).toBeLessThanOrEqual(2 * of(100) + 10)
  })

  test('also where it is asked as a struct', () => {
    const value = nested(200, (a) => ({ a, x: 1 }), { end: true })
    expect(s.is(value, alike)).toBe(true)
    expect(s.is({ a: value, x: null }, alike)).toBe(false)
  })
})

describe('hostile values', () => {
  const people = object({
    name: string(),
    ['constructor']: optional(string()),
    list: optional(array(integer())),
  })
  const check = checkOf(people)

  test.each([
    [{ name: 'a' }, undefined],
    [{ name: { toString: 1 } }, '/name'],
    [{ name: { toString: null, valueOf: 1 } }, '/name'],
    [{ name: 'a', constructor: 1 }, '/constructor'],
    [{ name: 'a', toString: 1 }, '/toString'],
    [JSON.parse('{ "name": "a", "__proto__": 1 }'), '/__proto__'],
    [JSON.parse('{ "__proto__": { "name": "a" } }'), '/name'],
    [[], ''],
    [null, ''],
    [{ name: 'a', list: { length: 1 } }, '/list'],
  ])('%j', (value, path) => {
    expect(check(value)?.path).toBe(path)
  })

  test('an array of 200,000 items is looked at item by item', () => {
    const list = Array.from({ length: 200_000 }, (_, index) => index)
    expect(check({ name: 'a', list })).toBeUndefined()
    expect(check({ name: 'a', list: [...list, 'last'] })?.path).toBe('/list/200000')
    expect(reads(check, { name: 'a', list })).toBeLessThan(3 * list.length)
  })

  test('depth', () => {
    const value = nested(1_000, (of) => ({ of, kind: 'not' }), { kind: 'leaf' })
    expect(checkOf(tagged)(value)).toBeUndefined()
  })
})

test('bytes are checked in words as well, and in what is recursive', () => {
  const node: s.Struct<Tree> = named(
    'Node',
    union([object({ data: bytes({ max: 2 }) }), object({ of: array(lazy(() => node)) })]),
  ) as never
  const check = checkOf(node)
  expect(check({ of: [{ data: new Uint8Array(2) }, { of: [] }] })).toBeUndefined()
  expect(check({ of: [{ data: new Uint8Array(3) }] })).toMatchObject({ path: '' })
})

test('what every object inherits is a member of none, not even what somebody added later', () => {
  const { params: check } = request({ params: object({ sku: string() }) })
  const polluted = Object.prototype as { sku?: string }
  polluted.sku = 'a'
  try {
    expect(check?.({})).toMatchObject({ path: '/sku' })
    expect(check?.({ sku: 'a' })).toBeUndefined()
    expect(check?.({ sku: 'b' })).toBeUndefined()
  } finally {
    delete polluted.sku
  }
  const odd = request({ params: object({ ['__proto__']: string() }) }).params
  expect(odd?.({})).toMatchObject({ path: '/__proto__' })
  expect(odd?.(JSON.parse('{ "__proto__": "a" }'))).toBeUndefined()
})
