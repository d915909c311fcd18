import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { build } from 'esbuild'
import { afterAll } from 'vitest'

/** Makes JavaScript that Node runs by itself of `test/support/<name>.ts`; returns its path. Gone after the test file. */
export async function bundle(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bothways-'))
  afterAll(() => rm(folder, { recursive: true }))
  const outfile = join(folder, `${basename(name)}.mjs`)
  await build({
    entryPoints: [`test/support/${name}.ts`],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
    },
    logLevel: 'warning',
  })
  return outfile
}
