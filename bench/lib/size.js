import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const folder = fileURLToPath(new URL('..', import.meta.url))

/** Bytes of the smallest client in a browser that can call and be called, by the name of the bundle. */
export async function bundleSizes(peers) {
  const sizes = {}
  for (const { bundles = {} } of peers) {
    for (const [name, source] of Object.entries(bundles))
      sizes[name] = sizesOf(await bundled(source))
  }
  return sizes
}

async function bundled(source) {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: folder },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    write: false,
    logLevel: 'silent',
  })
  return outputFiles[0].contents
}

function sizesOf(bytes) {
  return {
    minified: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes).length,
  }
}
