import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { errorCodes } from 'bothways'
import { expect, onTestFinished, test } from 'vitest'
import { bundle } from '../support/bundle.node.js'
import { kinds } from '../support/sockets.node.js'

const server = await bundle('memory-server.node')
const client = await bundle('memory-client.node')
const mebibyte = 1_048_576

interface Report {
  readonly early: { readonly near: number; readonly far: number }
  readonly late: { readonly near: number; readonly far: number }
  readonly found: unknown
}

function start(...args: string[]) {
  const child = spawn(process.execPath, ['--expose-gc', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** Starts a server of `transport`, where that has one; resolves with what is dialled. */
async function place(transport: string): Promise<unknown> {
  const listening = async (options: object) => {
    const [line] = await once(start(server, transport, JSON.stringify(options)).stdout, 'data')
    return JSON.parse(String(line))
  }
  if (transport === 'WebSocket' || transport === 'web streams') return listening({})
  const { listen, address } = kinds[transport] ?? {}
  return listen && address?.(await listening(listen()))
}

/** Runs a scenario between two processes, and returns what the client printed. */
async function run(
  transport: string,
  scenario: string,
  count: number,
  where: unknown = undefined,
): Promise<Report> {
  const dialled = JSON.stringify(where ?? (await place(transport)) ?? null)
  const { stdout } = start(client, transport, scenario, String(count), server, dialled)
  return JSON.parse(await text(stdout))
}

/** Bytes by which the memory of both ends grew from 10 % of a run to its end. */
function growth({ early, late }: Report): number[] {
  return [late.near - early.near, late.far - early.far]
}

test.each(['WebSocket', 'stdio'])(
  'a million calls over %s grow no heap',
  async (transport) => {
    const report = await run(transport, 'calls', 1_000_000)
    for (const bytes of growth(report)) expect(bytes).toBeLessThan(mebibyte)
  },
  120_000,
)

test.each([
  ['stuck', 'reader of an endless stream'],
  ['stuckUpload', 'handler that reads an endless input'],
])(
  '%s: the %s stands still, which costs neither end memory',
  async (scenario) => {
    const report = await run('WebSocket', scenario, 200_000)
    for (const bytes of growth(report)) expect(bytes).toBeLessThan(8 * mebibyte)
    // As many as 262,144 characters hold.
    expect(report.found).toBeGreaterThan(200)
    expect(report.found).toBeLessThan(300)
  },
  120_000,
)

test('100 MB that a producer sends without credit end its stream, and cost no memory', async () => {
  const report = await run('TCP', 'greedy', 1_600, { port: await greedy() })
  expect(report.found).toBe(errorCodes.protocol)
  for (const bytes of growth(report)) expect(bytes).toBeLessThan(8 * mebibyte)
}, 120_000)

/** A server that heeds no credit and no cancellation: it sends as many items of 64 KiB as it was asked for. */
async function greedy(): Promise<number> {
  const item = 'x'.repeat(65_536)
  const answer = async function* ({ id, method, params }: Asked) {
    for (let n = 0; method === 'rpc.stream' && n < params.params.share; n++)
      yield { method: 'rpc.output', params: { id, values: [item] } }
    if (method !== 'rpc.stream') yield { id, result: method === 'memory' ? 0 : null }
  }
  const serving = createServer(async (socket) => {
    onTestFinished(() => void socket.destroy())
    for await (const line of createInterface(socket)) {
      const asked = JSON.parse(line)
      for await (const said of asked.id === undefined ? [] : answer(asked))
        if (!socket.write(`${JSON.stringify({ jsonrpc: '2.0', ...said })}\n`))
          await once(socket, 'drain')
    }
  })
  onTestFinished(() => void serving.close())
  await once(serving.listen(0, '127.0.0.1'), 'listening')
  return (serving.address() as AddressInfo).port
}

interface Asked {
  readonly id: number
  readonly method: string
  readonly params: { readonly params: { readonly share: number } }
}

test.each([
  ['WebSocket', 'download'],
  ['WebSocket', 'upload'],
  ['stdio', 'download'],
  ['stdio', 'upload'],
])(
  '100 MB in chunks over %s (%s) grow no heap',
  async (transport, scenario) => {
    const report = await run(transport, scenario, 1_600)
    for (const bytes of growth(report)) expect(bytes).toBeLessThan(8 * mebibyte)
    expect(report.found).toBe(1_440 * 65_536)
  },
  120_000,
)

const carriers = ['WebSocket', 'stdio', ...Object.keys(kinds), 'web streams', 'MessagePort']

test.each([
  ...[...carriers, 'worker_threads'].map((transport) => [transport, 'bytes']),
  // As the base64 of a contract.
  ...['WebSocket', 'stdio'].map((transport) => [transport, 'base64']),
])(
  '100 MB of bytes each way over %s (%s) grow no memory',
  async (transport = '', scenario = '') => {
    const report = await run(transport, scenario, 1_600)
    for (const bytes of growth(report)) expect(bytes).toBeLessThan(8 * mebibyte)
    expect(report.found).toBe(1_440 * 65_536)
  },
  120_000,
)
