import { expect, test } from 'vitest'
import { faultIn } from '../../playground/schema/fault.js'

const document = {
  components: {
    schemas: {
      Tree: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string' },
          parts: { type: 'array', maxItems: 2, items: { $ref: '#/components/schemas/Tree' } },
        },
      },
    },
  },
}
const tree = { $ref: '#/components/schemas/Tree' }

test.for<[schema: unknown, value: unknown, fault: string]>([
  [{ type: 'string' }, 1, 'it must be a string'],
  [{ type: ['integer', 'null'] }, 1.5, 'it must be an integer or a null'],
  [{ enum: ['red', 'green'] }, 'blue', 'it must be "red" or "green"'],
  [{ const: 1 }, 2, 'it must be 1'],
  [{ type: 'integer', minimum: 1 }, 0, 'it must be at least 1'],
  [{ maximum: 1_000 }, 1_001, 'it must be at most 1,000'],
  [{ minLength: 1 }, '', 'it must have at least 1 character'],
  [{ maxLength: 2 }, '😀😀😀', 'it must have at most 2 characters'],
  [tree, {}, 'it must have "name"'],
  [tree, { name: 'a', parts: [{ name: 1 }] }, 'it/parts/0/name must be a string'],
  [tree, { name: 'a', parts: [1, 2, 3] }, 'it/parts must have at most 2 items'],
])('%j forbids %j: %s', ([schema, value, fault]) => {
  expect(faultIn(document, schema, value, 'it')).toBe(fault)
})

test.for<[schema: unknown, value: unknown]>([
  [true, 1],
  [undefined, 1],
  [{ type: 'string', maxLength: 1 }, '😀'],
  [{ type: 'number', nullable: true }, null],
  [{ type: 'colour', minimum: 'a', enum: [{}], required: 1 }, {}],
  [{ $ref: '#/nowhere' }, 1],
  [tree, { name: 'a', parts: [{ name: 'b' }], more: 1 }],
])('%j says nothing about %j', ([schema, value]) => {
  expect(faultIn(document, schema, value, 'it')).toBeUndefined()
})
