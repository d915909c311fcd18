import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DocumentError, type Generated } from '../../src/codegen.js'
import {
  checkOf,
  compile,
  documentOf,
  documentWith,
  fileOf,
  generateProbe,
  readJson,
  run,
} from './support.js'

interface Vector {
  readonly id: string
  readonly title: string
  readonly input: Readonly<Record<string, unknown>>
  readonly expect: { readonly compiles: boolean; readonly mustNotContain?: readonly string[] }
}

const vectors = readJson('hostile.json') as Vector[]
const usable = vectors.filter((vector) => vector.expect.compiles)
const unusable = vectors.filter((vector) => !vector.expect.compiles)

/** Runs in place of the runtime, so that a generated contract can be imported on its own. */
const runtime =
  'data:text/javascript,export const defineContract = (name, version, sides) => ({ name, version, sides })'

/** One method that says `text` wherever a document can say something. */
function saying(text: string): object {
  const schema = {
    type: 'object',
    description: text,
    properties: { [text]: { enum: [text], description: text } },
  }
  const params = [{ name: text, description: text, schema }]
  const errors = [{ code: 1, message: text }]
  return {
    name: text,
    summary: text,
    description: text,
    params,
    result: { name: text, schema },
    errors,
  }
}

const builders: Readonly<Record<string, (said: never) => (object | string)[]>> = {
  method: (name: string) => [documentWith({ name })],
  methods: (names: string[]) => [
    documentWith(...names.map((name) => ({ name }))),
    documentOf(Object.fromEntries(names.map((name) => [name, {}]))),
  ],
  description: (text: string) => [
    documentWith(saying(text)),
    { ...documentOf({ [text]: { description: text } }), info: { title: text, version: text } },
  ],
  default: (text: string) => [documentOf({ A: { type: 'string', default: text, enum: [text] } })],
  properties: (names: string[]) => [
    documentOf({
      A: {
        type: 'object',
        properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
        required: names,
        additionalProperties: false,
      },
    }),
    documentWith(
      ...names.map((name) => ({
        name,
        params: names.map((param) => ({ name: param, schema: { type: 'string' } })),
      })),
    ),
  ],
  title: (title: string) => [{ ...documentOf({}), info: { title, version: '1' } }],
  titles: (titles: string[]) =>
    titles.map((title) => ({ ...documentOf({}), info: { title, version: '1' } })),
  $ref: ($ref: string) => [documentOf({ A: { $ref } })],
  chain: (length: number) => [documentOf(chain(length))],
  nest: ({ allOf }: { allOf: number }) => [documentOf({ A: nest(allOf) })],
  pattern: (pattern: string) => [documentOf({ A: { type: 'string', pattern } })],
  const: (digits: string) =>
    [digits, '1e400'].map((number) =>
      JSON.stringify(documentOf({ A: { const: '@' } })).replace('"@"', number),
    ),
  example: (token: string) => [
    documentOf({ A: { type: 'string', example: token, examples: [token], default: token } }),
  ],
}

function documentsOf({ input }: Vector): (object | string)[] {
  return Object.entries(input).flatMap(([key, said]) => builders[key]?.(said as never) ?? [])
}

function chain(length: number): Readonly<Record<string, object>> {
  const link = (index: number) =>
    index === length ? { type: 'string' } : { $ref: `#/components/schemas/A${index + 1}` }
  return Object.fromEntries(
    Array.from({ length: length + 1 }, (_, index) => [`A${index}`, link(index)]),
  )
}

function nest(depth: number): object {
  let schema: object = { type: 'string' }
  for (let level = 0; level < depth; level++) schema = { allOf: [schema] }
  return schema
}

async function importAll(generated: Generated): Promise<void> {
  for (const suffix of ['.check.gen.ts', '.contract.gen.ts']) {
    const checks = fileOf(generated, '.check.gen.ts')
    const text = fileOf(generated, suffix).replace(
      /'\.\/[^']*\.check\.gen\.js'/,
      () => `'data:text/javascript,${encodeURIComponent(exportsOf(checks))}'`,
    )
    await run(text)
  }
}

function exportsOf(text: string): string {
  return [...text.matchAll(/^export function (\S+)\(/gm)]
    .map(([, name]) => `export const ${name} = 0`)
    .join('\n')
}

describe.for(usable)('$id $title', (vector) => {
  test('gives code that does nothing when imported', async () => {
    for (const document of documentsOf(vector)) {
      const generated = generateProbe(document, { runtime })
      await importAll(generated)
      expect('__pwned' in globalThis).toBe(false)
      for (const name of generated.files.keys())
        expect(name).toMatch(/^[\w-]+(\.(contract|check|shape))?\.gen\.ts$/)
      for (const secret of vector.expect.mustNotContain ?? [])
        expect([...generated.files.values()].join()).not.toContain(secret)
    }
  })
})

test.for(unusable)('$id $title is refused with the place', (vector) => {
  const documents = documentsOf(vector)
  expect(documents).not.toEqual([])
  for (const document of documents) {
    expect(() => generateProbe(document)).toThrow(DocumentError)
    expect(() => generateProbe(document)).toThrow('probe.openrpc.json#/components/schemas/A')
  }
})

// It waits for a compiler, on machines that do other things, too.
test('all of them compile, and so do schemas drawn at random', { timeout: 120_000 }, () => {
  const hostile = usable.flatMap((vector) =>
    documentsOf(vector).map(
      (document, index) => [`${vector.id}-${index}`, generateProbe(document).files] as const,
    ),
  )
  const drawn = fc.sample(
    fc.dictionary(fc.string({ unit: 'binary', maxLength: 6 }), fc.string({ unit: 'binary' })),
    { seed: 5, numRuns: 40 },
  )
  const random = drawn.map((texts, index) => {
    const schemas = Object.fromEntries(
      Object.entries(texts).map(([key, text]) => [
        key,
        {
          type: 'object',
          description: text,
          required: [text],
          properties: { [key]: { enum: [text, key] } },
        },
      ]),
    )
    const document = {
      ...documentOf(schemas),
      methods: Object.entries(texts).map(([key, text]) => ({ ...saying(text), name: key })),
    }
    return [`random-${index}`, generateProbe(document).files] as const
  })
  expect(compile(new Map([...hostile, ...random]))).toEqual([])
})

test('the compiler that finds nothing in them does find mistakes', () => {
  const mistaken = new Map([['a.gen.ts', 'export const a: number = "a"\n']])
  expect(compile(new Map([['mistaken', mistaken]]))).toEqual([expect.stringContaining('TS2322')])
})

test('a pattern that could hang a check is left out of it, by name', async () => {
  const pattern = '(a+)+$'
  const check = await checkOf({ type: 'string', pattern })
  expect(check(`${'a'.repeat(40)}!`)).toBeUndefined()
  const { warnings } = generateProbe(documentOf({ A: { type: 'string', pattern } }))
  expect(warnings).toMatchObject([{ pointer: '/components/schemas/A/pattern' }])
})

const slow = [
  '(a*)*$',
  '^(a|aa)+$',
  '([a-z]+)*x',
  '^((a?)b?)*$',
  '(?:a{1,30}){1,30}',
  '(a|b+){2,}',
  '(?<n>a+)+',
  '^((a?){10}){10}$',
  '^(?:(?:\\d{1,3}\\.?){1,4},?){1,10}$',
  '^((\\w{1,10}-?){1,8}\\.?){1,8}$',
  '^(a|a){1,30}$',
  '^(a{1,30}){1,10}$',
  '^(a{1,10}){1,6}$',
  '(a|a){1,10}$',
  '\\d+$',
  'a+b+',
  '^.*foo.*$',
  '^a*(?:a|b)*$',
  '^\\u0061+(a+)$',
  '^(a+)\\1+$',
  '^(?=.*a.*a)b*$',
  '^(?i:a+)A+$',
  '^(?:\\p{1,})+$',
  '^(?:\\u{1,})+$',
  '^(?:\\c|\\\\c)+$',
  `^${'('.repeat(101)}a${')'.repeat(101)}$`,
  `^${'('.repeat(2_000)}a${')'.repeat(2_000)}$`,
  `^${'a'.repeat(5_000)}$`,
]

const quick = [
  '^0x[a-f\\d]+$',
  '^(\\d{1,3}\\.){3}\\d{1,3}$',
  '^(?:[A-Z]{4})*$',
  '[(+)]*',
  '\\(a+\\)+',
  '^(open|paid)$',
  '^((\\d{1,3}\\.){3}\\d{1,3}(:\\d{1,5})?,?){1,3}$',
  '^(((a?){10})?)$',
  '^(([0-9a-f]{2}){16}(-)){8}$',
  '0x^([A-Fa-f0-9]{2}){65}$',
  '^0x([1-9a-f]+[0-9a-f]{0,31})|0$',
  '[-a-z0-9]{3,8}(:[-_a-zA-Z0-9]{1,32})?',
  '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)?$',
  '^[a-z]+(-[a-z]+)*$',
  '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
  '^[\\w.]+@[\\w.]+\\.\\w+$',
  '^\\s*\\S+\\s*$',
  '^(?!-)[a-z-]{1,63}(?<!-)$',
  `^${'('.repeat(100)}a${')'.repeat(100)}$`,
  `^${'[a-z]b'.repeat(600)}$`,
]

test('patterns are told apart by whether some text takes long to match', () => {
  const isChecked = (pattern: string) =>
    generateProbe(documentOf({ A: { type: 'string', pattern } })).warnings.length === 0
  expect(slow.filter(isChecked)).toEqual([])
  expect(quick.filter(isChecked)).toEqual(quick)
})

test('what two repetitions side by side could both take is matched in one way, and the same is', async () => {
  const pattern = '^0x([1-9a-f]+[0-9a-f]*|[0-9]{2,}[5-9]{3,}|0)$'
  const check = await checkOf({ type: 'string', pattern })
  const digits = fc.string({ unit: fc.constantFrom('0', '1', '5', 'a', 'g'), maxLength: 8 })
  fc.assert(
    fc.property(digits, (text) => {
      const isRight = new RegExp(pattern, 'u').test(`0x${text}`)
      expect(check(`0x${text}`) === undefined).toBe(isRight)
    }),
  )
  const written = fileOf(
    generateProbe(documentOf({ A: { type: 'string', pattern } })),
    '.check.gen.ts',
  )
  expect(written).toContain('^0x([1-9a-f]{1}[0-9a-f]*|[0-9]{2,}[5-9]{3}|0)$')
  expect(check('0x')).toMatchObject({
    expected: `a string that matches ${JSON.stringify(pattern)}`,
  })
})

test('__proto__ is a member like any other', async () => {
  const check = await checkOf({
    type: 'object',
    properties: JSON.parse('{"__proto__":{"type":"string"}}'),
  })
  expect(check(JSON.parse('{"__proto__":1}'))).toMatchObject({ path: '/__proto__' })
  const contract = await run(
    fileOf(
      generateProbe(documentWith({ name: '__proto__' }), { runtime, checks: false }),
      '.contract.gen.ts',
    ),
  )
  expect(contract).toMatchObject({
    probe: { sides: { service: JSON.parse('{"__proto__":{"kind":"notification"}}') } },
  })
})
