import { once } from 'node:events'
import { errorCodes, type Peer, type PeerOptions } from 'bothways'
import { listen } from 'bothways/node'
import { connect } from 'bothways/websocket'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Program, startProgram } from './support.js'

/** The system's Python, which is where Debian's packages are. */
const python = '/usr/bin/python3'
const program = 'test/peers/programs/websockets_peer.py'

interface Conversation {
  readonly peer: Peer
  readonly other: Program
}

/** It connects to a server of ours. */
async function asClient(options: PeerOptions = {}): Promise<Conversation> {
  let resolve: (peer: Peer) => void = () => {}
  const arrived = new Promise<Peer>((resolveArrived) => (resolve = resolveArrived))
  const server = await listen({ port: 0, ...options }, (peer) => resolve(peer))
  onTestFinished(() => server.close())
  const other = startProgram(python, [program, 'client', server.url])
  return { peer: await arrived, other }
}

/** We connect to a server of it. */
async function asServer(options: PeerOptions = {}): Promise<Conversation> {
  const other = startProgram(python, [program, 'server'])
  const [, port] = await other.printed(/port (\d+)/)
  const peer = await connect(`ws://127.0.0.1:${port}`, options)
  onTestFinished(() => peer.close())
  return { peer, other }
}

describe.each([
  ['client', asClient],
  ['server', asServer],
])('Python websockets as %s', (_, start) => {
  test('each end calls the other, and is answered', async () => {
    const { peer } = await start()
    peer.handle('double', ([number]) => 2 * number)
    expect(await peer.request('echo', [{ text: 'é€😀' }])).toEqual({ text: 'é€😀' })
    expect(await peer.request('ask', ['double', [21]])).toBe(42)
    await expect(peer.request('nobody')).rejects.toMatchObject({ code: errorCodes.methodNotFound })
    expect(await peer.request('ask', ['doubel', [21]])).toMatchObject({
      code: errorCodes.methodNotFound,
    })
  })

  test('a hundred calls at once are each answered', async () => {
    const { peer } = await start()
    const numbers = Array.from({ length: 100 }, (_, number) => number)
    const answers = numbers.map((number) => peer.request('echo', [number]))
    expect(await Promise.all(answers)).toEqual(numbers)
  })

  test('a message that comes in fragments is one message', async () => {
    const { peer } = await start()
    peer.handle('echo', ([value]) => value)
    const text = 'é€😀'.repeat(10_000)
    for (const count of [2, 3, 50])
      expect(await peer.request('fragments', ['echo', [text], count])).toBe(text)
  })

  test('more than 64 fragments are too many: the connection closes, and says so', async () => {
    const { peer, other } = await start()
    peer.handle('echo', ([value]) => value)
    const call = peer.request('fragments', ['echo', ['x'.repeat(1_000)], 100])
    await expect(call).rejects.toMatchObject({ code: errorCodes.closed })
    expect((await peer.closed).reason).toMatch(/too many/i)
    await other.printed(/closed 1008/)
  })

  test('a message in bytes is read as text', async () => {
    const { peer } = await start()
    peer.handle('echo', ([value]) => value)
    expect(await peer.request('bytes', ['echo', ['é€😀']])).toBe('é€😀')
  })

  test('its ping is answered', async () => {
    const { peer } = await start()
    expect(await peer.request('ping')).toBe('pong')
  })

  test('a message over our limit closes with 1009, on both ends', async () => {
    const { peer, other } = await start({ limits: { message: 100_000 } })
    const call = peer.request('large', ['size', 200_000])
    await expect(call).rejects.toMatchObject({ code: errorCodes.closed, delivery: 'unknown' })
    expect((await peer.closed).reason).toMatch(/max payload/i)
    await other.printed(/closed 1009/)
  })

  test('a message over its limit closes with 1009, and what waits rejects', async () => {
    const { peer } = await start({ limits: { message: 4_000_000 } })
    expect(await peer.request('size', ['x'.repeat(1_000_000)])).toBe(1_000_000)
    const waiting = peer.request('wait')
    const call = peer.request('size', ['x'.repeat(1_200_000)])
    await expect(call).rejects.toMatchObject({ code: errorCodes.closed })
    await expect(waiting).rejects.toMatchObject({ code: errorCodes.closed })
    expect((await peer.closed).code).toBe(1009)
  })

  test('its close code and reason arrive, and what waits rejects with them', async () => {
    const { peer } = await start()
    const waiting = peer.request('wait')
    waiting.catch(() => {})
    await peer.request('close', [4002, 'session expired: é'])
    await expect(waiting).rejects.toMatchObject({
      code: errorCodes.closed,
      message: expect.stringContaining('session expired: é'),
    })
    expect(await peer.closed).toMatchObject({ code: 4002, reason: 'session expired: é' })
  })

  test('our close code and reason arrive there', async () => {
    const { peer, other } = await start()
    expect(await peer.request('echo', [1])).toBe(1)
    await peer.close({ code: 4007, reason: 'enough for today' })
    await other.printed(/closed 4007 enough for today/)
  })

  test('when it is killed, what waits rejects, and the close is 1006', async () => {
    const { peer, other } = await start()
    const waiting = peer.request('wait')
    expect(await peer.request('echo', [1])).toBe(1)
    const exited = once(other.child, 'exit')
    other.child.kill('SIGKILL')
    await expect(waiting).rejects.toMatchObject({ code: errorCodes.closed, delivery: 'unknown' })
    expect((await peer.closed).code).toBe(1006)
    await exited
  })

  test('what is no JSON is answered, and the connection lives on', async () => {
    const { peer, other } = await start()
    expect(await peer.request('raw', ['{'])).toBeNull()
    await other.printed(/refused -32700/)
    expect(await peer.request('echo', [2])).toBe(2)
  })
})
