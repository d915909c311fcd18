import { describe, expect, test } from 'vitest'
import type { Check } from '../../src/contract/shape.js'
import { checkOf, documentOf, generateProbe } from './support.js'

const node = { $ref: '#/components/schemas/Node' }
const kind = (name: string, properties: object) => ({
  type: 'object',
  required: ['kind', ...Object.keys(properties)],
  properties: { kind: { const: name }, ...properties },
})
const tagged = { oneOf: [kind('leaf', {}), kind('not', { of: node }), kind('and', { of: node })] }
const alike = {
  oneOf: [
    { type: 'object', required: ['a'], properties: { a: node, x: { type: 'string' } } },
    { type: 'object', required: ['a'], properties: { a: node, y: { type: 'string' } } },
    { type: 'null' },
  ],
}

/** How often a check looks at any member of `value`. */
function reads(check: Check, value: unknown): number {
  let count = 0
  const watched = (inner: unknown): unknown => {
    if (typeof inner !== 'object' || inner === null) return inner
    return new Proxy(inner, {
      get(target, key) {
        count++
        return watched(Reflect.get(target, key))
      },
    })
  }
  check(watched(value))
  return count
}

function nested(depth: number, wrap: (inner: unknown) => unknown, innermost: unknown): unknown {
  let value = innermost
  for (let level = 0; level < depth; level++) value = wrap(value)
  return value
}

describe('the work a recursive union takes grows with the value, not with its depth to the power', () => {
  test.for([
    ['valid', { kind: 'leaf' }],
    ['invalid at the bottom', { kind: 'none' }],
  ])('for a value that is %s', async ([, innermost]) => {
    const check = await checkOf(node, { Node: tagged })
    const of = (depth: number) =>
      reads(
        check,
        nested(depth, (inner) => ({ kind: 'and', of: inner }), innermost),
      )
    expect(of(400)).toBeLessThanOrEqual(2 * of(200))
  })

  test('and alternatives that look alike are left unchecked by name', async () => {
    const check = await checkOf(node, { Node: alike })
    const of = (depth: number) =>
      reads(
        check,
        nested(depth, (inner) => ({ a: inner, x: 1, y: 1 }), 1),
      )
    expect(of(40)).toBeLessThanOrEqual(2 * of(20) + 1)
    const { warnings } = generateProbe(documentOf({ Node: alike }))
    expect(warnings).toMatchObject([
      { pointer: '/components/schemas/Node', problem: expect.stringContaining('not checked') },
    ])
  })
})

test('a long array where a string belongs is faulted without being read', async () => {
  const check = await checkOf({
    anyOf: [{ type: 'string' }, { type: 'object', properties: { a: { type: 'string' } } }],
  })
  expect(reads(check, new Array(200_000).fill(0))).toBe(0)
})

test('distinct items are found out in one pass', async () => {
  const check = await checkOf({ type: 'array', uniqueItems: true })
  const of = (length: number) =>
    reads(
      check,
      Array.from({ length }, (_, index) => index),
    )
  expect(of(2000)).toBeLessThan(2.1 * of(1000))
})
