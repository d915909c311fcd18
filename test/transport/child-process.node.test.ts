import { type ChildProcess, spawn as spawnBare } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { errorCodes, Peer, type PeerOptions } from 'bothways'
import { childProcess, type SpawnOptions, spawn } from 'bothways/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { conformance } from '../suites/conformance.js'
import { bundle } from '../support/bundle.node.js'
import { Clock } from '../support/clock.js'
import { freePath } from '../support/sockets.node.js'

/** A command that is nowhere. */
const missing = 'no-such-command'

const program = await bundle('stdio-child.node')

/** A peer at the other end of a child; the child ends with the test. */
async function start(mode: string, options: SpawnOptions & PeerOptions = {}) {
  const transport = await spawn(process.execPath, [program, mode], options)
  onTestFinished(() => void transport.child.kill('SIGKILL'))
  return { peer: new Peer(transport, options), child: transport.child }
}

/** The same without a peer: what it printed, once it has ended. */
async function run(mode: string): Promise<{ printed: string; code: unknown }> {
  const child = spawnBare(process.execPath, [program, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let printed = ''
  child.stdout.on('data', (chunk) => (printed += chunk))
  const [code] = await once(child, 'close')
  return { printed, code }
}

/** Whether the process is there no more. */
function isGone({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

const exited = { code: 1005, reason: 'exited with code 0' }

conformance(
  'stdio of a child process',
  async (options) => {
    const transport = await spawn(process.execPath, [program])
    const near = new Peer(transport, options)
    const end = async () => {
      await near.close()
      expect(isGone(transport.child)).toBe(true)
    }
    return { near, far: undefined, drop: () => transport.child.kill('SIGKILL'), dispose: end }
  },
  exited,
)

describe('why a child ended is told', () => {
  test('with its exit code and what it printed to stderr', async () => {
    let heard = ''
    const { peer } = await start('respond', { onStderr: (text) => (heard += text) })
    const call = peer.request('never')
    await peer.request('started')
    peer.notify('exit', [3, 'looking for room\nthe disk is full €\n'])
    const reason = 'exited with code 3: looking for room\nthe disk is full €'
    await expect(call).rejects.toThrow(reason)
    expect(await peer.closed).toEqual({ code: 1006, reason })
    expect(heard).toBe('looking for room\nthe disk is full €\n')
  })

  test('with the error that nothing caught', async () => {
    const { peer } = await start('respond')
    peer.notify('crash')
    const { code, reason } = await peer.closed
    expect(code).toBe(1006)
    expect(reason).toMatch(/^exited with code 1: [\s\S]*RangeError: out of luck/)
  })

  test('with the last 4 KiB of much, from a line on', async () => {
    const { peer } = await start('respond')
    const lines = Array.from({ length: 10_000 }, (_, index) => `line ${index}\n`).join('')
    peer.notify('exit', [1, lines])
    const { reason } = await peer.closed
    expect(reason).toMatch(/^exited with code 1: line \d+\n[\s\S]*\nline 9999$/)
    expect(reason.length).toBeGreaterThan(4_000)
    expect(reason.length).toBeLessThan(4_200)
  })

  test('with the signal that ended it', async () => {
    const { peer, child } = await start('respond')
    const call = peer.request('never')
    await peer.request('started')
    child.kill('SIGKILL')
    await expect(call).rejects.toMatchObject({ code: errorCodes.closed, delivery: 'unknown' })
    expect(await peer.closed).toEqual({ code: 1006, reason: 'was ended by SIGKILL' })
  })

  test.each([
    ['stdin', 'exec 0<&-', { code: 1006, reason: 'the stream failed: write EPIPE: going on' }],
    ['stdout', 'exec 1>&-', { code: 1005, reason: 'the other end closed the stream: going on' }],
  ])('with its %s, where it closes that and lives on', async (_, close, reason) => {
    const clock = new Clock()
    const script = `${close}; echo going on >&2; exec sleep 30`
    let going = () => {}
    const closed = new Promise<void>((resolve) => (going = resolve))
    const options = { runtime: clock, onStderr: () => going() }
    const transport = await spawn('sh', ['-c', script], options)
    onTestFinished(() => void transport.child.kill('SIGKILL'))
    const peer = new Peer(transport, { runtime: clock })
    await closed
    const call = expect(peer.request('echo', ['x'])).rejects.toMatchObject({
      code: errorCodes.closed,
      delivery: 'unknown',
      message: expect.stringContaining(reason.reason),
    })
    await expect.poll(() => clock.timers).toBeGreaterThan(0)
    // As long as a child may take that is ending by itself.
    clock.advance(2_000)
    await call
    expect(await peer.closed).toEqual(reason)
  })

  test('for one that has ended before it is spoken to', async () => {
    const child = spawnBare(process.execPath, ['-e', 'process.exit(7)'])
    await once(child, 'exit')
    const peer = new Peer(childProcess(child))
    expect(await peer.closed).toEqual({ code: 1006, reason: 'exited with code 7' })
  })

  test('for one that never started', async () => {
    const peer = new Peer(childProcess(spawnBare(missing)))
    const { code, reason } = await peer.closed
    expect({ code, reason }).toEqual({ code: 1006, reason: expect.stringContaining('ENOENT') })
  })
})

describe('starting', () => {
  test('a command that is not there is unavailable, by its name', async () => {
    await expect(spawn(missing, ['--flag'])).rejects.toMatchObject({
      code: errorCodes.unavailable,
      message: expect.stringContaining(`cannot start "${missing}": spawn ${missing} ENOENT`),
      hint: expect.stringContaining('PATH'),
    })
    await expect(spawn('bad\0name')).rejects.toMatchObject({ code: errorCodes.unavailable })
  })

  test('a file that may not be executed is unavailable', async () => {
    await expect(spawn('./package.json')).rejects.toMatchObject({
      code: errorCodes.unavailable,
      hint: 'is it a file that may be executed?',
    })
  })

  test('a child without pipes is refused in words', () => {
    const child = spawnBare(process.execPath, ['-e', ''], { stdio: 'ignore' })
    expect(() => childProcess(child)).toThrow('has no pipes')
  })

  test('has the working directory and environment it was given', async () => {
    const script = `process.stdout.write(JSON.stringify({ jsonrpc: '2.0', method: 'at', params: [process.cwd(), process.env.NAME] }) + '\\n')`
    const transport = await spawn(process.execPath, ['-e', script], {
      cwd: '/',
      env: { NAME: 'Ada' },
    })
    const peer = new Peer(transport)
    expect(await new Promise((resolve) => peer.on('at', resolve))).toEqual(['/', 'Ada'])
    expect(await peer.closed).toEqual(exited)
  })
})

describe('closing', () => {
  test('ends stdin, at which a child ends by itself', async () => {
    const { peer, child } = await start('respond')
    expect(await peer.request('echo', [1])).toEqual([1])
    await peer.close()
    expect(child.exitCode).toBe(0)
  })

  test('ends by SIGTERM a child that goes on for two seconds, and by SIGKILL one that still does', async () => {
    const clock = new Clock()
    let asked = () => {}
    const asking = new Promise<void>((resolve) => (asked = resolve))
    const { peer, child } = await start('stubborn', { runtime: clock, onStderr: () => asked() })
    expect(await peer.request('echo', [1])).toEqual([1])
    const closing = peer.close()
    clock.advance(1_999)
    expect(child.killed).toBe(false)
    clock.advance(1)
    await asking
    clock.advance(2_000)
    await closing
    expect(child.signalCode).toBe('SIGKILL')
    expect(clock.timers).toBe(0)
  })

  test('leaves a pipe that something which the child started holds open', async () => {
    const clock = new Clock()
    const transport = await spawn('sh', ['-c', 'sleep 5 & exit 2'], { runtime: clock })
    const peer = new Peer(transport, { runtime: clock })
    await once(transport.child, 'exit')
    clock.advance(2_000)
    expect(await peer.closed).toEqual({ code: 1006, reason: 'exited with code 2' })
  })

  test('a child that is stopped and reads no more is given up with 4008, and ended', async () => {
    const clock = new Clock()
    const { peer, child } = await start('respond', { runtime: clock })
    await peer.request('echo', [1])
    child.kill('SIGSTOP')
    await expect(async () => {
      for (let sent = 0; sent < 1_000; sent++) {
        peer.notify('tell', ['x'.repeat(65_536)])
        await new Promise((resolve) => setImmediate(resolve))
      }
    }).rejects.toMatchObject({ code: errorCodes.limitExceeded })
    clock.advance(10_000)
    clock.advance(2_000)
    clock.advance(2_000)
    expect(await peer.closed).toMatchObject({ code: 4008 })
    expect(child.signalCode).toBe('SIGKILL')
  })

  test('a process that has closed its peer ends by itself', async () => {
    expect(await run('caller')).toEqual({ printed: '[1]', code: 0 })
  })

  test('a process that could start nothing ends by itself', async () => {
    const { printed, code } = await run('misled')
    expect({ printed, code }).toEqual({ printed: expect.stringContaining('ENOENT'), code: 0 })
  })

  test('a child ends when its parent is killed', async () => {
    const path = freePath()
    const server = createServer()
    onTestFinished(() => void server.close())
    await once(server.listen(path), 'listening')
    const parent = spawnBare(process.execPath, [program, 'parent', path], { stdio: 'ignore' })
    onTestFinished(() => void parent.kill('SIGKILL'))
    const [alive] = (await once(server, 'connection')) as [Socket]
    parent.kill('SIGKILL')
    await once(
      alive.resume().on('error', () => {}),
      'close',
    )
  })
})

describe('stdio', () => {
  test.each(['contentLength', 'lengthPrefix'] as const)('is framed by %s', async (framing) => {
    const { peer } = await start(framing, { framing })
    peer.handle('confirm', () => true)
    expect(await peer.request('greet', { name: '😀' })).toBe('Hello 😀')
    await peer.close()
  })

  test('answers what is piped into it, and ends', async () => {
    const child = spawnBare(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    let printed = ''
    child.stdout.on('data', (chunk) => (printed += chunk))
    child.stdin.end('{"jsonrpc":"2.0","id":1,"method":"echo","params":[1]}\n')
    expect(await once(child, 'close')).toEqual([0, null])
    expect(printed).toBe('{"jsonrpc":"2.0","id":1,"result":[1]}\n')
  })

  test('answers what is piped into it, also what takes a while', async () => {
    const child = spawnBare(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    let printed = ''
    child.stdout.on('data', (chunk) => (printed += chunk))
    child.stdin.end('{"jsonrpc":"2.0","id":1,"method":"afterTurn","params":[1]}\n')
    expect(await once(child, 'close')).toEqual([0, null])
    expect(printed).toBe('{"jsonrpc":"2.0","id":1,"result":[1]}\n')
  })

  test('ends, and says nothing, where nobody reads its answers any more', async () => {
    const child = spawnBare(process.execPath, [program], { stdio: ['pipe', 'pipe', 'pipe'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    let complaints = ''
    child.stderr.on('data', (chunk) => (complaints += chunk))
    child.stdin.on('error', () => {})
    child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"echo","params":[1]}\n')
    await once(child.stdout, 'data')
    child.stdout.destroy()
    child.stdin.write('{"jsonrpc":"2.0","id":2,"method":"echo","params":[2]}\n')
    expect(await once(child, 'close')).toEqual([0, null])
    expect(complaints).toBe('')
  })

  test('may send what console prints to stderr', async () => {
    let heard = ''
    const onStderr = (text: string) => (heard += text)
    const { peer } = await start('talkative', { framing: 'contentLength', onStderr })
    await peer.request('print', ['a stray line'])
    expect(await peer.request('echo', [1])).toEqual([1])
    await peer.close()
    expect(heard).toBe('a stray line\n')
  })

  test('a stray line costs a connection with headers, and says what it is', async () => {
    const transport = await spawn('sh', ['-c', 'echo hello; exec sleep 30'], {
      framing: 'contentLength',
    })
    const { code, reason } = await new Peer(transport).closed
    expect({ code, reason }).toEqual({
      code: 1002,
      reason: expect.stringContaining('does something else print to this stream?'),
    })
    expect(transport.child.signalCode).toBe('SIGTERM')
  })

  test('a stray line between lines costs nothing but itself', async () => {
    const script = 'echo hello; read line; echo \'{"jsonrpc":"2.0","id":1,"result":"yes"}\'; cat'
    const peer = new Peer(await spawn('sh', ['-c', script]))
    expect(await peer.request('ask')).toBe('yes')
    await peer.close()
  })
})
