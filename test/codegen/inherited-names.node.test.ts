import { memoryPair, Peer } from 'bothways'
import { defineContract, type Request } from 'bothways/contract'
import { expect, test } from 'vitest'
import { generate } from '../../src/codegen.js'
import { compile, documentWith, generateProbe, runContract } from './support.js'

/** What every object inherits, and a document may well call its methods. */
const names = ['toString', 'valueOf', 'constructor', 'hasOwnProperty'] as const

const at = (name: string) => ({ $ref: `#/components/schemas/${name}` })

const document = documentWith(
  ...names.map((name) => ({
    name,
    paramStructure: 'by-name',
    params: [{ name: 'id', required: true, schema: { type: 'string' } }],
    result: { name: 'said', schema: { type: 'string' } },
  })),
)

const use = `
import { memoryPair, Peer } from 'bothways'
import { probe } from './probe.contract.gen.js'
const [near, far] = memoryPair()
probe.serve(new Peer(far), {
  ${names.map((name) => `'${name}': ({ id }) => id`).join(',\n  ')},
})
const remote = probe.remote(new Peer(near))
export const said: string[] = [
  ${names.map((name) => `await remote['${name}']({ id: 'a' })`).join(',\n  ')},
]
`

type Probe = Record<(typeof names)[number], Request<{ id: string }, string>>

test('methods named like what every object inherits compile, and so does code that uses them', () => {
  const { files } = generateProbe(document)
  expect(compile(new Map([['probe', new Map([...files, ['use.ts', use]])]]))).toEqual([])
})

test('methods named like what every object inherits are called and answered', async () => {
  const parts = await runContract(document, { checks: false })
  const probe = defineContract<Probe, object>(...parts)
  const [near, far] = memoryPair()
  const answer = (name: string) => [name, ({ id }: { id: string }) => `${name} ${id}`]
  probe.serve(new Peer(far), Object.fromEntries(names.map(answer)))
  const remote = probe.remote(new Peer(near))
  for (const name of names) expect(await remote[name]({ id: 'a' })).toBe(`${name} a`)
})

test('a contract called like a check, or like a place of bytes, compiles beside them', () => {
  const data = { type: 'string', contentEncoding: 'base64' }
  const files = ['Check Pet', 'bytes in Pet'].map((title) => {
    const method = { name: 'get', params: [], result: { name: 'pet', schema: at('Pet') } }
    const schemas = { Pet: { type: 'object', properties: { data, other: at('Pet') } } }
    const generated = { ...documentWith(method), info: { title, version: '1' } }
    const source = 'document.json'
    return [title, generate({ ...generated, components: { schemas } }, { source }).files] as const
  })
  const named = files.flatMap(([, all]) =>
    [...all.keys()].filter((file) => /contract\./.test(file)),
  )
  expect(named).toEqual([
    'contract-check-pet.contract.gen.ts',
    'contract-bytes-in-pet.contract.gen.ts',
  ])
  expect(compile(new Map(files))).toEqual([])
  for (const name of ['checkPet', 'bytesInPet'])
    expect(() => generateProbe(document, { name })).toThrow(
      `"${name}" cannot name a contract; use an identifier of at most 64 letters, digits and _, such as contract`,
    )
})
