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
