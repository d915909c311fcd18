import { describe, expect, test } from 'vitest'
import { folderOrigin } from '../../src/codegen/load/origin.js'
import { parse } from '../../src/codegen/load/parse.js'
import { readReferenced } from '../../src/codegen/load/referenced.js'
import { DocumentError } from '../../src/codegen.js'
import {
  compile,
  documents,
  fileOf,
  generateAll,
  generateProbe,
  generateReal,
  type Json,
  pathOf,
  readJson,
  run,
  shuffled,
} from './support.js'

const opaqueCounts = readJson('opaque.json') as Record<string, number>
const sources = [...documents.keys()]

describe.for([...documents])('%s', ([source, text]) => {
  test('gives the same bytes twice, and with its keys in another order', async () => {
    const first = await generateReal(source)
    const value = parse(text, source)
    const { documents } = await readReferenced(value, source, folderOrigin(pathOf('.')))
    for (const same of [text, shuffled(value as Json)]) {
      const { files, opaque } = generateProbe(same, { source, documents })
      expect({ files, opaque }).toEqual({ files: first.files, opaque: first.opaque })
    }
  })

  test('leaves as many types opaque as are accounted for', async () => {
    const { opaque } = await generateReal(source)
    expect(opaque).toHaveLength(opaqueCounts[source] ?? -1)
  })
})

test('every document compiles at the strictest settings, with checks and without', async () => {
  expect(compile(await generateAll())).toEqual([])
}, 120_000)

test('the file of types leaves nothing at run time', async () => {
  for (const source of sources) {
    const generated = await generateReal(source, { checks: false })
    expect(Object.keys(await run(fileOf(generated, '.gen.ts')))).toEqual([])
  }
})

test('types that are on a server are refused, each where it is asked for', async () => {
  const attempt = generateReal('refused/firebolt-device.openrpc.json')
  await expect(attempt).rejects.toThrow(DocumentError)
  await expect(attempt).rejects.toMatchObject({
    faults: ['api', 'firmware', 'os', 'sdk'].map((name) => ({
      pointer: `/components/schemas/DeviceVersion/properties/${name}/$ref`,
    })),
  })
})

test('a file that is referred to by another path is found beside the document, and that is said', async () => {
  const { warnings, files } = await generateReal('starknet-starknet_write_api.json')
  const [name, found] = ['starknet_api_openrpc.json', 'starknet-starknet_api_openrpc.json']
  expect(warnings[0]?.problem).toBe(
    `it refers to api/${name}, which is not there, so ${found} is taken`,
  )
  expect([...files.values()].join()).toMatch(/export interface FUNCTION_CALL {/)
})

test('a name that is left for another document to define is any value, and that is said', async () => {
  const { warnings } = await generateReal('metamask-api-specs.openrpc.yaml')
  expect(warnings).toContainEqual({
    file: 'metamask-api-specs.openrpc.yaml',
    pointer: '/methods/11/result/schema/properties/chainId/$ref',
    problem:
      '"#/components/schemas/uint" names nothing in metamask-api-specs.openrpc.yaml, so any value is taken',
    advice: 'define it, or correct the reference',
  })
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

test.for(['etclabscore-ethereum.openrpc.json', 'ethereum-execution-apis.refs.json'])(
  'a new method in %s adds lines and changes none',
  (source) => {
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
  },
)

/** How many of `lines` are not in `others` in the same order. */
function remaining(lines: readonly string[], others: readonly string[]): number {
  let found = 0
  for (const line of others) if (line === lines[found]) found++
  return lines.length - found
}
