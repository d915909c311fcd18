import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { errorsIn } from './compile.js'

const folder = fileURLToPath(new URL('../../test/codegen/documents/', import.meta.url))

/** The largest documents of each format, and one that every generator of it reads, with what reads them beside bothways. */
const documents = {
  'etclabscore-ethereum.openrpc.json': ['json-schema-to-typescript', '@open-rpc/generator'],
  'ethereum-execution-apis.refs.json': ['json-schema-to-typescript', '@open-rpc/generator'],
  // Its schemas have no names, so that there is nothing to make types of.
  'filecoin-lotus-gateway.openrpc.json': ['@open-rpc/generator'],
  'starknet-starknet_api_openrpc.json': ['json-schema-to-typescript', '@open-rpc/generator'],
  'metamask-api-specs.openrpc.yaml': ['json-schema-to-typescript', '@open-rpc/generator'],
  'lsp-3.18-metaModel.json': [],
  'cdp-js_protocol.json': [],
  'acp.schema.json': ['json-schema-to-typescript'],
  'notes-service.ekko.ipc.json': [],
}
const rounds = 3
const seconds = 60
const heapMegabytes = 1024

/** How long a process takes from its start to code, with how much memory, and whether that is code. */
export function generation() {
  const rows = Object.entries(documents).flatMap(([document, others]) =>
    ['bothways', ...others].map((generator) => [
      document,
      generator,
      ...figuresOf(generator, document),
    ]),
  )
  const title = `Generation, in a process of its own of at most ${seconds} s and ${heapMegabytes} MB of heap (json-schema-to-typescript: types of the components alone)`
  const head = [
    'document',
    'generator',
    's',
    'CPU s',
    'MB',
    'kB of code',
    'of which tsc --strict says',
  ]
  return { title, head, rows }
}

function figuresOf(generator, document) {
  const out = mkdtempSync(join(tmpdir(), 'bothways-generated-'))
  try {
    const results = []
    for (let round = 0; round < rounds; round++) {
      const result = run(generator, document, join(out, String(round)))
      if (result.failure !== undefined) return ['–', '–', '–', '–', `fails: ${result.failure}`]
      results.push(result)
    }
    const least = (key) => Math.min(...results.map((result) => result[key]))
    const errors = errorsIn(join(out, '0'))
    return [
      (least('milliseconds') / 1000).toFixed(2),
      least('cpu').toFixed(2),
      least('megabytes').toFixed(0),
      least('kilobytes').toFixed(0),
      `${errors || 'no'} errors`,
    ]
  } finally {
    rmSync(out, { recursive: true })
  }
}

function run(generator, document, out) {
  const started = performance.now()
  const child = fileURLToPath(new URL('generate-once.js', import.meta.url))
  const args = [`--max-old-space-size=${heapMegabytes}`, child, generator, folder + document, out]
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: seconds * 1000,
    killSignal: 'SIGKILL',
    maxBuffer: 64 * 1024 * 1024,
  })
  const milliseconds = performance.now() - started
  if (status === 0) return { milliseconds, ...JSON.parse(stdout.trim().split('\n').at(-1)) }
  return { failure: `${reasonOf(stderr, error)}, after ${(milliseconds / 1000).toFixed(0)} s` }
}

/** Why a process came to nothing, in a few words. */
function reasonOf(stderr, error) {
  if (error?.code === 'ETIMEDOUT') return 'not done'
  if (stderr.includes('heap out of memory')) return 'out of memory'
  const [, message = 'it fails'] = /^\w*Error: (.*)$/m.exec(stderr) ?? []
  return message.replaceAll(folder, '').replaceAll('|', '/').slice(0, 100)
}
