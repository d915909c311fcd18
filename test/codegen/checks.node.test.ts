import { describe, expect, test } from 'vitest'
import { checkOf, compile, documentOf, generateProbe } from './support.js'

const text = { type: 'string' }
const whole = { type: 'integer' }
const shape = (properties: object, rest: object = {}) => ({ type: 'object', properties, ...rest })

/** A schema, a value, and the path of its first fault; no path where there is none. */
const cases: [schema: unknown, value: unknown, path?: string, expected?: string][] = [
  [text, 'a'],
  [text, 1, '', 'a string'],
  [whole, 1.5, '', 'an integer'],
  [{ type: 'number' }, Number.POSITIVE_INFINITY, '', 'a number'],
  [{ type: 'null' }, undefined, '', 'null'],
  [false, 1, '', 'nothing'],
  [{}, 1],
  [{ description: 'anything' }, null],
  [{ type: ['string', 'null'] }, null],
  [{ type: ['string', 'null'] }, 1, '', 'a string or null'],
  [{ type: 'string', nullable: true }, null],
  [{ enum: ['open', 'paid'] }, 'open'],
  [{ enum: ['open', 'paid'] }, 'shut', '', 'one of "open", "paid"'],
  [{ type: 'string', enum: ['a', 1] }, 1, '', '"a"'],
  [{ const: { a: [1, null] } }, { a: [1, null] }],
  [{ const: { a: [1, null] } }, { a: [1, 2] }, '/a/1', 'null'],
  [{ const: { a: 1 } }, { a: 1, b: 2 }, '/b', 'no such member'],
  [{ type: 'string', minLength: 2, maxLength: 3 }, '😀', '', 'a string of 2 to 3 characters'],
  [{ type: 'string', minLength: 2, maxLength: 3 }, '😀😀😀'],
  [{ type: 'string', maxLength: 1 }, 'ab', '', 'a string of at most 1 character'],
  [{ type: 'string', pattern: '^\\p{Lu}$' }, 'É'],
  [{ type: 'string', pattern: '^[\\w-.]+$' }, 'a.b'],
  [{ type: 'string', pattern: '^a$' }, 'b', '', 'a string that matches "^a$"'],
  [
    { type: 'number', minimum: 1, exclusiveMaximum: 2 },
    2,
    '',
    'a number of at least 1 and below 2',
  ],
  [{ type: 'number', minimum: 1, exclusiveMinimum: true }, 1, '', 'a number above 1'],
  [{ type: 'number', multipleOf: 0.01 }, 0.07],
  [{ type: 'number', multipleOf: 0.01 }, 0.075, '', 'a number that is a multiple of 0.01'],
  [{ type: 'number', multipleOf: 0.01 }, 1_000_000.07],
  [{ type: 'number', multipleOf: 0.01 }, 1_000_000.075, '', 'a number that is a multiple of 0.01'],
  [{ type: 'integer', multipleOf: 2 }, 1_000_000_000],
  [{ type: 'integer', multipleOf: 2 }, 1_000_000_001, '', 'an integer that is a multiple of 2'],
  [{ type: 'array', items: text }, ['a', 1], '/1', 'a string'],
  [{ type: 'array', items: text }, { length: 1 }, '', 'an array'],
  [{ type: 'array', minItems: 1 }, [], '', 'at least 1 item'],
  [
    { type: 'array', uniqueItems: true },
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    '',
    'items that differ',
  ],
  [{ type: 'array', items: false }, [1], '', 'at most 0 items'],
  [{ type: 'array', uniqueItems: true }, [1, '1', [1], null]],
  [{ prefixItems: [text, whole], items: false }, ['a', 1, 2], '', 'at most 2 items'],
  [{ items: [text, whole], additionalItems: text }, ['a', 1, 2], '/2', 'a string'],
  [{ items: [text, whole] }, ['a']],
  [{ items: [text, whole], minItems: 2 }, ['a'], '', 'at least 2 items'],
  [shape({ a: text }), {}],
  [shape({ a: text }), { a: undefined }],
  [shape({ a: text }, { required: ['a'] }), {}, '/a', 'a string'],
  [shape({ a: text }, { required: ['a'] }), [], '', 'an object'],
  [{ properties: {}, required: ['a'] }, {}, '/a', 'a value'],
  [shape({ 'a/b~c': text }), { 'a/b~c': 1 }, '/a~1b~0c', 'a string'],
  [
    shape({ a: text }, { additionalProperties: false }),
    { a: 'a', 'b/c': 1 },
    '/b~1c',
    'no such member',
  ],
  [shape({ a: text }, { additionalProperties: whole }), { a: 'a', b: 'b' }, '/b', 'an integer'],
  [
    { type: 'object', patternProperties: { '^x-': text }, additionalProperties: false },
    { 'x-a': 1 },
    '/x-a',
    'a string',
  ],
  [
    { type: 'object', patternProperties: { '^x-': text }, additionalProperties: false },
    { y: 1 },
    '/y',
    'no such member',
  ],
  [{ type: 'object', minProperties: 1 }, {}, '', 'at least 1 member'],
  [shape({ constructor: text, toString: text }), {}],
  [shape({ constructor: text }), JSON.parse('{"constructor":1}'), '/constructor', 'a string'],
  [{ type: 'object', required: ['__proto__'] }, {}, '/__proto__', 'a value'],
  [{ type: 'object', required: ['__proto__'] }, JSON.parse('{"__proto__":1}')],
  [text, { toString: 1, valueOf: 1 }, '', 'a string'],
  [whole, Object.create(null), '', 'an integer'],
  [{ allOf: [shape({ a: text }), { required: ['a'] }] }, {}, '/a', 'a string'],
  [{ allOf: [shape({ a: text }), shape({ b: whole })] }, { b: 'b' }, '/b', 'an integer'],
  [{ anyOf: [text, { type: 'array', items: text }] }, [1], '/0', 'a string'],
  [
    { anyOf: [text, shape({ a: text }), { type: 'array' }] },
    true,
    '',
    'a string or an object or an array',
  ],
  [
    { oneOf: [shape({ a: text }, { required: ['a'] }), shape({ b: text }, { required: ['b'] })] },
    { b: 'b' },
  ],
  [
    { oneOf: [shape({ a: text }, { required: ['a'] }), shape({ b: text }, { required: ['b'] })] },
    {},
    '',
    'an object',
  ],
]

test.for(cases)('%j takes %j, or faults it at %j', async ([schema, value, path, expected]) => {
  const fault = (await checkOf(schema))(value)
  if (path === undefined) expect(fault).toBeUndefined()
  else expect(fault).toMatchObject({ path, expected })
})

test('thousands of constants of every kind compile, and are told from others', async () => {
  const codes = Array.from({ length: 5000 }, (_, index) => `c${index}`)
  const one = { enum: [...codes, 7, true, null] }
  const schema = shape({ one, list: { type: 'array', items: one }, either: { anyOf: [one, {}] } })
  const { files } = generateProbe(documentOf({ Probe: schema, One: one }))
  expect(compile(new Map([['probe', files]]))).toEqual([])
  const check = await checkOf(schema)
  for (const value of ['c0', 'c4999', 7, true, null]) expect(check({ one: value })).toBeUndefined()
  for (const value of ['7', 8, false, 'c5000', {}])
    expect(check({ list: [value] })).toMatchObject({ path: '/list/0', value })
})

describe('references', () => {
  const Tree = {
    type: 'object',
    required: ['leaves'],
    properties: { leaves: { type: 'array', items: { $ref: '#/components/schemas/Tree' } } },
  }

  test('the path of a fault leads through them', async () => {
    const check = await checkOf({ $ref: '#/components/schemas/Tree' }, { Tree })
    expect(check({ leaves: [{ leaves: [] }, { leaves: [{}] }] })).toMatchObject({
      path: '/leaves/1/leaves/0/leaves',
    })
  })

  test('a path that is given comes first', async () => {
    const check = await checkOf({ $ref: '#/components/schemas/Tree' }, { Tree })
    expect(check({}, '/params')).toMatchObject({ path: '/params/leaves' })
  })

  test('may stand for anything', async () => {
    const check = await checkOf(
      { type: 'object', required: ['a'], properties: { a: { $ref: '#/components/schemas/Any' } } },
      { Any: {} },
    )
    expect(check({ a: 1 })).toBeUndefined()
    expect(check({})).toMatchObject({ path: '/a', expected: 'a value' })
  })
})

describe('alternatives told apart by a constant', () => {
  const kind = (name: string, properties: object) => ({
    type: 'object',
    required: ['kind'],
    properties: { kind: { const: name }, ...properties },
  })
  const schema = { oneOf: [kind('circle', { radius: whole }), kind('square', { side: whole })] }

  test('are faulted where the one meant differs', async () => {
    const check = await checkOf(schema)
    expect(check({ kind: 'square', side: 1 })).toBeUndefined()
    expect(check({ kind: 'square', side: 'a' })).toMatchObject({ path: '/side' })
  })

  test('name the constants when none is meant', async () => {
    const check = await checkOf(schema)
    expect(check({ kind: 'constructor' })).toMatchObject({
      path: '/kind',
      expected: 'one of "circle", "square"',
    })
    expect(check({})).toMatchObject({ path: '/kind', value: undefined })
  })
})

describe('what is inherited is a member of nothing', async () => {
  const check = await checkOf({ type: 'object', properties: { sku: text }, required: ['sku'] })

  test('of a prototype that somebody polluted', () => {
    const polluted = Object.prototype as { sku?: string }
    polluted.sku = 'a'
    try {
      expect(check({})).toMatchObject({ path: '/sku' })
      expect(check({ sku: 'a' })).toBeUndefined()
      expect(check({ sku: 'b' })).toBeUndefined()
    } finally {
      delete polluted.sku
    }
  })

  test('of a class, and of another object', () => {
    class Item {
      get sku() {
        return 'a'
      }
    }
    expect(check(new Item())).toMatchObject({ path: '/sku' })
    expect(check(Object.create({ sku: 'a' }))).toMatchObject({ path: '/sku' })
    expect(check(Object.assign(Object.create(null), { sku: 'a' }))).toBeUndefined()
    expect(check(Object.assign(Object.create({ sku: 'b' }), { sku: 'a' }))).toBeUndefined()
  })
})
