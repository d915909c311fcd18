import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transformWithOxc } from 'vite'
import { type Generated, type GenerateOptions, generate, generateFrom } from '../../src/codegen.js'
import type { defineContract } from '../../src/contract/contract.js'
import type { Check } from '../../src/contract/shape.js'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const directory = fileURLToPath(new URL('documents/', import.meta.url))

/** The real documents, by file name. */
export const documents: ReadonlyMap<string, string> = new Map(
  readdirSync(directory)
    .filter((file) => /\.(json|yaml)$/.test(file))
    .sort()
    .map((file) => [file, readFileSync(join(directory, file), 'utf8')]),
)

/** The path of a real document, by its file name. */
export function pathOf(source: string): string {
  return join(directory, source)
}

/** All real documents as directories of generated code, with checks and without. */
export async function generateAll(): Promise<Map<string, ReadonlyMap<string, string>>> {
  const all = new Map<string, ReadonlyMap<string, string>>()
  for (const [index, source] of [...documents.keys()].entries()) {
    all.set(`checked-${index}`, (await generateReal(source)).files)
    all.set(`plain-${index}`, (await generateReal(source, { checks: false })).files)
  }
  return all
}

/** What is generated from a real document. */
export async function generateReal(
  source: string,
  options: Partial<GenerateOptions> = {},
): Promise<Generated> {
  return generateFrom(pathOf(source), 'probe/', options)
}

/** The value of a JSON file beside the tests. */
export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'))
}

/** An OpenRPC document around some schemas. */
export function documentOf(schemas: Readonly<Record<string, unknown>>): object {
  return {
    openrpc: '1.3.2',
    info: { title: 'probe', version: '1' },
    methods: [],
    components: { schemas },
  }
}

/** An OpenRPC document with these methods. */
export function documentWith(...methods: object[]): object {
  return { openrpc: '1.3.2', info: { title: 'probe', version: '1' }, methods }
}

export function generateProbe(
  document: string | object,
  options: Partial<GenerateOptions> = {},
): Generated {
  return generate(document, { source: 'probe.openrpc.json', ...options })
}

export function fileOf({ files }: Generated, suffix: string): string {
  const found = [...files].find(([name]) => name.endsWith(suffix))
  if (found === undefined) throw new Error(`no file ends with ${suffix}`)
  return found[1]
}

/** The same value, with the keys of its objects the other way round. */
export function shuffled(value: Json): Json & object {
  const turned = (inner: Json): Json => {
    if (Array.isArray(inner)) return inner.map(turned)
    if (typeof inner !== 'object' || inner === null) return inner
    return Object.fromEntries(
      Object.entries(inner)
        .reverse()
        .map(([key, item]) => [key, turned(item)]),
    )
  }
  return turned(value) as Json & object
}

/** Runs generated code and returns what it exports. */
export async function run(text: string): Promise<Record<string, unknown>> {
  return import(/* @vite-ignore */ await moduleOf(text))
}

/** Runs a generated contract with its checks, and returns what it gives to `defineContract`. */
export async function runContract(
  document: object,
  options: Partial<GenerateOptions> = {},
): Promise<Parameters<typeof defineContract>> {
  const runtime =
    'data:text/javascript,export const defineContract = (...parts) => parts, subscription = (names) => names'
  const generated = generateProbe(document, { ...options, runtime })
  const checks = options.checks === false ? '' : await moduleOf(fileOf(generated, '.check.gen.ts'))
  const contract = fileOf(generated, '.contract.gen.ts')
  const { probe } = await run(contract.replace(`'./probe.check.gen.js'`, `"${checks}"`))
  return probe as Parameters<typeof defineContract>
}

/** The address of generated code as a module. */
export async function moduleOf(text: string): Promise<string> {
  const { code } = await transformWithOxc(text, 'generated.ts')
  return `data:text/javascript,${encodeURIComponent(code)}`
}

/** The check of one schema. */
export async function checkOf(
  schema: unknown,
  others: Readonly<Record<string, unknown>> = {},
): Promise<Check> {
  const checks = await run(
    fileOf(generateProbe(documentOf({ ...others, Probe: schema })), '.check.gen.ts'),
  )
  return (checks['checkProbe'] as Check | undefined) ?? (() => undefined)
}

/** What the compiler, at its strictest, has to say about generated files given as directories of files. */
export function compile(
  directories: ReadonlyMap<string, ReadonlyMap<string, string>>,
  compiler = bin('tsc'),
): string[] {
  const root = mkdtempSync(join(tmpdir(), 'bothways-codegen-'))
  try {
    for (const [name, files] of directories) {
      mkdirSync(join(root, name))
      for (const [file, text] of files) writeFileSync(join(root, name, file), text)
    }
    writeFileSync(join(root, 'package.json'), '{"type":"module"}')
    writeFileSync(join(root, 'tsconfig.json'), JSON.stringify(configuration))
    const { stdout, error } = spawnSync(compiler, ['-p', root, '--pretty', 'false'], {
      cwd: root,
      encoding: 'utf8',
    })
    if (error !== undefined) throw error
    // What it says about the package itself is told where the package is checked, with its own options.
    return stdout.split('\n').filter((line) => line.includes('error TS') && !line.startsWith('..'))
  } finally {
    rmSync(root, { recursive: true })
  }
}

const repository = fileURLToPath(new URL('../../', import.meta.url))

function bin(name: string): string {
  return join(repository, 'node_modules', '.bin', name)
}

const configuration = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2023', 'ESNext.Disposable', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
    module: 'NodeNext',
    types: ['node'],
    typeRoots: [join(repository, 'node_modules', '@types')],
    paths: {
      bothways: [join(repository, 'src', 'index.ts')],
      'bothways/*': [join(repository, 'src', '*.ts')],
    },
    noEmit: true,
    declaration: true,
    skipLibCheck: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    isolatedDeclarations: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
  },
}
