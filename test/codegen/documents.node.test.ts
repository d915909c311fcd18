import { describe, expect, test } from 'vitest'
import { DocumentError } from '../../src/codegen.js'
import { compile, documents, fileOf, generateProbe, readJson, run, shuffled } from './support.js'

const opaqueCounts = readJson('opaque.json') as Record<string, number>

describe.for([...documents])('%s', ([source, text]) => {
  test('gives the same bytes twice, and with its keys in another order', () => {
    const first = generateProbe(text, { source })
    expect(generateProbe(text, { source })).toEqual(first)
    expect(generateProbe(shuffled(JSON.parse(text)), { source })).toEqual(first)
  })

  test('leaves as many types opaque as are accounted for', () => {
    const { opaque } = generateProbe(text, { source })
    expect(opaque).toHaveLength(opaqueCounts[source] ?? -1)
  })
})

test('every document compiles at the strictest settings, with checks and without', () => {
  const generated = [...documents].flatMap(
    ([source, text], index): [string, ReadonlyMap<string, string>][] => [
      [`checked-${index}`, generateProbe(text, { source }).files],
      [`plain-${index}`, generateProbe(text, { source, checks: false }).files],
    ],
  )
  expect(compile(new Map(generated))).toEqual([])
})

test('the file of types leaves nothing at run time', async () => {
  for (const [source, text] of documents) {
    expect(
      Object.keys(await run(fileOf(generateProbe(text, { source, checks: false }), '.gen.ts'))),
    ).toEqual([])
  }
})

test('a part of an allOf that is on a server is left out, with the place that asks for it', () => {
  const source = 'firebolt-test-provider.openrpc.json'
  const { warnings } = generateProbe(documents.get(source) ?? '', { source })
  expect(warnings.map(({ pointer }) => pointer)).toContain(
    '/components/schemas/SimpleProviderRequest/allOf/0/$ref',
  )
})

test('a type that is nothing but a reference to a server is refused', () => {
  const schema = { $ref: 'https://types.example/all.json#/Order' }
  const document = {
    openrpc: '1.3.2',
    info: { title: 'orders', version: '1.0.0' },
    methods: [{ name: 'get', params: [], result: { name: 'order', schema } }],
  }
  const attempt = () => generateProbe(document, { source: 'orders.openrpc.json' })
  expect(attempt).toThrow(DocumentError)
  expect(attempt).toThrow('/methods/0/result/schema/$ref')
})

test('a new method adds lines and changes none', () => {
  const source = 'etclabscore-ethereum.openrpc.json'
  const document = JSON.parse(documents.get(source) ?? '')
  const before = generateProbe(document, { source })
  const added = {
    name: 'eth_probeBlock',
    params: [{ name: 'at', schema: { type: 'string' } }],
    result: document.methods[0].result,
  }
  const after = generateProbe({ ...document, methods: [added, ...document.methods] }, { source })
  for (const [name, text] of before.files) {
    const fresh = after.files.get(name) ?? ''
    expect(remaining(text.split('\n'), fresh.split('\n'))).toBe(0)
    expect(fresh.length).toBeGreaterThan(text.length)
  }
})

/** How many of `lines` are not in `others` in the same order. */
function remaining(lines: readonly string[], others: readonly string[]): number {
  let found = 0
  for (const line of others) if (line === lines[found]) found++
  return lines.length - found
}
