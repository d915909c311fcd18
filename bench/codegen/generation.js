import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../test/codegen/documents/', import.meta.url))
const documents = [
  'ethereum-execution-apis.refs.json',
  'filecoin-lotus-gateway.openrpc.json',
  'lsp-3.18-metaModel.json',
  'starknet-starknet_api_openrpc.json',
  'metamask-api-specs.openrpc.yaml',
]
const rounds = 3

/** How long a process takes from its start to code, and how much memory, for the largest documents. */
export function generation() {
  const rows = documents.flatMap((document) =>
    ['bothways', 'json-schema-to-typescript'].map((generator) => [
      document,
      generator,
      ...figuresOf(generator, document),
    ]),
  )
  const title =
    'Generation, in a process of its own (json-schema-to-typescript: types of the components alone)'
  return { title, head: ['document', 'generator', 's', 'CPU s', 'MB', 'kB of code'], rows }
}

function figuresOf(generator, document) {
  const results = Array.from({ length: rounds }, () => run(generator, document)).filter(Boolean)
  if (results.length === 0) return ['–', '–', '–', 'fails']
  const least = (key) => Math.min(...results.map((result) => result[key]))
  return [
    (least('milliseconds') / 1000).toFixed(2),
    least('cpu').toFixed(2),
    least('megabytes').toFixed(0),
    least('kilobytes').toFixed(0),
  ]
}

function run(generator, document) {
  const started = performance.now()
  const child = fileURLToPath(new URL('generate-once.js', import.meta.url))
  const { status, stdout } = spawnSync(process.execPath, [child, generator, folder + document], {
    encoding: 'utf8',
    timeout: 120_000,
  })
  if (status !== 0) return undefined
  return { milliseconds: performance.now() - started, ...JSON.parse(stdout) }
}
