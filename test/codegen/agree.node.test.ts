import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Check } from '../../src/contract/shape.js'
import { compile, documentOf, fileOf, generateProbe, type Json, run } from './support.js'

type Schema = { readonly [key: string]: unknown }

const scalar = fc.constantFrom<Json>(null, true, false, 0, 1, 1.5, -3, '', 'a', 'abc', '😀')
const key = fc.constantFrom('a', 'b', 'a-b', 'constructor', '__proto__')

const { schema } = fc.letrec<{ schema: Schema }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Schema>(
      {},
      { type: 'string' },
      { type: 'number' },
      { type: 'boolean' },
      { type: 'null' },
    ),
    fc.record({ type: fc.constant('integer'), minimum: fc.integer({ min: -3, max: 1 }) }),
    fc.record({
      type: fc.constant('string'),
      minLength: fc.nat(2),
      maxLength: fc.integer({ min: 2, max: 3 }),
    }),
    fc.record({ enum: fc.array(scalar, { minLength: 1, maxLength: 4 }) }),
    fc.record({ type: fc.constant('array'), items: tie('schema'), maxItems: fc.nat(3) }),
    fc.record({
      type: fc.constant('array'),
      prefixItems: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
      items: fc.boolean(),
    }),
    fc.record({
      type: fc.constant('object'),
      properties: fc.dictionary(key, tie('schema'), { maxKeys: 3 }),
      required: fc.uniqueArray(key, { maxLength: 2 }),
      additionalProperties: fc.oneof(fc.boolean(), tie('schema')),
    }),
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }) }),
  ),
}))

const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    scalar,
    fc.array(tie('json'), { maxLength: 3 }),
    fc
      .array(fc.tuple(key, tie('json')), { maxLength: 4 })
      .map((entries) => Object.fromEntries(entries) as Json),
  ),
}))

/** Whether `value` is what `schema` says, read off the specification keyword by keyword. */
function isValid(schema: unknown, value: Json): boolean {
  if (typeof schema === 'boolean') return schema
  return Object.entries(schema as Schema).every(
    ([keyword, said]) => keywords[keyword]?.(said as never, value, schema as Schema) ?? true,
  )
}

const keywords: Readonly<Record<string, (said: never, value: Json, schema: Schema) => boolean>> = {
  type: (said: string, value) =>
    typeOf(value) === said || (said === 'number' && typeof value === 'number'),
  enum: (said: Json[], value) => said.includes(value),
  minimum: (said: number, value) => typeof value !== 'number' || value >= said,
  minLength: (said: number, value) => typeof value !== 'string' || [...value].length >= said,
  maxLength: (said: number, value) => typeof value !== 'string' || [...value].length <= said,
  maxItems: (said: number, value) => !Array.isArray(value) || value.length <= said,
  prefixItems: (said: Schema[], value) =>
    !Array.isArray(value) ||
    value.every((item, at) => said[at] === undefined || isValid(said[at], item)),
  items: (said: Schema, value, { prefixItems = [] }) =>
    !Array.isArray(value) ||
    value.slice((prefixItems as Schema[]).length).every((item) => isValid(said, item)),
  anyOf: (said: Schema[], value) => said.some((option) => isValid(option, value)),
  allOf: (said: Schema[], value) => said.every((part) => isValid(part, value)),
  required: (said: string[], value) =>
    !isObject(value) || said.every((name) => Object.hasOwn(value, name)),
  properties: (said: Schema, value) =>
    !isObject(value) ||
    Object.entries(said).every(
      ([name, of]) => !Object.hasOwn(value, name) || isValid(of, value[name] ?? null),
    ),
  additionalProperties: (said: Schema, value, { properties }) =>
    !isObject(value) ||
    Object.entries(value).every(
      ([name, item]) => Object.hasOwn(properties as Schema, name) || isValid(said, item),
    ),
}

function typeOf(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeOf(value) === 'object'
}

/** A stream whose items, and whose caller's, are of the schema called `name`. */
function streamOf(name: string, schema: Schema): object {
  const one = { name: 'one', schema }
  return { name, 'x-kind': 'stream', 'x-item': one, 'x-input': one }
}

test('checks compile, and agree with the specification on whatever is drawn', async () => {
  const schemas = fc.sample(schema, { seed: 7, numRuns: 300 })
  const values = fc.sample(json, { seed: 11, numRuns: 400 })
  const named = Object.fromEntries(schemas.map((drawn, index) => [`S${index}`, drawn]))
  const generated = generateProbe({
    ...documentOf(named),
    methods: Object.entries(named).map(([name, drawn]) => streamOf(name, drawn)),
  })
  expect(compile(new Map([['drawn', generated.files]]))).toEqual([])
  const checks = await run(fileOf(generated, '.check.gen.ts'))
  const verdicts = new Set<boolean>()
  for (const [name, drawn] of Object.entries(named)) {
    for (const value of values) {
      const valid = isValid(drawn, value)
      verdicts.add(valid)
      for (const part of ['', 'Item', 'Input']) {
        const fault = (checks[`check${name}${part}`] as Check | undefined)?.(value)
        if ((fault === undefined) !== valid) expect({ schema: drawn, value, fault }).toBe(valid)
      }
    }
  }
  expect(verdicts).toEqual(new Set([true, false]))
}, 120_000)
