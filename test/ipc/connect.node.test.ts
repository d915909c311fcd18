import { mkdirSync, writeFileSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import { errorCodes, RpcError } from 'bothways'
import { join } from 'bothways/client'
import { defineContract, type Event, type Notification, type Request } from 'bothways/contract'
import { Hub } from 'bothways/hub'
import { launchToken, serve } from 'bothways/hub/node'
import { connectService, openService } from 'bothways/ipc'
import { expect, onTestFinished, test, vi } from 'vitest'
import { connectService as connectServiceInPage } from '../../src/ipc-browser.js'
import { EkkoService, freshFolder, projectFolder, runNode, writeManifest } from './support.js'

// Some start a process, on machines that may be busy.
vi.setConfig({ testTimeout: 30_000 })

interface Files {
  write: Request<{ path: string; text: string }, boolean>
  remove: Request<{ path: string }, string>
  log: Notification<{ text: string }>
}

// One that takes its params by name, and one by position.
const files = defineContract<Files, { changed: Event<{ path: string }> }>('files', '1.2.0', {
  service: {
    write: { kind: 'request' },
    remove: { kind: 'request', positions: ['path'] },
    log: { kind: 'notification' },
  },
  client: { changed: { kind: 'event' } },
})

/** A hub, and a member of it that provides files. */
async function startHub() {
  const { token, authenticate } = launchToken()
  const server = await serve(new Hub({ authenticate }))
  onTestFinished(() => server.close())
  const member = await join(server.url, { token, name: 'files' })
  const logged: string[] = []
  const provide = () =>
    member.provide(files, {
      log: ({ text }) => void logged.push(text),
      write: ({ path }) => path !== '',
      remove: ({ path }) => {
        if (path === '') throw new RpcError(404, 'no path')
        return `removed ${path}`
      },
    })
  return { hub: server.url, token, member, logged, provide }
}

test('a service is found by its manifest, in the first folder that has one', async () => {
  const program = await EkkoService.start({ port: 0 })
  const folder = freshFolder()
  const inner = joinPath(folder, 'ipc')
  mkdirSync(inner)
  writeManifest(inner, 'database-service', { type: 'tcp', port: program.port })
  const service = await connectService('database-service', { folders: [folder, inner] })
  onTestFinished(() => service.disconnect())
  expect(service.isConnected()).toBe(true)
  expect(await service['getUserById']?.(123)).toMatchObject({ name: 'Ada' })
})

test('a service of which there is no manifest is told with every place that was looked at', async () => {
  const folder = freshFolder()
  await expect(
    connectService('no-such', { folders: [folder, joinPath(folder, 'ipc')] }),
  ).rejects.toMatchObject({
    code: errorCodes.unavailable,
    message: 'there is no manifest of the service "no-such"',
    hint: `looked for ${folder}/no-such.ekko.ipc.json, ${folder}/ipc/no-such.ekko.ipc.json`,
  })
})

test.each(['../x', '/etc/passwd', 'a/b', 'a\\b', '..', '', 'x\0', 'é', 'x'.repeat(65)])(
  'the name %j is refused before anything is looked for',
  async (name) => {
    for (const connect of [connectService, connectServiceInPage])
      await expect(connect(name, { hub: 'ws://127.0.0.1:1' })).rejects.toMatchObject({
        code: errorCodes.invalidRequest,
      })
    await expect(connectService(name, { folders: [freshFolder()] })).rejects.toMatchObject({
      code: errorCodes.invalidRequest,
    })
  },
)

test('a file that is no JSON, or no manifest, is told of by its path', async () => {
  const folder = freshFolder()
  const file = joinPath(folder, 'broken.ekko.ipc.json')
  writeFileSync(file, '{')
  await expect(connectService('broken', { folders: [folder] })).rejects.toThrow(
    `${file} is no JSON`,
  )
  writeFileSync(file, '\uFEFF[]')
  await expect(connectService('broken', { folders: [folder] })).rejects.toThrow(
    `${file} is no manifest of a service: /service/name is no name`,
  )
})

test('a manifest is refused with all its faults', () => {
  const open = (manifest: unknown) => () => openService(manifest as never)
  const service = { name: 'a' }
  const at = (transport: unknown) => open({ service: { ...service, transport } })
  expect(open(null)).toThrow('/service/name is no name')
  expect(open({ service: { name: '../a' }, methods: [], events: { x: 1 } })).toThrow(
    /\/service\/name is no name.*; \/methods is no object; \/events\/x is no object/,
  )
  expect(at({ type: 'carrier pigeon' })).toThrow('/service/transport/type is none of')
  expect(at({ type: 'constructor' })).toThrow('/service/transport/type is none of')
  expect(at({ type: 'tcp', port: 70_000 })).toThrow('/service/transport/port is no number from 1')
  expect(at({ type: 'tcp', port: 1, address: {} })).toThrow('/service/transport/address')
  expect(at({ type: 'pipe', address: '../../etc/x' })).toThrow('/service/transport/address')
  expect(at({ type: 'pipe', address: 'a\0b' })).toThrow('/service/transport/address')
  expect(at({ type: 'socket' })).toThrow('/service/transport/address is no path')
  expect(at({ type: 'ws', address: 'http://127.0.0.1' })).toThrow('is no address such as ws://')
  expect(at({ type: 'ws', address: 'ws://a', protocol: 'smtp' })).toThrow('neither ekko nor')
  expect(at({ timeout: -1 })).toThrow('/service/transport/timeout is no number over 0')
  expect(at([])).toThrow('/service/transport is no object')
  expect(open({ service, methods: { m: { timeout: '1' } } })).toThrow('/methods/m/timeout')
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [n, 1]))
  expect(open({ service, methods: many })).toThrow(/and 9990 more$/)
  expect(at({ type: 'Named-Pipe', address: '/tmp/x.sock' })).not.toThrow()
})

test('a service is found through a hub, called, and heard', async () => {
  const { hub, token, logged, provide } = await startHub()
  const looking = connectService('files', { hub, token })
  const { users } = await provide()
  const service = await looking
  onTestFinished(() => service.disconnect())
  expect(await service['write']?.({ path: 'a', text: 'b' })).toBe(true)
  expect(await service['remove']?.('a')).toBe('removed a')
  await expect(service['remove']?.('')).rejects.toMatchObject({ code: 404, message: 'no path' })
  await expect(service['write']?.('a', 'b')).rejects.toMatchObject({
    code: errorCodes.invalidParams,
    hint: 'give them in one object: write({ … })',
  })
  const told = new Promise((resolve) =>
    service.subscribe('changed', (data, name) => resolve([data, name])),
  )
  await service.publish('log', { text: 'soon' })
  await service.call('remove', 'a')
  expect(logged).toEqual(['soon'])
  expect('log' in service).toBe(false)
  users.changed({ path: 'a' })
  expect(await told).toEqual([{ path: 'a' }, 'changed'])
  await service.disconnect()
  expect(await service.call('remove', 'b')).toBe('removed b')
})

test('a program of Node imports a service of the hub that its environment names, if no manifest has it', async () => {
  const { hub, token, provide } = await startHub()
  const folder = projectFolder({})
  writeFileSync(
    joinPath(folder, 'main.mjs'),
    `import files, { call, isConnected } from 'ipc:files'
    console.log(isConnected(), await files.write({ path: 'a', text: 'b' }), await call('remove', 'a'))
    await files.disconnect()`,
  )
  const run = () =>
    runNode(folder, ['--import', 'bothways/ipc/register', 'main.mjs'], process.execPath, {
      BOTHWAYS_HUB: hub,
      BOTHWAYS_TOKEN: token,
    })
  const running = run()
  await provide()
  expect(await running).toBe('true true removed a\n')
  writeFileSync(joinPath(folder, 'files.ekko.ipc.json'), '{ "service": { "name": "../files" } }')
  expect(await run()).toContain('/service/name is no name')
})

test('a listener that throws is told of through a hub as well', async () => {
  const { hub, token, provide } = await startHub()
  const { users } = await provide()
  const service = await connectService('files', { hub, token })
  onTestFinished(() => service.disconnect())
  const diagnostic = new Promise((resolve) => service.onDiagnostic(resolve))
  service.subscribe('changed', () => {
    throw new Error('not today')
  })
  await service.call('remove', 'a')
  users.changed({ path: 'a' })
  expect(await diagnostic).toMatchObject({ kind: 'listenerFailed', method: 'files.changed' })
})

test('a page finds services through a hub, and is told what to do otherwise', async () => {
  const { hub, token, provide } = await startHub()
  await provide()
  const service = await connectServiceInPage('files', { hub, token })
  onTestFinished(() => service.disconnect())
  expect(await service.call('remove', 'a')).toBe('removed a')
  await expect(connectServiceInPage('files')).rejects.toMatchObject({
    code: errorCodes.unavailable,
    hint: expect.stringContaining('connectService(name, { hub })'),
  })
})

test('waiting for a service at a hub ends by time, and by a signal', async () => {
  const { hub, token } = await startHub()
  await expect(connectService('files', { hub, token, wait: 20 })).rejects.toMatchObject({
    code: errorCodes.timeout,
    message: 'nobody provided "files" within 20 ms',
  })
  const reason = new Error('never mind')
  const looking = connectService('files', { hub, token, signal: AbortSignal.abort(reason) })
  await expect(looking).rejects.toBe(reason)
})
