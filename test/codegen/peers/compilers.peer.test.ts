import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { compile, documents, generateReal } from '../support.js'

const packages = 'test/codegen/peers/node_modules'

test.each([
  ['5.9', 'typescript'],
  ['6.0', 'typescript-6'],
])(
  'TypeScript %s compiles the stubs of every document at the strictest settings',
  async (_version, name) => {
    const made = [...documents.keys()].map(
      async (source, index) => [`${index}`, (await generateReal(source)).files] as const,
    )
    const directories = new Map(await Promise.all(made))
    expect(compile(directories, resolve(packages, name, 'bin/tsc'))).toEqual([])
  },
  300_000,
)
