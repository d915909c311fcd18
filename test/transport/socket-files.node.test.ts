import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { errorCodes, type Peer } from 'bothways'
import { connectSocket, listenSocket } from 'bothways/node'
import { expect, onTestFinished, test } from 'vitest'
import { bundle } from '../support/bundle.node.js'
import { freePath } from '../support/sockets.node.js'

const child = await bundle('socket-child.node')

/** A server at `path` that knows its own name. */
async function serve(path: string, name: string) {
  const server = await listenSocket({ path }, (peer) => peer.handle('name', () => name))
  onTestFinished(() => server.close())
  return server
}

async function nameAt(path: string): Promise<unknown> {
  const peer = await connectSocket({ path })
  try {
    return await peer.request('name')
  } finally {
    await peer.close()
  }
}

/** Another process at `path`, killed so that it leaves its socket behind. */
async function leaveStale(path: string): Promise<void> {
  const process_ = spawn(process.execPath, [child, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(process_.stdout, 'data')
  process_.kill('SIGKILL')
  await once(process_, 'exit')
  expect(lstatSync(path).isSocket()).toBe(true)
}

const unavailable = (message: string) => ({
  code: errorCodes.unavailable,
  message: expect.stringContaining(message),
})

test('a unix socket is for this user alone, and gone once its server is closed', async () => {
  const path = freePath()
  const server = await serve(path, 'one')
  expect(lstatSync(path).mode & 0o777).toBe(0o600)
  expect(server).toMatchObject({ address: path, port: 0 })
  expect(await nameAt(path)).toBe('one')
  await server.close()
  expect(existsSync(path)).toBe(false)
  await expect(connectSocket({ path })).rejects.toMatchObject(unavailable('ENOENT'))
})

test('a path in the working directory is taken every time, however its server names what it binds', async () => {
  const path = freePath()
  const before = process.cwd()
  process.chdir(dirname(path))
  onTestFinished(() => process.chdir(before))
  // One in forty was refused: what was bound looked like the number of a port.
  for (let round = 0; round < 200; round++) {
    const server = await listenSocket({ path: basename(path) }, () => {})
    await server.close()
  }
  const server = await serve(basename(path), 'here')
  expect(await nameAt(basename(path))).toBe('here')
  expect(server.address).toBe(basename(path))
})

test('a socket that a killed server left behind is replaced', async () => {
  const path = freePath()
  await leaveStale(path)
  await expect(connectSocket({ path })).rejects.toMatchObject({
    ...unavailable('ECONNREFUSED'),
    hint: 'is it running?',
  })
  await serve(path, 'the next')
  expect(await nameAt(path)).toBe('the next')
})

test('of five servers that find the same stale socket, one gets the path and four are told it is in use', async () => {
  const path = freePath()
  await leaveStale(path)
  const names = ['a', 'b', 'c', 'd', 'e']
  const outcomes = await Promise.allSettled(names.map((name) => serve(path, name)))
  const winners = names.filter((_, index) => outcomes[index]?.status === 'fulfilled')
  expect(winners).toHaveLength(1)
  expect(await nameAt(path)).toBe(winners[0])
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(unavailable('in use'))
})

test('a socket that is in use is refused, and its server lives on', async () => {
  const path = freePath()
  await serve(path, 'the first')
  await expect(serve(path, 'the second')).rejects.toMatchObject(unavailable(`${path} is in use`))
  expect(await nameAt(path)).toBe('the first')
})

test('a file that is no socket is refused and left alone', async () => {
  const path = freePath()
  writeFileSync(path, 'precious')
  await expect(serve(path, 'one')).rejects.toMatchObject(unavailable('is no socket'))
  expect(readFileSync(path, 'utf8')).toBe('precious')
})

test('closing a server leaves alone the socket of another that has taken its path', async () => {
  const path = freePath()
  const first = await serve(path, 'the first')
  rmSync(path)
  await serve(path, 'the second')
  await first.close()
  expect(await nameAt(path)).toBe('the second')
})

test('a path that is too long is refused in words, by either end', async () => {
  const path = join(dirname(freePath()), 'x'.repeat(107))
  const refused = { ...unavailable('107 are allowed'), hint: expect.stringContaining('shorter') }
  await expect(serve(path, 'one')).rejects.toMatchObject(refused)
  await expect(connectSocket({ path })).rejects.toMatchObject(refused)
})

test('a folder where anybody may write, or that is not there, is refused', async () => {
  const folder = freePath()
  await expect(serve(join(folder, 's'), 'one')).rejects.toMatchObject(unavailable('ENOENT'))
  mkdirSync(folder)
  chmodSync(folder, 0o777)
  await expect(serve(join(folder, 's'), 'one')).rejects.toMatchObject({
    ...unavailable('anybody may put'),
    hint: `chmod 700 ${folder}`,
  })
})

test('nothing but the socket is left in the folder', async () => {
  const folder = freePath()
  mkdirSync(folder, { mode: 0o700 })
  const path = join(folder, 's')
  await leaveStale(path)
  await serve(path, 'one')
  await expect(serve(path, 'two')).rejects.toMatchObject(unavailable('in use'))
  expect(readdirSync(folder)).toEqual([basename(path)])
})

test('a port that is in use is refused in words', async () => {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  onTestFinished(() => void holder.close())
  const { port } = holder.address() as { port: number }
  await expect(listenSocket({ port }, (_: Peer) => {})).rejects.toMatchObject({
    ...unavailable(`127.0.0.1:${port}`),
    hint: expect.stringContaining('choose another'),
  })
})
