import { readFileSync, writeFileSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { join } from 'node:path'
import { esbuild, rollup } from 'bothways/ipc/plugins'
import { build } from 'esbuild'
import { rollup as bundle } from 'rollup'
import { expect, test, vi } from 'vitest'
import { EkkoService, printed, program, projectFolder, runNode, writeManifest } from './support.js'

// Each starts processes, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 })

/** A service, and a folder of a program that uses it. */
async function project(text: string, file = 'main.mjs') {
  const service = await EkkoService.start({ port: 0 })
  const folder = projectFolder({ 'database-service': { type: 'tcp', port: service.port } })
  writeFileSync(join(folder, file), text)
  return { service, folder }
}

/** Publishes what the program waits for, once it listens. */
async function feed(service: EkkoService): Promise<void> {
  await service.received('subscribe')
  service.publish('user.created', { id: 7 })
}

const register = ['--import', 'bothways/ipc/register']

test('a program of Node imports a service', async () => {
  const { service, folder } = await project(program)
  const [text] = await Promise.all([runNode(folder, [...register, 'main.mjs']), feed(service)])
  expect(text).toBe(printed)
})

test('a program of Node requires a service where Node has synchronous hooks', async () => {
  const { folder } = await project(
    `const { default: service } = require('ipc:database-service')
    service.getUserById(123).then(({ name }) => console.log(name)).finally(service.disconnect)`,
    'main.cjs',
  )
  const text = await runNode(folder, ['--require', 'bothways/ipc/register', 'main.cjs'])
  if ('registerHooks' in nodeModule) expect(text).toBe('Ada\n')
  else expect(text).toContain("Cannot find module 'ipc:database-service'")
})

test.each([
  ['ipc:no-such-service', 'there is no manifest of the service "no-such-service"'],
  ['ipc:../database-service', '"../database-service" is no name of a service'],
  ['ipc:/etc/passwd', '"/etc/passwd" is no name of a service'],
  ['ipc:', '"" is no name of a service'],
])('%s fails, saying what is wrong and where was looked', async (specifier, message) => {
  const folder = projectFolder({})
  writeFileSync(join(folder, 'main.mjs'), `import '${specifier}'`)
  const text = await runNode(folder, [...register, 'main.mjs'])
  expect(text).toContain(message)
  if (message.startsWith('there'))
    expect(text).toContain(join(folder, 'ipc', 'no-such-service.ekko.ipc.json'))
  await expect(
    build({
      entryPoints: [join(folder, 'main.mjs')],
      plugins: [esbuild({ folders: [folder] })],
      bundle: true,
      write: false,
      logLevel: 'silent',
    }),
  ).rejects.toThrow(message)
})

test('a hostile manifest harms nobody', async () => {
  const { folder, service } = await project(
    `import service, * as names from 'ipc:hostile'
    console.log(Object.keys(names).join(), typeof {}.polluted, names.polluted, service['a b']())
    await service.disconnect()`,
  )
  const method = '"];globalThis.polluted=1;//'
  const manifest = `{ "service": { "name": "hostile", "transport": { "type": "tcp", "port": ${service.port} } },
    "methods": { "__proto__": { "polluted": true }, "constructor": {}, "then": {}, "default": {}, "await": {}, "a b": {}, ${JSON.stringify(method)}: {} } }`
  writeFileSync(join(folder, 'hostile.ekko.ipc.json'), manifest)
  const text = await runNode(folder, [...register, 'main.mjs'])
  expect(text).toContain('await')
  expect(text).toContain('undefined undefined Promise')
})

test('esbuild bundles a service for Node', async () => {
  const { service, folder } = await project(program)
  await build({
    entryPoints: [join(folder, 'main.mjs')],
    outfile: join(folder, 'out.mjs'),
    plugins: [esbuild({ folders: [folder] })],
    bundle: true,
    format: 'esm',
    platform: 'node',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  })
  const [text] = await Promise.all([runNode(folder, ['out.mjs']), feed(service)])
  expect(text).toBe(printed)
})

test('Rollup bundles a service for Node, and drops one that nobody uses', async () => {
  const { service, folder } = await project(`import 'ipc:notes-service'${program}`)
  writeManifest(folder, 'notes-service', {})
  const made = await bundle({
    input: join(folder, 'main.mjs'),
    plugins: [rollup({ folders: [folder] })],
    external: ['bothways/ipc'],
  })
  await made.write({ file: join(folder, 'out.mjs') })
  expect(made.watchFiles).toContain(join(folder, 'database-service.ekko.ipc.json'))
  expect(readFileSync(join(folder, 'out.mjs'), 'utf8')).not.toContain('notes-service')
  const [text] = await Promise.all([runNode(folder, ['out.mjs']), feed(service)])
  expect(text).toBe(printed)
})
