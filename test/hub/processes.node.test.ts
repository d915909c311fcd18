import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { errorCodes } from 'bothways'
import { Hub, type Identity } from 'bothways/hub'
import { serve } from 'bothways/hub/node'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { formatter, settings } from './processes/contracts.js'
import { hanging } from './support.js'

let folder = ''
let program = ''

beforeAll(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), 'bothways-'))
  program = joinPath(folder, 'child.cjs')
  const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
  await build({
    entryPoints: [root('test/hub/processes/child.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    alias: { bothways: root('src') },
    tsconfigRaw: {},
  })
}, 60_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

/** Every extension has a token, and so a principal, of its own. */
const authenticate = ({ auth }: { auth?: unknown }): Identity | undefined => {
  const token =
    typeof auth === 'object' && auth !== null && 'token' in auth ? auth.token : undefined
  return token === undefined ? undefined : { principal: `extension ${token}` }
}

async function startHub() {
  const hub = new Hub({ authenticate })
  const server = await serve(hub)
  onTestFinished(() => server.close())
  return { hub, url: server.url }
}

/** A process of its own, which ends with the test, and the lines that it writes. */
function run(name: string, url = '', token = '') {
  const child: ChildProcess = spawn(process.execPath, [program, name], {
    env: { HUB_URL: url, HUB_TOKEN: token },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[
    Symbol.asyncIterator
  ]()
  const line = async () => (await lines.next()).value as string | undefined
  return { child, ended, line }
}

test('main asks an extension: the session is found by who provides, and the answer comes back', async () => {
  const { hub, url } = await startHub()
  const { child } = run('provide', url, 'one')
  await hub.waitFor('formatter')
  const answer = await hub.service(formatter, { began: () => {} }).format({ text: 'hello' })
  expect(answer).toEqual({ text: 'HELLO', pid: child.pid, caller: 'hub' })
})

test('an extension asks main: main knows which it is, and the answer goes back', async () => {
  const { hub, url } = await startHub()
  await hub.provide(settings, {
    get: ({ key }, { meta }) => `${key} of ${meta.from?.principal}`,
    hang: () => {},
  })
  const extensions = ['one', 'two'].map((token) => run('ask', url, token))
  expect(await Promise.all(extensions.map(({ line }) => line()))).toEqual([
    'colour of extension one',
    'colour of extension two',
  ])
  expect(await Promise.all(extensions.map(({ ended }) => ended))).toEqual([0, 0])
})

test('an extension asks another through main, and its giving up is passed on', async () => {
  const { url } = await startHub()
  const provider = run('provide', url, 'one')
  const asker = run('askAnother', url, 'two')
  expect(await asker.line()).toBe('FROM ONE TO THE OTHER, asked by extension two')
  expect(await asker.line()).toBe('enough')
  expect(await asker.ended).toBe(0)
  expect([await provider.line(), await provider.line(), await provider.line()]).toEqual([
    'ready',
    'called',
    'stopped',
  ])
})

test('a provider that is killed in the middle of a call loses the call, and its service, at once', async () => {
  const { hub, url } = await startHub()
  const { child, ended } = run('provide', url, 'one')
  await hub.waitFor('formatter')
  const remote = hub.service(formatter, { began: () => child.kill('SIGKILL') })
  await expect(remote.hang()).rejects.toMatchObject({
    code: errorCodes.calleeLost,
    delivery: 'unknown',
    message: expect.stringContaining('"extension one", which was to answer, has left'),
  })
  await ended
  await expect(remote.format({ text: 'x' })).rejects.toMatchObject({
    code: errorCodes.unavailable,
    delivery: 'unsent',
  })
  run('provide', url, 'one')
  await hub.waitFor('formatter')
  expect(await remote.format({ text: 'back' })).toMatchObject({ text: 'BACK' })
})

test('a caller that is killed in the middle of its call stops whoever is at it', async () => {
  const { hub, url } = await startHub()
  const { hang, called, stopped } = hanging()
  await hub.provide(settings, { get: () => '', hang })
  const { child } = run('askAndWait', url, 'one')
  await called
  child.kill('SIGKILL')
  expect(await stopped).toMatchObject({ code: errorCodes.cancelled })
})

test('a process that serves, joins, calls and closes ends by itself', async () => {
  const { line, ended } = run('serveAndClose')
  expect(await line()).toBe('done')
  expect(await line()).toMatch(/^settled -3205[13]$/)
  expect(await ended).toBe(0)
})
