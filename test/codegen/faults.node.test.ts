import { describe, expect, test } from 'vitest'
import { type Diagnostic, DocumentError, diagnosticText } from '../../src/codegen.js'
import { documentOf, documentWith, fileOf, generateProbe } from './support.js'

function faultsOf(document: string | object, source = 'probe.openrpc.json'): readonly Diagnostic[] {
  try {
    generateProbe(document, { source })
    return []
  } catch (error) {
    if (error instanceof DocumentError) return error.faults
    throw error
  }
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })

test('a fault is told in one line that is short and steers no terminal, whatever a document has', () => {
  const name = `\u001b[2J\n\u009b\u202e${'x'.repeat(100_000)}`
  const [fault] = faultsOf(documentWith({ name }, { name }))
  const text = fault === undefined ? '' : diagnosticText(fault)
  expect(text).toContain('\\u001b[2J')
  expect(text).toMatch(/^[ -~]{1,2000}$/)
})

test.for<[document: string | object, pointer: string, problem: string]>([
  ['{"a": 1,\n "b": }', '', 'not valid JSON at 2:7'],
  ['{"a": 1', '', 'not valid JSON at 1:8'],
  ['{"a": "\n"}', '', 'not valid JSON at 1:7'],
  ['{"a": 1,}', '', 'not valid JSON at 1:9'],
  ['[1] 2', '', 'not valid JSON at 1:5'],
  ['a: [1\nb: 2', '', 'not valid YAML at 2:'],
  ['[]', '', 'this is not an OpenRPC document: it is no object'],
  ['{"openapi":"3.1.0"}', '', 'this is not an OpenRPC document: it has "openapi" and no "openrpc"'],
  [{ openrpc: '2.0.0' }, '/openrpc', 'version "2.0.0" is not known'],
  [{ openrpc: { toString: 1 } }, '/openrpc', 'version {"toString":1} is not known'],
  [{ openrpc: '1.3.2' }, '', 'it has no "methods"'],
  [{ openrpc: '1.3.2', methods: {} }, '/methods', '"methods" is no array'],
  [documentWith({}), '/methods/0', 'a method has no "name"'],
  [documentWith({ name: 'a' }, { name: 'a' }), '/methods/1', 'the method "a" is there twice'],
  [
    documentWith({ name: 'a.then' }, { name: 'then' }),
    '/methods/1/name',
    'a method "then" would make a promise of the object it is called on',
  ],
  [documentWith({ name: 'a', params: {} }), '/methods/0/params', '"params" is no array'],
  [
    documentWith({ name: 'a', params: [{ schema: {} }] }),
    '/methods/0/params/0',
    'a param has no "name"',
  ],
  [documentWith({ name: 'a', params: [1] }), '/methods/0/params/0', 'a param must be an object'],
  [
    documentWith({
      name: 'a',
      params: [
        { name: 'b', schema: {} },
        { name: 'b', schema: {} },
      ],
    }),
    '/methods/0/params/1',
    'the param "b" is there twice',
  ],
  [
    documentWith({ name: 'a', 'x-direction': 'up' }),
    '/methods/0/x-direction',
    '"up" is no direction',
  ],
  [documentWith({ name: 'a', 'x-kind': 'flow' }), '/methods/0/x-kind', '"flow" is no kind'],
  [
    documentWith({ name: 'a', 'x-item': { name: 'b', schema: {} } }),
    '/methods/0/x-item',
    'only a stream has "x-item"',
  ],
  [
    documentWith({ name: 'a', 'x-kind': 'event', 'x-input': { name: 'b', schema: {} } }),
    '/methods/0/x-input',
    'only a stream has "x-input"',
  ],
  [
    documentWith({ name: 'a', 'x-kind': 'stream', 'x-item': 1 }),
    '/methods/0/x-item',
    '"x-item" must be an object',
  ],
  [
    documentWith({ name: 'a', 'x-kind': 'stream', 'x-item': { type: 'string' } }),
    '/methods/0/x-item',
    '"x-item" has no "schema"',
  ],
  [
    documentWith({ name: 'a', 'x-kind': 'stream', 'x-input': ref('B') }),
    '/methods/0/x-input/$ref',
    '"#/components/schemas/B" names nothing',
  ],
  [
    documentWith({ name: 'a', 'x-kind': 'event', result: { schema: {} } }),
    '/methods/0/x-kind',
    '"event" and a result exclude each other',
  ],
  [
    documentWith({ name: 'a', errors: [{ code: 'x' }] }),
    '/methods/0/errors/0',
    'an error has no whole number "code"',
  ],
  [
    documentOf({ A: { $ref: '#/components/schemas/B/items' } }),
    '/components/schemas/A/$ref',
    '"#/components/schemas/B/items" names nothing',
  ],
  [
    documentOf({ A: { $ref: 'https://example.org/a.json' } }),
    '/components/schemas/A/$ref',
    'is no relative file',
  ],
  [
    documentOf({ A: { $ref: 'other.json#/a' } }),
    '/components/schemas/A/$ref',
    'needs the file other.json',
  ],
  [documentOf({ A: ref('A') }), '/components/schemas/A', 'it is defined only in terms of itself'],
  [
    documentOf({ A: { anyOf: [ref('B'), { type: 'null' }] }, B: { allOf: [ref('A')] } }),
    '/components/schemas/A',
    'only in terms of itself',
  ],
  [
    documentOf({ A: { type: 'int' } }),
    '/components/schemas/A/type',
    '"int" is no JSON Schema type',
  ],
  [documentOf({ A: 1 }), '/components/schemas/A', 'a schema must be an object, true or false'],
  [
    documentOf({ A: { type: 'array', minItems: -1 } }),
    '/components/schemas/A/minItems',
    'no whole number',
  ],
  [documentOf({ A: { enum: 'a' } }), '/components/schemas/A/enum', '"enum" is no array'],
])('%j is faulted at "%s": %s', ([document, pointer, problem]) => {
  expect(faultsOf(document)[0]).toMatchObject({
    pointer,
    problem: expect.stringContaining(problem),
  })
})

test('a schema of the components that is not there is any value, with a warning', () => {
  const { opaque, warnings } = generateProbe(documentOf({ A: ref('B'), B1: ref('constructor') }))
  expect(warnings.map(({ pointer, problem }) => [pointer, problem])).toEqual([
    ['/components/schemas/A/$ref', expect.stringContaining('names nothing')],
    ['/components/schemas/B1/$ref', expect.stringContaining('any value is taken')],
  ])
  expect(opaque).toHaveLength(2)
})

test('one run lists every fault, with file, place and advice', () => {
  const document = documentWith(
    { name: 'a', params: [{ schema: ref('B') }, 1] },
    { name: 'a', 'x-kind': 'b' },
  )
  expect(() => generateProbe(document)).toThrow(
    [
      'probe.openrpc.json#/methods/0/params/0: a param has no "name"; give it one',
      'probe.openrpc.json#/methods/0/params/1: a param must be an object; write it out here',
      'probe.openrpc.json#/methods/1: the method "a" is there twice; remove one',
      'probe.openrpc.json#/methods/1/x-kind: "b" is no kind; use "request", "stream", "notification" or "event"',
    ].join('\n'),
  )
})

test('YAML that repeats itself without end is refused', () => {
  expect(
    faultsOf('openrpc: 1.3.2\nmethods: []\ncomponents: {schemas: {A: &a {allOf: [*a]}}}'),
  ).toMatchObject([{ pointer: '/components/schemas/A/allOf/0', problem: 'this contains itself' }])
  const looped = 'components: {schemas: {A: {type: string, default: &a {b: [*a]}}}}'
  expect(faultsOf(`openrpc: 1.3.2\nmethods: []\n${looped}`)).toMatchObject([
    { pointer: '/components/schemas/A/default/b/0', problem: 'this contains itself' },
  ])
})

test.for(['default', 'example', 'x-unknown'])('values without end in "%s" are refused', (key) => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
  const text = JSON.stringify(documentOf({ A: { type: 'array', [key]: '@' } }))
  expect(faultsOf(text.replace('"@"', deep))).toMatchObject([
    {
      file: 'probe.openrpc.json',
      pointer: `/components/schemas/A/${key}/0/0/0/0`,
      problem: 'values are nested more than 1000 deep',
    },
  ])
})

test('schemas nested too deep are refused where they are', () => {
  let schema: object = {}
  for (let level = 0; level < 200; level++) schema = { allOf: [schema] }
  expect(faultsOf(documentOf({ A: schema }))).toMatchObject([
    { problem: 'schemas are nested more than 128 deep' },
  ])
})

test('what is not checked is named, and nothing else is', () => {
  const schema = {
    type: 'string',
    format: 'uri',
    'x-a': 1,
    not: { const: 'a' },
    minLenght: 1,
    if: {},
  }
  const { warnings } = generateProbe(documentOf({ A: schema }))
  expect(warnings.map(({ pointer }) => pointer)).toEqual(
    ['if', 'minLenght', 'not'].map((key) => `/components/schemas/A/${key}`),
  )
})

describe('what a document means', () => {
  const types = (document: string | object) => fileOf(generateProbe(document), 'probe.gen.ts')
  const contract = (document: object) =>
    fileOf(generateProbe(document, { checks: false }), '.contract.gen.ts')
  const params = [
    { name: 'id', required: true, schema: { type: 'string' } },
    { name: 'all', schema: { type: 'boolean' } },
  ]
  const result = { name: 'r', schema: { type: 'string' } }

  test('a method with a result is a request, one without is a notification', () => {
    const text = types(documentWith({ name: 'a', params, result }, { name: 'b', params }))
    expect(text).toContain("'a': Request<{ id: string; all?: boolean }, string>")
    expect(text).toContain("'b': Notification<{ id: string; all?: boolean }>")
  })

  test('what the server sends stands on the side of the client', () => {
    const [, client = ''] = types(
      documentWith(
        { name: 'a', 'x-direction': 'serverToClient' },
        { name: 'b', result, 'x-direction': 'both' },
      ),
    ).split('ProbeClient')
    expect(client).toContain("'a': Event\n")
    expect(client).toContain("'b': Request<undefined, string>")
  })

  test('params go by position unless the document asks for names', () => {
    expect(contract(documentWith({ name: 'a', params }))).toContain("positions: ['id', 'all']")
    expect(contract(documentWith({ name: 'a', params, paramStructure: 'by-name' }))).not.toContain(
      'positions',
    )
  })

  test('a comment says what the document says and nothing more', () => {
    const errors = [{ code: -32004, message: 'Not found' }]
    const described = {
      name: 'a',
      summary: 'Gets.',
      deprecated: true,
      params: [{ ...params[0], description: 'Which.' }],
      errors,
    }
    expect(types(documentWith(described))).toContain(
      [
        '  /**',
        '   * Gets.',
        '   * @param id Which.',
        '   * @throws -32004 Not found',
        '   * @deprecated',
        '   */',
      ].join('\n'),
    )
  })

  test('types that recur compile to interfaces and arrays', () => {
    const text = types(
      documentOf({
        Json: {
          anyOf: [
            { type: 'string' },
            { type: 'array', items: ref('Json') },
            { type: 'object', additionalProperties: ref('Json') },
          ],
        },
      }),
    )
    expect(text).toContain('export type Json = string | Json[] | { [key: string]: Json }')
  })

  test('names that fall together are told apart by their keys', () => {
    const text = types(documentOf({ 'a-b': {}, a_b: {}, Event: {}, AB: {} }))
    for (const name of ['AB', 'EventSchema'])
      expect(text).toContain(`export type ${name} = unknown`)
    expect(text.match(/export type AB_[\da-f]+/g)).toEqual([
      'export type AB_612d62',
      'export type AB_615f62',
    ])
  })

  test('a title that is a name the generated code imports makes another name', () => {
    const titled = { ...documentWith(), info: { title: 'define contract', version: '1' } }
    const { files } = generateProbe(titled, { source: 'probe.json' })
    expect(files.get('define-contract-contract.contract.gen.ts')).toContain(
      'export const defineContractContract: Contract<',
    )
  })

  test('YAML gives what the same JSON gives', () => {
    const yaml =
      'openrpc: 1.3.2\ninfo: {title: probe, version: "1"}\nmethods:\n  - name: a\n    result: {name: r, schema: {type: string}}\n'
    expect(types(yaml)).toBe(types(documentWith({ name: 'a', result })))
  })

  test('other local documents are followed, each reference from where it stands', () => {
    const other = {
      schemas: { Id: { type: 'string' }, List: { type: 'array', items: { $ref: '#/schemas/Id' } } },
    }
    const documents = new Map([['common/ids.json', other]])
    const { files } = generateProbe(
      documentOf({ Id: { $ref: './common/ids.json#/schemas/List' } }),
      { documents },
    )
    expect(files.get('probe.gen.ts')).toContain('export type Id = List\n')
    expect(files.get('probe.gen.ts')).toContain('export type List = IdOfCommonIds[]\n')
  })
})

test('a key that OpenRPC does not define is named where it stands, once, and an extension is none', () => {
  const param = { name: 'p', schema: {}, type: 'string', 'x-a': 1 }
  const method = { name: 'a', parameters: [param], results: {}, 'x-a': 1, $comment: 'a' }
  const shared = { $ref: '#/components/contentDescriptors/P' }
  const { warnings } = generateProbe({
    ...documentWith(
      method,
      { name: 'b', params: [param, { ...param, name: 'q' }], result: { ...param, optional: true } },
      { name: 'c', params: [shared] },
      { name: 'd', params: [shared] },
    ),
    components: { contentDescriptors: { P: param } },
  })
  expect(warnings.map(({ pointer }) => pointer).toSorted()).toEqual([
    '/components/contentDescriptors/P/type',
    '/methods/0/parameters',
    '/methods/0/results',
    '/methods/1/params/0/type',
    '/methods/1/params/1/type',
    '/methods/1/result/optional',
    '/methods/1/result/type',
  ])
  expect(warnings[0]).toMatchObject({
    file: expect.stringMatching(/json$/),
    problem: expect.stringContaining('is not understood'),
    advice: 'correct it, or begin its name with "x-"',
  })
})

test('so is one of the document itself, of its info and of an error', () => {
  const error = { code: 1, message: 'no', data: 1, name: 'No', 'x-a': 1, $comment: 'a' }
  const { warnings } = generateProbe({
    ...documentWith(
      { name: 'a', errors: [error], 'x-errors': [{ ...error, schema: {} }] },
      { name: 'b', errors: [{ $ref: '#/components/errors/No' }, { ...error, schema: {} }] },
      { name: 'c', errors: [{ $ref: '#/components/errors/No' }] },
    ),
    $schema: 'https://meta.open-rpc.org/',
    info: { title: 'probe', version: '1', contact: {}, author: 'Ada', 'x-a': 1 },
    components: { errors: { No: error } },
    servers: [],
    externalDocs: {},
    definitions: {},
    'x-a': 1,
    method: [],
  })
  expect(warnings.map(({ pointer, problem }) => `${pointer} ${problem}`).toSorted()).toEqual([
    '/components/errors/No/name "name" is not understood',
    '/info/author "author" is not understood',
    '/method "method" is not understood',
    '/methods/0/errors/0/name "name" is not understood',
    '/methods/0/x-errors/0/name "name" is not understood',
    '/methods/1/errors/1/name "name" is not understood',
    '/methods/1/errors/1/schema "schema" is not understood',
  ])
})

test('YAML may merge what it has written once, and a key in quotes is one', () => {
  const text = [
    'openrpc: 1.3.2',
    'info: {title: probe, version: 1.0.0}',
    'methods:',
    '  - &base {name: a, params: [{name: p, required: true, schema: {type: string}}]}',
    '  - {<<: *base, name: b}',
    'components: {schemas: {A: {properties: {"<<": {type: number}}}}}',
  ].join('\n')
  const generated = generateProbe(text)
  expect(generated.warnings).toEqual([])
  const types = fileOf(generated, '.gen.ts')
  expect(types).toContain("'b': Notification<{ p: string }>")
  expect(types).toContain("'<<'?: number")
})
