import { Worker } from 'node:worker_threads'
import { errorCodes, Peer } from 'bothways'
import { lsp } from 'bothways/dialects'
import { workerThread } from 'bothways/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startPeer } from './support.js'

const program = './test/peers/programs/vscode-jsonrpc.cjs'

const startChild = () =>
  startPeer(process.execPath, [program], { framing: 'contentLength', dialect: lsp })

function startWorker(): Peer {
  const worker = new Worker(program)
  onTestFinished(async () => {
    await worker.terminate()
  })
  return new Peer(workerThread(worker), { dialect: lsp })
}

describe.each([
  ['stdio', async () => (await startChild()).peer],
  ['a MessagePort', startWorker],
])('over %s', (_, start) => {
  test('params arrive by position and by name, results come back, and 500 calls keep apart', async () => {
    const peer = await start()
    expect(await peer.request('sum', [40, 2])).toBe(42)
    expect(await peer.request('greet', { name: 'Ada' })).toBe('Hello Ada')
    const numbers = Array.from({ length: 500 }, (_, number) => number)
    expect(await Promise.all(numbers.map((number) => peer.request('sum', [number, 1])))).toEqual(
      numbers.map((number) => number + 1),
    )
  })

  test('100 kB of text beyond ASCII arrives as it was sent, both ways', async () => {
    const peer = await start()
    const text = 'é€😀 '.repeat(20_000)
    expect(await peer.request('echo', [text])).toBe(text)
  })

  test('notifications arrive in order', async () => {
    const peer = await start()
    for (const number of [1, 2, 3]) peer.notify('note', { number })
    expect(await peer.request('notes')).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }])
  })

  test('what it throws rejects with its code, message and data', async () => {
    const peer = await start()
    await expect(peer.request('boom')).rejects.toMatchObject({
      code: errorCodes.internal,
      message: 'Request boom failed with message: kaboom',
      remote: true,
    })
    await expect(peer.request('refuse')).rejects.toMatchObject({
      code: 1234,
      message: 'closed on Sundays',
      data: { day: 7 },
    })
    await expect(peer.request('nobody')).rejects.toMatchObject({ code: errorCodes.methodNotFound })
  })

  test('aborting a request cancels it there, and the connection goes on', async () => {
    const peer = await start()
    const controller = new AbortController()
    const stopped = new Promise((resolve) => peer.on('stopped', resolve))
    peer.on('waiting', () => controller.abort('enough'))
    await expect(peer.request('wait', undefined, { signal: controller.signal })).rejects.toBe(
      'enough',
    )
    await stopped
    expect(await peer.request('sum', [1, 1])).toBe(2)
  })

  test('its cancellation stops our handler, and is answered with -32800', async () => {
    const peer = await start()
    const stopped = new Promise((resolve) => {
      peer.handle('slow', (_, { signal }) => {
        signal.addEventListener('abort', () => resolve(signal.reason))
        peer.notify('slowStarted')
        return new Promise(() => {})
      })
    })
    expect(await peer.request('giveUp')).toMatchObject({ code: errorCodes.cancelled })
    expect(await stopped).toMatchObject({ code: errorCodes.cancelled })
  })

  test('it asks us in the middle of our own request, and is told what we do not know', async () => {
    const peer = await start()
    peer.handle('confirm', ({ question }) => question === 'really?')
    expect(await peer.request('ask', { question: 'really?' })).toBe('you said true')
    expect(await peer.request('unknownToYou')).toMatchObject({ code: errorCodes.methodNotFound })
  })

  test('progress with the tokens of the application arrives, both ways', async () => {
    const peer = await start()
    const told: unknown[] = []
    peer.on('$/progress', (progress) => told.push(progress))
    expect(await peer.request('index', { workDoneToken: 'w1' })).toBe('indexed')
    expect(told).toEqual([
      { token: 'w1', value: { kind: 'begin' } },
      { token: 'w1', value: { kind: 'report' } },
      { token: 'w1', value: { kind: 'end' } },
    ])
    await peer.request('follow')
    peer.notify('$/progress', { token: 'mine', value: 50 })
    expect(await peer.request('followed')).toEqual([50])
  })
})

test('closing ends its input, upon which it exits', async () => {
  const { peer, transport } = await startChild()
  expect(await peer.request('sum', [1, 1])).toBe(2)
  await peer.close()
  expect(transport.child.exitCode ?? transport.child.signalCode).not.toBeNull()
})

test('closing a port ends its connection, upon which it exits', async () => {
  const worker = new Worker(program)
  const exited = new Promise((resolve) => worker.once('exit', resolve))
  const peer = new Peer(workerThread(worker), { dialect: lsp })
  expect(await peer.request('sum', [1, 1])).toBe(2)
  await peer.close()
  expect(await exited).toBe(0)
})
