import { array, contract, described, object, request, string } from 'bothways/contract'
import { expect, test } from 'vitest'
import { Report } from '../../src/codegen/diagnostic.js'
import { emitOpenRpc } from '../../src/codegen/emit/emit-openrpc.js'
import { folderOrigin } from '../../src/codegen/load/origin.js'
import { parse } from '../../src/codegen/load/parse.js'
import { readReferenced } from '../../src/codegen/load/referenced.js'
import { Sources } from '../../src/codegen/load/sources.js'
import type { ContractModel } from '../../src/codegen/model.js'
import { readDocument } from '../../src/codegen/read/readers.js'
import { describe as describeContract } from '../../src/contract/describe.js'
import { documentOf, documents, documentWith, fileOf, generateProbe, pathOf } from './support.js'

const file = 'again.openrpc.json'

/** The model with references by name and without a place: what two models that mean the same agree in. */
function meaningOf({ types, methods, ...rest }: ContractModel): unknown {
  const nameOf = (id: string) => types.get(id)?.name
  const named = JSON.parse(
    JSON.stringify(
      {
        ...rest,
        title: rest.title ?? rest.name,
        types: [...types.values()].map(({ name, type, docs }) => ({ name, type, docs })),
        methods,
      },
      (key, value) => (key === 'id' ? nameOf(value) : value),
    ),
  ) as { methods: { errors: unknown[] }[] }
  for (const method of named.methods)
    method.errors.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
  return named
}

/** What the schemas and methods of a document say beside what they rule out, as often as they say it. */
function annotationsIn(value: unknown, of = '', found = new Map<string, number>()) {
  if (Array.isArray(value)) for (const item of value) annotationsIn(item, of, found)
  else if (typeof value === 'object' && value !== null)
    for (const [key, said] of Object.entries(value)) {
      const isSaid = ['format', 'default', 'contentEncoding'].includes(key) && of !== 'properties'
      if (isSaid || (key === 'examples' && Array.isArray(said) && !('params' in value)))
        found.set(
          `${key} ${JSON.stringify(said)}`,
          (found.get(`${key} ${JSON.stringify(said)}`) ?? 0) + 1,
        )
      // Neither is about what a method takes or answers.
      else if (!['servers', 'tags'].includes(key)) annotationsIn(said, key, found)
    }
  return found
}

test.each([...documents])('%s means the same as OpenRPC, and read back', async (source, text) => {
  const value = parse(text, source)
  const { documents } = await readReferenced(value, source, folderOrigin(pathOf('.')))
  const sources = new Sources(new Map([[source, value], ...documents]))
  const model = readDocument(sources, source, undefined, new Report())
  const written = emitOpenRpc(model, 'probe')
  const kept = annotationsIn(JSON.parse(written))
  const lost = [...annotationsIn(value)].filter(([said, times]) => times > (kept.get(said) ?? 0))
  expect(lost).toEqual([])
  const again = new Report()
  const back = readDocument(
    new Sources(new Map([[file, JSON.parse(written)]])),
    file,
    model.name,
    again,
  )
  expect(meaningOf(back)).toEqual(meaningOf(model))
  expect(again.warnings).toEqual([])
  expect(emitOpenRpc(back, 'probe')).toBe(written)
})

/** What becomes of a schema that is read and written again. */
function again(schema: unknown): unknown {
  const document = documentOf({ Probe: schema, Other: { type: 'string' } })
  const written = fileOf(generateProbe(document, { out: 'probe.openrpc.json' }), '.json')
  return JSON.parse(written).components.schemas.Probe
}

test.each([
  {
    title: 'A day',
    type: 'string',
    format: 'date',
    default: '2026-01-01',
    examples: ['2026-02-02'],
  },
  {
    type: 'array',
    items: { type: 'string', contentEncoding: 'base64', contentMediaType: 'image/png' },
  },
  { type: 'array', items: { default: { title: 7, properties: { format: 'x' } } } },
  { type: 'array', items: [{ type: 'string', format: 'uri' }], additionalItems: { default: null } },
  { default: false, enum: [] },
  { format: 'uuid', $ref: '#/components/schemas/Other' },
  { default: 2, enum: [1, 2] },
  { readOnly: true, type: 'object', properties: { format: { examples: [1], type: 'integer' } } },
  { format: 'date', anyOf: [{ type: 'string' }, { type: 'null' }] },
  {
    type: 'object',
    description: 'A list.',
    properties: {
      old: { type: 'string', description: 'Gone soon.', deprecated: true },
      each: { type: 'array', items: { type: 'string', description: 'One.', deprecated: true } },
    },
    additionalProperties: { type: 'string', description: 'Another.' },
  },
  {
    anyOf: [
      { description: 'A text.', type: 'string' },
      { description: 'None.', type: 'null' },
    ],
  },
  { type: 'array', items: { description: 'The other.', $ref: '#/components/schemas/Other' } },
])('%j is written again as it was read', (schema) => {
  expect(again(schema)).toEqual(schema)
})

test('what two alternatives that allow the same say differently is said of neither', () => {
  const [date, time] = ['date', 'time'].map((format) => ({ type: 'string', format }))
  expect(again({ oneOf: [date, time] })).toEqual({ type: 'string' })
  expect(again({ oneOf: [date, date] })).toEqual(date)
  const lists = [date, time].map((items) => ({ type: 'array', items }))
  expect(again({ oneOf: lists })).toEqual({ type: 'array', items: { type: 'string' } })
})

test('what is said of a part of all is said of all, where no other contradicts it', () => {
  const object = (name: string, said: object) => ({
    ...said,
    type: 'object',
    properties: { [name]: { type: 'string' } },
  })
  const first = object('a', { title: 'A', default: {} })
  const second = object('b', { title: 'B', format: 'pair' })
  expect(again({ allOf: [first, second] })).toEqual({
    format: 'pair',
    default: {},
    type: 'object',
    properties: { a: { type: 'string' }, b: { type: 'string' } },
  })
  expect(again({ examples: ['x'], allOf: [{ type: 'string' }, { format: 'hex' }] })).toEqual({
    format: 'hex',
    examples: ['x'],
    type: 'string',
  })
})

/** A contract of a stream and a request, of which every part says something. */
const told = documentWith(
  {
    name: 'follow',
    'x-kind': 'stream',
    params: [],
    'x-params': {
      name: 'params',
      description: 'Whom.',
      required: true,
      schema: { type: 'string' },
    },
    'x-item': { name: 'item', description: 'What came.', schema: { type: 'string' } },
    result: { name: 'result', schema: { type: 'integer', description: 'How many came.' } },
    'x-input': { name: 'input', summary: 'What goes.', schema: { type: 'string' } },
  },
  {
    name: 'get',
    params: [
      { name: 'id', required: true, schema: { type: 'string', description: 'Which.' } },
      { name: 'old', schema: { type: 'string' } },
    ],
    result: {
      name: 'result',
      summary: 'The order.',
      description: 'As it was paid.',
      deprecated: true,
      schema: { type: 'array', items: { type: 'string', description: 'A line.' } },
    },
  },
)

test('what is said of results, items and other parts is written again', () => {
  const { files } = generateProbe(told, { out: 'probe.openrpc.json' })
  const { methods } = JSON.parse([...files.values()][0] ?? '')
  const parts = (method: object) =>
    Object.entries(method).filter(([key]) => /^(result|x-(params|item|input))$/.test(key))
  expect(methods.flatMap(parts).toSorted()).toEqual(
    (told as { methods: object[] }).methods.flatMap(parts).toSorted(),
  )
})

test('and stands in the comments of stubs and in the reference', () => {
  const stubs = fileOf(generateProbe(told), 'probe.gen.ts')
  expect(stubs).toContain(`
  /**
   * @yields What came.
   * @returns How many came.
   */
  'follow': `)
  expect(stubs).toContain(`
  /**
   * @param id Which.
   * @returns The order. As it was paid.
   */
  'get': `)
  const reference = fileOf(generateProbe(told, { out: 'probe.md' }), '.md')
  expect(reference.match(/^- .*/gm)).toEqual([
    '- `params`: Whom.',
    '- `item`: What came.',
    '- `result`: How many came.',
    '- `input`: What goes.',
    '- `id`: Which.',
    '- `result`: The order. As it was paid.',
  ])
})

test('what a contract in TypeScript says of its structs is in what is generated from it', async () => {
  const orders = contract('orders', '1.0.0', {
    service: {
      list: request({
        params: object({ by: described(string(), 'By whom.') }),
        result: described(array(object({ id: described(string(), 'Its id.') })), 'All of them.'),
      }),
    },
  })
  const document = await describeContract(orders)
  const written = generateProbe(document, { out: 'probe.openrpc.json' })
  const [method] = JSON.parse(fileOf(written, '.json')).methods
  const { params, result } = document.methods[0] ?? {}
  expect(method).toMatchObject({ params, result })
  const stubs = fileOf(generateProbe(document), 'probe.gen.ts')
  expect(stubs).toContain('* @param by By whom.\n   * @returns All of them.\n')
  expect(stubs).toContain('/** Its id. */')
})

test('the examples of a method are kept, written out, and a broken one is told of and left out', () => {
  const value = { name: 'sum', value: 3 }
  const document = {
    ...documentWith(
      {
        name: 'add',
        params: [],
        examples: [
          {
            name: 'two',
            summary: 'Adds two.',
            params: [{ $ref: '#/components/examples/a' }],
            result: value,
          },
          { $ref: '#/components/examplePairingObjects/none' },
          { name: 'nothing', params: [], result: 7 },
        ],
      },
      { name: 'odd', params: [], examples: {} },
    ),
    components: { examples: { a: { name: 'a', value: { $ref: 'is data' } } } },
  }
  const { files, warnings } = generateProbe(document, { out: 'probe.openrpc.json' })
  const { methods } = JSON.parse([...files.values()][0] ?? '')
  expect(methods[0].examples).toEqual([
    {
      name: 'two',
      summary: 'Adds two.',
      params: [{ name: 'a', value: { $ref: 'is data' } }],
      result: value,
    },
    { name: 'nothing', params: [] },
  ])
  expect(warnings.map(({ pointer }) => pointer)).toEqual([
    '/methods/0/examples/1/$ref',
    '/methods/0/examples/2/result',
    '/methods/1/examples',
  ])
})
