import { execFile, spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { transform } from 'esbuild'
import { afterAll, describe, expect, test } from 'vitest'

/** A program that a page shows; what its lines print stands behind them as comments. */
interface Program {
  readonly page: string
  readonly number: number
  readonly code: string
}

const pages = readdirSync('docs').filter((name) => name.endsWith('.md'))
/** Its programs speak to programs of others, which tests of their own start first. */
const tested = ['dialects.md']
const programs = pages
  .filter((page) => !tested.includes(page))
  .flatMap((page) =>
    [...readFileSync(join('docs', page), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(
      ([, code = ''], index): Program => ({ page, number: index + 1, code }),
    ),
  )

const folder = mkdtempSync(join(tmpdir(), 'bothways-'))
mkdirSync(join(folder, 'node_modules'))
for (const name of ['@types/node', '@opentelemetry/api']) {
  mkdirSync(dirname(join(folder, 'node_modules', name)))
  symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name), 'junction')
}
symlinkSync(process.cwd(), join(folder, 'node_modules', 'bothways'), 'junction')
afterAll(() => rmSync(folder, { recursive: true }))

/** What the comments behind `console.log` say; several lines that one statement prints are joined by "then". */
function promised(code: string): string[] {
  const comments = code.matchAll(/console\.log\(.*\),? +\/\/ (.*)$/gm)
  return [...comments].flatMap(([, text = '']) => text.split(', then '))
}

describe.concurrent('pages', () => {
  test.each(programs)(
    'program $number of docs/$page prints what it says',
    { timeout: 60_000 },
    async ({ page, number, code }) => {
      const file = join(folder, `${page}-${number}.mjs`)
      writeFileSync(file, (await transform(code, { loader: 'ts', target: 'node20' })).code)
      const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: process.cwd() })
      const printed = stdout.split('\n').slice(0, -1)
      expect(printed.sort()).toEqual(promised(code).sort())
      expect(printed.length).toBeGreaterThan(0)
    },
  )
})

test('the programs of all pages have the types they say', { timeout: 60_000 }, () => {
  for (const { page, number, code } of programs)
    writeFileSync(join(folder, `${page}-${number}.ts`), `${code}\nexport {}`)
  const options = {
    strict: true,
    noEmit: true,
    module: 'nodenext',
    target: 'es2023',
    types: ['node'],
  }
  const config = {
    compilerOptions: {
      ...options,
      skipLibCheck: true,
      lib: ['es2024', 'dom', 'esnext.disposable', 'dom.asynciterable'],
    },
    include: ['*.ts'],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const compiler = resolve('node_modules/typescript/bin/tsc')
  expect(spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' }).stdout).toBe(
    '',
  )
})

test('the README leads to every page, and each is short', () => {
  const readme = readFileSync('README.md', 'utf8')
  expect(pages.filter((page) => !readme.includes(`(docs/${page})`))).toEqual([])
  for (const page of pages) {
    const lines = readFileSync(join('docs', page), 'utf8').split('\n').length
    if (!['protocol.md', 'limits.md', 'dialects.md'].includes(page))
      expect([page, lines <= 91]).toEqual([page, true])
  }
  expect(readme.split('\n').length).toBeLessThanOrEqual(200)
})
