import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { compile, generateAll } from '../support.js'

test.for([
  ['typescript-5', '5.9.3'],
  ['typescript-6', '6.0.3'],
])('every document compiles with %s at the strictest settings', async ([name, version]) => {
  const compiler = fileURLToPath(new URL(`node_modules/${name}/`, import.meta.url))
  expect(JSON.parse(readFileSync(`${compiler}package.json`, 'utf8'))).toMatchObject({ version })
  const check = (files: Parameters<typeof compile>[0]) => compile(files, `${compiler}bin/tsc`)
  const mistaken = new Map([['a.gen.ts', 'export const a: number = "a"\n']])
  expect(check(new Map([['mistaken', mistaken]]))).toEqual([expect.stringContaining('TS2322')])
  expect(check(await generateAll())).toEqual([])
})
