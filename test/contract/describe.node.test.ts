import { memoryPair, Peer } from 'bothways'
import {
  any,
  array,
  boolean,
  contract,
  described,
  enums,
  event,
  integer,
  lazy,
  literal,
  max,
  min,
  named,
  nonempty,
  notification,
  nullable,
  number,
  object,
  optional,
  pattern,
  record,
  request,
  size,
  stream,
  string,
  tuple,
  type,
  union,
  unknown,
} from 'bothways/contract'
import { assert, type Describe, is, Struct } from 'superstruct'
import { expect, expectTypeOf, test } from 'vitest'
import { generate } from '../../src/codegen.js'

interface Tree {
  value: number
  children: Tree[]
}

const tree: Describe<Tree> = named(
  'Tree',
  object({ value: number(), children: array(lazy(() => tree)) }),
)

const orders = contract('orders', '1.2.0', {
  service: {
    get: request({
      summary: 'Get one order.',
      params: object({
        id: described(size(string(), 1, 40), 'Its id.'),
        expand: optional(boolean()),
      }),
      result: type({ state: enums(['open', 'paid']), total: min(number(), 0) }),
      errors: [{ code: -32004, message: 'no such order' }],
      deprecated: true,
    }),
    tail: stream({ params: object(), item: tree, result: integer(), input: nullable(string()) }),
    touch: notification({ params: tuple([string(), integer()]) }),
  },
  client: { changed: event({ data: object({ id: string() }) }) },
})

async function discovered(): Promise<object> {
  const [near, far] = memoryPair()
  const caller = new Peer(near)
  const handlers = {
    get: () => ({ state: 'open' as const, total: 1 }),
    tail: () => 1,
    touch: () => {},
  }
  orders.serve(new Peer(far), handlers)
  return caller.request('rpc.discover')
}

test('who serves a contract that is written in words answers what the words say', async () => {
  expect(await discovered()).toMatchObject({
    info: { title: 'orders', version: '1.2.0' },
    methods: [
      {
        name: 'get',
        summary: 'Get one order.',
        deprecated: true,
        paramStructure: 'by-name',
        params: [
          {
            name: 'id',
            required: true,
            description: 'Its id.',
            schema: { type: 'string', minLength: 1, maxLength: 40 },
          },
          { name: 'expand', required: false, schema: { type: 'boolean' } },
        ],
        errors: [{ code: -32004, message: 'no such order' }],
      },
      { name: 'tail', 'x-kind': 'stream', 'x-params': { schema: { type: 'object' } } },
      { name: 'touch', 'x-kind': 'notification' },
      { name: 'changed', 'x-kind': 'event', 'x-direction': 'serverToClient' },
    ],
    components: { schemas: { Tree: { type: 'object', required: ['value', 'children'] } } },
  })
})

test('stubs that are generated from it are typed as the contract is', async () => {
  const { files, warnings } = generate(await discovered(), { source: 'orders.openrpc.json' })
  const text = files.get('orders.gen.ts') ?? ''
  expect(warnings).toEqual([])
  expect(text).toContain('export interface Tree {\n  children: Tree[]\n  value: number\n}')
  expect(text).toContain(
    "'get': Request<{ id: string; expand?: boolean }, { state: 'open' | 'paid'; total: number }>",
  )
  expect(text).toMatch(/@param id Its id\.\n.*@throws -32004 no such order\n.*@deprecated/)
  expect(text).toContain("'tail': Stream<{ [key: string]: unknown }, Tree, number, string | null>")
  expect(text).toContain("'touch': Notification<[string, number]>")
  expect(text).toContain("'changed': Event<{ id: string }>")
})

test('a document that is generated from it gives the same stubs', async () => {
  const document = await discovered()
  const stubs = (from: string | object) =>
    [...generate(from, { source: 'orders.openrpc.json' }).files.values()].join('\n')
  const { files } = generate(document, { source: 'orders.openrpc.json', out: 'again.openrpc.json' })
  expect(stubs(files.get('again.openrpc.json') ?? '')).toBe(stubs(document))
})

test.each([
  [any(), {}],
  [unknown(), {}],
  [literal('a'), { const: 'a' }],
  [union([string(), integer()]), { anyOf: [{ type: 'string' }, { type: 'integer' }] }],
  [record(string(), number()), { type: 'object', additionalProperties: { type: 'number' } }],
  [nonempty(array(string())), { type: 'array', items: { type: 'string' }, minItems: 1 }],
  [pattern(string(), /^a+$/), { type: 'string', pattern: '^a+$' }],
  [pattern(string(), /^a+$/i), { type: 'string', $comment: 'checked by /^a+$/i' }],
  [max(integer(), 7, { exclusive: true }), { type: 'integer', exclusiveMaximum: 7 }],
])('%o knows its schema, and is a genuine Struct', (struct, schema) => {
  expect(struct).toBeInstanceOf(Struct)
  const { service } = contract('probe', '1.0.0', {
    service: { ask: request({ result: struct as Struct<unknown> }) },
  })
  expect(service['ask']?.describe?.({})).toMatchObject({ result: { schema } })
})

test('words check and infer as those of superstruct do', () => {
  const order = object({ id: string(), tags: optional(array(enums(['new', 'old']))) })
  const value: unknown = { id: 'a', tags: ['new'] }
  assert(value, order)
  expectTypeOf(value).toEqualTypeOf<{ id: string; tags?: ('new' | 'old')[] | undefined }>()
  expect(is({ id: 'a', tags: ['none'] }, order)).toBe(false)
  expect(is({ value: 1, children: [{ value: 2, children: [] }] }, tree)).toBe(true)
})

/** The description of a method that takes `params`, and what has names in it. */
function describedBy(params: Struct<unknown>): { params?: unknown; named: object } {
  const named: Record<string, unknown> = {}
  const { service } = contract('probe', '1.0.0', { service: { ask: request({ params }) } })
  return { ...service['ask']?.describe?.(named), named }
}

test('what a check takes when it is missing is described as not required', () => {
  const members = {
    any: any(),
    unknown: unknown(),
    both: nullable(optional(string())),
    named: named('Text', optional(string())),
    told: described(optional(string()), 'Told.'),
    needed: nullable(string()),
  }
  expect(describedBy(object(members) as never).params).toMatchObject([
    { name: 'any', required: false },
    { name: 'unknown', required: false },
    { name: 'both', required: false },
    { name: 'named', required: false },
    { name: 'told', required: false },
    { name: 'needed', required: true },
  ])
})

test('params that may be left out as a whole are described so', () => {
  const params = optional(object({ id: string() }))
  expect(describedBy(params as never)).toMatchObject({
    params: [],
    'x-params': { required: false, schema: { type: 'object', required: ['id'] } },
  })
})

test('a pattern with a flag is left out of generated checks rather than changed', () => {
  const probe = contract('probe', '1.0.0', {
    service: { ask: request({ params: object({ text: pattern(string(), /^a+$/i) }) }) },
  })
  const method = { name: 'ask', ...probe.service['ask']?.describe?.({}) }
  const document = {
    openrpc: '1.3.2',
    info: { title: 'probe', version: '1.0.0' },
    methods: [method],
  }
  const { files, warnings } = generate(document, { source: 'probe.openrpc.json' })
  expect(warnings).toEqual([])
  expect([...files.values()].join()).not.toContain('a+')
})

test('one name for two structs that differ is an error, and for two that are alike none', () => {
  const pairOf = (a: Struct<unknown>, b: Struct<unknown>) =>
    object({ a: named('T', a), b: named('T', b) }) as never
  const text = () => object({ x: string() }) as never
  expect(describedBy(pairOf(text(), text())).named).toMatchObject({ T: { required: ['x'] } })
  expect(() => describedBy(pairOf(text(), integer() as never))).toThrow(
    'two structs that differ are named "T"',
  )
})

test('a name is escaped where it is referred to', () => {
  const { params, named: all } = describedBy(
    object({ a: named('a/b~%41', string()), again: named('a/b~%41', string()) }) as never,
  )
  expect(params).toMatchObject([
    { schema: { $ref: '#/components/schemas/a~1b~0%2541' } },
    { schema: { $ref: '#/components/schemas/a~1b~0%2541' } },
  ])
  expect(all).toEqual({ 'a/b~%41': { type: 'string' } })
})

test('a lazy struct that refers to itself without a name says to name it', () => {
  const list: Struct<unknown> = object({ next: optional(lazy(() => list)) }) as never
  expect(() => describedBy(list)).toThrow('a lazy struct refers to itself without a name')
})

test('a lazy struct may be met again within what has a name', () => {
  const inner: Struct<unknown> = named('Inner', object({ outer: lazy(() => outer) })) as never
  const outer: Struct<unknown> = object({ inner }) as never
  const start = object({ outer: lazy(() => outer) }) as never
  expect(describedBy(start).named).toMatchObject({
    Inner: { properties: { outer: { required: ['inner'] } } },
  })
})
