import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { fileOf, generateReal } from './support.js'

test.each([
  'ethereum-execution-apis.refs.json',
  'filecoin-lotus-gateway.openrpc.json',
  'lsp-3.18-metaModel.json',
  'starknet-starknet_api_openrpc.json',
])('a client of %s without validation takes at most 60 bytes a method', async (source) => {
  const contract = fileOf(await generateReal(source, { checks: false }), '.contract.gen.ts')
  const { outputFiles } = await build({
    stdin: { contents: contract, loader: 'ts' },
    minify: true,
    format: 'esm',
    bundle: true,
    external: ['bothways/*', './*'],
    write: false,
  })
  const methods = contract.match(/^ {4}'.*': \{/gm) ?? []
  const [{ contents } = { contents: [] }] = outputFiles
  expect(methods.length).toBeGreaterThan(20)
  expect(contents.length / methods.length).toBeLessThanOrEqual(60)
})
