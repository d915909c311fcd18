import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { onTestFinished } from 'vitest'

/** The TypeScript in a document that holds `words`. */
export function snippet(document: string, words: string): string {
  const snippets = [...readFileSync(document, 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)]
  const code = snippets.find(([, text = '']) => text.includes(words))?.[1]
  if (code === undefined) throw new Error(`${document} shows no code with ${words}`)
  return code
}

/** Where programs are found that a document starts, and, where the package was not built, what it is bundled from. */
export interface RunOptions {
  readonly path?: string
  readonly alias?: Record<string, string>
}

/** Bundles what the documents show as a user's bundler would, from the package that was built. */
export async function bundle(
  code: string,
  platform: 'node' | 'browser',
  alias: Record<string, string> = {},
): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, loader: 'ts', resolveDir: process.cwd() },
    bundle: true,
    platform,
    alias,
    format: 'esm',
    write: false,
    // ws is no ES module: what it requires of Node must be there.
    banner:
      platform === 'node'
        ? {
            js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
          }
        : {},
  })
  return outputFiles[0]?.text ?? ''
}

/** Runs a program in a process of its own; it ends with the test. */
export async function run(code: string, { path = '', alias }: RunOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'bothways-'))
  const file = join(folder, 'program.mjs')
  await writeFile(file, await bundle(code, 'node', alias))
  const child = spawn(process.execPath, [file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PATH: `${path}:${process.env['PATH']}` },
  })
  onTestFinished(async () => {
    if (child.exitCode === null && child.kill()) await once(child, 'exit')
    await rm(folder, { recursive: true })
  })
  return child
}

/** All that a program prints, once it has ended. */
export async function output(child: ChildProcess): Promise<string> {
  let text = ''
  for await (const chunk of child.stdout ?? []) text += chunk
  return text
}
