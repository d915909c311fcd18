import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from '../../dist/codegen.js'
import { compile } from './compile.js'

const methods = 1_000

/** How long the compiler takes over a contract of many methods, each of which is called once. */
export function typeChecking() {
  const root = mkdtempSync(join(tmpdir(), 'bothways-types-'))
  try {
    write(root)
    const all = seconds(root, ['contract.ts', 'calls.ts'])
    const none = seconds(root, ['contract.ts'])
    const rows = [
      [`${methods} methods and as many calls`, all.toFixed(2)],
      ['the same without the calls', none.toFixed(2)],
      ['the package alone', seconds(root, ['nothing.ts']).toFixed(2)],
    ]
    return { title: 'Type-checking', head: ['what', 's'], rows }
  } finally {
    rmSync(root, { recursive: true })
  }
}

function write(root) {
  const names = Array.from({ length: methods }, (_, index) => `service.method${index}`)
  const { files } = generate(
    {
      openrpc: '1.3.2',
      info: { title: 'many', version: '1' },
      methods: names.map((name, index) => ({
        name,
        params: [
          { name: 'id', required: true, schema: { type: 'string' } },
          { name: 'limit', schema: { type: 'integer' } },
        ],
        result: { name: 'result', schema: { $ref: `#/components/schemas/T${index % 200}` } },
      })),
      components: {
        schemas: Object.fromEntries(
          Array.from({ length: 200 }, (_, index) => [
            `T${index}`,
            {
              type: 'object',
              required: ['a'],
              properties: { a: { type: 'string' }, [`b${index}`]: { type: 'number' } },
            },
          ]),
        ),
      },
    },
    { source: 'many.openrpc.json', checks: false },
  )
  for (const [name, text] of files) writeFileSync(join(root, name), text)
  const calls = names.map(
    (name, index) => `export const r${index}: string = (await remote['${name}']({ id: 'a' })).a`,
  )
  const head =
    "import type { Peer } from 'bothways'\nimport { many } from './many.contract.gen.js'\ndeclare const peer: Peer\nconst remote = many.remote(peer)\n"
  writeFileSync(join(root, 'calls.ts'), `${head}${calls.join('\n')}\n`)
  writeFileSync(join(root, 'contract.ts'), "export { many } from './many.contract.gen.js'\n")
  writeFileSync(join(root, 'nothing.ts'), "export type { Contract } from 'bothways/contract'\n")
  writeFileSync(join(root, 'package.json'), '{"type":"module"}')
  mkdirSync(join(root, 'node_modules'))
}

function seconds(root, files) {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 3; round++) {
    const started = performance.now()
    const { status, stdout } = compile(root, { files })
    if (status !== 0) throw new Error(stdout.slice(0, 2_000))
    best = Math.min(best, performance.now() - started)
  }
  return best / 1000
}
