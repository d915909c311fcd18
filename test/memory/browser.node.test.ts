import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Peer } from 'bothways'
import { cdp } from 'bothways/dialects'
import { connect } from 'bothways/websocket'
import { build } from 'esbuild'
import { chromium } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { chromiumOptions } from '../chromium.js'
import { freshFolder, startProgram } from '../peers/support.js'
import { bundle } from '../support/bundle.node.js'

const server = await bundle('memory-server.node')
const mebibyte = 1_048_576

interface Attached {
  readonly sessionId: string
  readonly targetInfo: { readonly type: string }
}

/** The address of a page that streams, served from this machine's name as well. */
async function page(): Promise<{ page: string; elsewhere: string }> {
  const { outputFiles } = await build({
    entryPoints: {
      near: 'test/support/memory-near.browser.ts',
      far: 'test/support/memory-far.browser.ts',
    },
    outdir: '/',
    bundle: true,
    format: 'esm',
    write: false,
  })
  const scripts = new Map(outputFiles.map(({ path, text }) => [path, text]))
  const serving = createServer(({ url = '' }, response) => {
    const script = scripts.get(url)
    response.setHeader('content-type', script === undefined ? 'text/html' : 'text/javascript')
    const src = url.replace('.html', '.js')
    response.end(script ?? `<!doctype html><body><script type="module" src="${src}"></script>`)
  })
  await once(serving.listen(0), 'listening')
  onTestFinished(() => {
    serving.closeAllConnections()
    serving.close()
  })
  const { port } = serving.address() as AddressInfo
  return { page: `http://127.0.0.1:${port}`, elsewhere: `http://localhost:${port}` }
}

/** A Chromium, told what to do by its own protocol: Playwright has no words to threads other than a page's. */
async function browser(): Promise<Peer> {
  const { executablePath = chromium.executablePath(), args } = chromiumOptions
  const program = startProgram(executablePath, [
    ...args,
    '--headless=new',
    '--remote-debugging-port=0',
    `--user-data-dir=${freshFolder()}`,
    'about:blank',
  ])
  const [, url = ''] = await program.printed(/listening on (ws:\S+)/)
  const peer = await connect(url, { dialect: cdp })
  onTestFinished(async () => {
    await peer.request('Browser.close')
    await peer.closed
  })
  return peer
}

/** A WebSocket server in a process of its own, for pages of `origin`. */
async function listening(origin: string): Promise<string> {
  const options = JSON.stringify({ allowOrigins: [origin] })
  const child = spawn(process.execPath, ['--expose-gc', server, 'WebSocket', options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return JSON.parse(String((await once(child.stdout, 'data'))[0]))
}

test.each([
  ['Worker', 'worker'],
  ['SharedWorker', 'shared_worker'],
  ['iframe', 'iframe'],
  ['WebSocket', undefined],
])(
  'in Chromium, 100 MB of bytes each way over %s grow no memory',
  async (kind, thread) => {
    const [peer, addresses] = await Promise.all([browser(), page()])
    const sessions: string[] = []
    const { targetId } = await peer.request<{ targetId: string }>('Target.createTarget', {
      url: `${addresses.page}/near.html`,
    })
    const attached = new Promise<void>((resolve) => {
      peer.on('Target.attachedToTarget', ({ sessionId, targetInfo }: Attached) => {
        if (targetInfo.type !== thread) return
        sessions.push(sessionId)
        resolve()
      })
    })
    const attach = { targetId, flatten: true }
    const { sessionId } = await peer.request<Attached>('Target.attachToTarget', attach)
    sessions.push(sessionId)
    const meta = { sessionId }
    const watch = { autoAttach: true, waitForDebuggerOnStart: false, flatten: true }
    await peer.request('Target.setAutoAttach', watch, { meta })
    await peer.request('Target.setAutoAttach', { ...watch, filter: sharedWorkers })

    const evaluate = async (expression: string) => {
      const params = { expression, awaitPromise: true, returnByValue: true }
      const { result } = await peer.request<{ result: { value: unknown } }>(
        'Runtime.evaluate',
        params,
        { meta },
      )
      return result.value
    }
    await expect.poll(() => evaluate('typeof echo'), { timeout: 20_000 }).toBe('function')
    const place = kind === 'WebSocket' ? await listening(addresses.page) : addresses.elsewhere
    expect(await evaluate(`open('${kind}', '${place}')`)).toBe(false)
    if (thread !== undefined) await attached

    const used = async () => {
      const heaps = sessions.map((sessionId) => heapOf(peer, sessionId))
      const far = thread === undefined ? [Number(await evaluate('far()'))] : []
      return [...(await Promise.all(heaps)), ...far]
    }
    expect(await evaluate('echo(160)')).toBe(160 * 65_536)
    const early = await used()
    expect(await evaluate('echo(1440)')).toBe(1_440 * 65_536)
    const late = await used()
    expect(late).toHaveLength(2)
    for (const [end, bytes] of late.entries())
      expect(bytes - Number(early[end])).toBeLessThan(8 * mebibyte)
  },
  120_000,
)

const sharedWorkers = [{ type: 'shared_worker' }, { exclude: true }]

/** Bytes that a thread uses after collection: of its heap, and of buffers outside it. */
async function heapOf(peer: Peer, sessionId: string): Promise<number> {
  const meta = { sessionId }
  await peer.request('HeapProfiler.collectGarbage', {}, { meta })
  const { usedSize, backingStorageSize } = await peer.request<{
    usedSize: number
    backingStorageSize: number
  }>('Runtime.getHeapUsage', {}, { meta })
  return usedSize + backingStorageSize
}
