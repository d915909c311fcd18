import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { bundle } from '../support/bundle.node.js'

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

/** Runs a scenario between two processes, and returns what the client printed. */
async function run(transport: string, scenario: string, count: number): Promise<Report> {
  let place = ''
  if (transport === 'WebSocket' || transport === 'TCP') {
    const [line] = await once(start(server, transport).stdout, 'data')
    place = String(line).trim()
  }
  const { stdout } = start(client, transport, scenario, String(count), server, place)
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

test('a reader of an endless stream that stands still costs neither end memory', async () => {
  const report = await run('WebSocket', 'stuck', 200_000)
  for (const bytes of growth(report)) expect(bytes).toBeLessThan(8 * mebibyte)
  expect(report.found).toBeLessThanOrEqual(1_025)
}, 120_000)

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

test.each(['WebSocket', 'stdio', 'TCP', 'MessagePort', 'worker_threads'])(
  '100 MB of bytes, half of them there and half back, over %s grow no memory',
  async (transport) => {
    const report = await run(transport, 'bytes', 800)
    for (const bytes of growth(report)) expect(bytes).toBeLessThan(8 * mebibyte)
    expect(report.found).toBe(720 * 65_536)
  },
  120_000,
)
