import type { Transport } from 'bothways'
import { errorCodes, Peer } from 'bothways'
import { cdp, lsp } from 'bothways/dialects'
import { connect, webSocketTransport } from 'bothways/websocket'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { chromiumOptions } from '../chromium.js'
import { freshFolder, startProgram } from './support.js'

interface Evaluated {
  readonly result: { readonly value: unknown }
}

describe('node --inspect', () => {
  async function inspect(): Promise<string> {
    const program = startProgram(process.execPath, [
      '--inspect=127.0.0.1:0',
      '-e',
      'setInterval(() => {}, 1_000)',
    ])
    const [, url = ''] = await program.printed(/listening on (ws:\S+)/)
    return url
  }

  async function connected() {
    const peer = await connect(await inspect(), { dialect: cdp })
    onTestFinished(() => peer.close())
    return peer
  }

  test('200 calls at once are each answered', async () => {
    const peer = await connected()
    const numbers = Array.from({ length: 200 }, (_, number) => number)
    const values = numbers.map(async (number) => {
      const evaluate = { expression: `${number} * 2`, returnByValue: true }
      return (await peer.request<Evaluated>('Runtime.evaluate', evaluate)).result.value
    })
    expect(await Promise.all(values)).toEqual(numbers.map((number) => number * 2))
  })

  test('its notifications arrive, with what they tell', async () => {
    const peer = await connected()
    const logged = new Promise((resolve) => peer.on('Runtime.consoleAPICalled', resolve))
    await peer.request('Runtime.enable')
    await peer.request('Runtime.evaluate', { expression: 'console.log("both", "ways")' })
    expect(await logged).toMatchObject({
      type: 'log',
      args: [{ value: 'both' }, { value: 'ways' }],
    })
  })

  test('a call that is paused is answered after a later one that lets it go on', async () => {
    const peer = await connected()
    await peer.request('Debugger.enable')
    const paused = new Promise((resolve) => peer.on('Debugger.paused', resolve))
    const evaluated = peer.request<Evaluated>('Runtime.evaluate', { expression: 'debugger; 42' })
    await paused
    await peer.request('Debugger.resume')
    expect((await evaluated).result.value).toBe(42)
  })

  test('an unknown method rejects with its error', async () => {
    const peer = await connected()
    await expect(peer.request('Nobody.knows')).rejects.toMatchObject({
      code: errorCodes.methodNotFound,
      remote: true,
    })
  })

  test('what it refuses without an id rejects the only call that waits', async () => {
    const socket = new WebSocket(await inspect())
    const peer = new Peer(versioned(webSocketTransport(socket as never)), { dialect: cdp })
    onTestFinished(() => peer.close())
    await expect(peer.request('Runtime.enable')).rejects.toMatchObject({
      code: errorCodes.invalidRequest,
      remote: true,
      method: 'Runtime.enable',
    })
  })

  test('plain JSON-RPC gets no answer there, and says so to onDiagnostic', async () => {
    const url = await inspect()
    const told = new Promise((resolve) => {
      connect(url, { dialect: lsp, onDiagnostic: resolve }).then((peer) => {
        onTestFinished(() => peer.close())
        peer.request('Runtime.enable').catch(() => {})
      }, resolve)
    })
    expect(await told).toMatchObject({ kind: 'errorWithoutId' })
  })
})

/** `transport`, with the member that CDP forbids in whatever leaves. */
function versioned(transport: Transport): Transport {
  return {
    start: (listener) => transport.start(listener),
    send: (frame) => transport.send(String(frame).replace('{', '{"jsonrpc":"2.0",')),
    close: (reason) => transport.close(reason),
    get buffered() {
      return transport.buffered
    },
  }
}

test('Chromium: sessionId tells two pages of one connection apart, in calls and in events', async () => {
  const { executablePath, args = [] } = chromiumOptions
  const program = startProgram(executablePath ?? 'chromium', [
    ...args,
    '--headless=new',
    '--no-sandbox',
    '--remote-debugging-port=0',
    `--user-data-dir=${freshFolder()}`,
    'about:blank',
  ])
  const [, url = ''] = await program.printed(/listening on (ws:\S+)/)
  const peer = await connect(url, { dialect: cdp, limits: { message: 16_000_000 } })
  onTestFinished(() => peer.close())
  // It ends its own processes, which a kill leaves behind for a while.
  onTestFinished(async () => {
    await peer.request('Browser.close')
    await peer.closed
  })
  const events: unknown[] = []
  peer.on('Runtime.consoleAPICalled', ({ args: [first] }, { meta }) =>
    events.push([first.value, meta['sessionId']]),
  )
  const open = async () => {
    const target = await peer.request<object>('Target.createTarget', { url: 'about:blank' })
    const attach = { ...target, flatten: true }
    return (await peer.request<{ sessionId: string }>('Target.attachToTarget', attach)).sessionId
  }
  const sessions = [await open(), await open()]
  for (const sessionId of sessions) {
    await peer.request('Runtime.enable', {}, { meta: { sessionId } })
    const evaluate = { expression: `console.log("${sessionId}"); "${sessionId}"` }
    const { result } = await peer.request<Evaluated>('Runtime.evaluate', evaluate, {
      meta: { sessionId },
    })
    expect(result.value).toBe(sessionId)
  }
  expect(events).toEqual(sessions.map((session) => [session, session]))
  await expect(
    peer.request('Runtime.enable', {}, { meta: { sessionId: 'nobody' } }),
  ).rejects.toMatchObject({ code: -32001 })
})
