import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { errorCodes } from 'bothways'
import { listenSocket } from 'bothways/node'
import { connect } from 'bothways/websocket'
import { expect, onTestFinished, test } from 'vitest'
import { bundle } from '../support/bundle.node.js'
import { freePath } from '../support/sockets.node.js'

const path = await bundle('child.node')
const callerPath = await bundle('caller.node')
const leavingPath = await bundle('leaving.node')

/** Starts the other process; it ends with the test. */
async function start(): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(child.stdout, 'data')
  return { child, url: String(line).trim() }
}

test('two processes call each other', async () => {
  const { url } = await start()
  const peer = await connect(url, { handlers: { confirm: ({ name }) => name === 'Ada' } })
  expect(await peer.request('greet', { name: 'Ada' })).toBe('Hello Ada')
  expect(await peer.greeted).toMatchObject({ foreign: false })
  await peer.close()
})

test('a process that is killed in the middle of a call rejects the call', async () => {
  const { child, url } = await start()
  const peer = await connect(url)
  const call = peer.request('never')
  await peer.request('started')
  child.kill('SIGKILL')
  await expect(call).rejects.toMatchObject({
    code: errorCodes.closed,
    method: 'never',
    delivery: 'unknown',
  })
  expect(await peer.closed).toMatchObject({ code: 1006 })
  await expect(peer.request('echo')).rejects.toMatchObject({ delivery: 'unsent' })
})

test('a process that has closed its peer ends by itself', async () => {
  const { url } = await start()
  const caller = spawn(process.execPath, [callerPath, url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void caller.kill('SIGKILL'))
  const [[said], ended] = await Promise.all([once(caller.stdout, 'data'), once(caller, 'exit')])
  expect(String(said)).toBe('[1]')
  expect(ended).toEqual([0, null])
})

test('a process that has let go of its socket ends by itself, though its last answer was watched for', async () => {
  const place = freePath()
  const server = await listenSocket({ path: place }, (peer) => {
    peer.handle('echo', (params) => params)
  })
  onTestFinished(() => server.close())
  const leaving = spawn(process.execPath, [leavingPath, place], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void leaving.kill('SIGKILL'))
  const [[said], ended] = await Promise.all([once(leaving.stdout, 'data'), once(leaving, 'exit')])
  expect(String(said)).toBe('[1]')
  expect(ended).toEqual([0, null])
})
