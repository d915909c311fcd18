import { execFileSync } from 'node:child_process'
import { build } from 'esbuild'

/** What a program prints, bundled as a user's would be. */
export async function printed(file: string): Promise<string> {
  const outfile = file.replace(/\.ts$/, '.mjs')
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    alias: { bothways: `${process.cwd()}/src` },
    nodePaths: ['node_modules'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'silent',
  })
  return execFileSync(process.execPath, [outfile], {
    encoding: 'utf8',
    stdio: 'pipe',
    timeout: 110_000,
  })
}
