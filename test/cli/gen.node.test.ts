import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { memoryPair, Peer } from 'bothways'
import { Membership } from 'bothways/client'
import { contract, event, named, number, object, request, string } from 'bothways/contract'
import { Hub } from 'bothways/hub'
import { serve } from 'bothways/hub/node'
import { listen } from 'bothways/node'
import { expect, onTestFinished, test } from 'vitest'
import { compile } from '../codegen/support.js'
import { handshake } from '../hub/support.js'
import { runCli } from './dev.js'

/** The contract of one version, in which an order has a total of its own name. */
function orders(version: string, total: 'total' | 'sum') {
  const Order = named('Order', object({ id: string(), [total]: number() }))
  return contract('orders', version, {
    service: { get: request({ params: object({ id: string() }), result: Order }) },
    client: { changed: event({ data: object({ id: string() }) }) },
  })
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'bothways-cli-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

/** A hub that is served, at which somebody provides orders and somebody else stock. */
async function servedHub() {
  const hub = new Hub()
  const server = await serve(hub)
  onTestFinished(() => server.close())
  const provide = async (version: string, total: 'total' | 'sum') => {
    const [near, far] = memoryPair()
    hub.accept(far, handshake, { principal: 'extension' })
    const member = new Membership(new Peer(near, { hello: true }))
    await member.peer.greeted
    await member.provide(orders(version, total), { get: () => ({ id: 'a', [total]: 1 }) } as never)
  }
  await provide('1.0.0', 'total')
  const stock = contract('stock', '4.0.0', { service: { count: request({ result: number() }) } })
  await hub.provide(stock, { count: () => 1 })
  return { url: server.url, provide }
}

test('discover prints what a hub offers, of one service or of all, and as types', async () => {
  const { url } = await servedHub()
  const all = await runCli('discover', url)
  expect({ code: all.code, stderr: all.stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(all.stdout)).toMatchObject({
    methods: [{ name: 'orders.get' }, { name: 'orders.changed' }, { name: 'stock.count' }],
    'x-versions': { orders: '1.0.0', stock: '4.0.0' },
  })
  const one = await runCli('discover', url, '--service', 'stock')
  expect(JSON.parse(one.stdout).methods).toMatchObject([{ name: 'stock.count' }])
  const types = await runCli('discover', url, '--service', 'orders', '--ts')
  expect(types.stdout).toContain("'orders.get': Request<{ id: string }, OrdersOrder>")
})

test('gen makes stubs of one service of a hub, and --check tells that another version took its place', async () => {
  const { url, provide } = await servedHub()
  const made = await folder()
  const gen = ['gen', url, '--service', 'orders', '--out', join(made, 'orders.gen.ts')]
  const first = await runCli(...gen)
  expect(first.code).toBe(0)
  expect(first.stderr).toBe(`asking ${url}\n`)
  expect(first.stdout.trim().split('\n')).toHaveLength(4)
  const files = new Map<string, string>()
  for (const name of await readdir(made)) files.set(name, await readFile(join(made, name), 'utf8'))
  expect(files.get('orders.contract.gen.ts')).toContain("('orders', '1.0.0', {")
  expect(files.get('orders.gen.ts')).toContain("'get': Request<{ id: string }, Order>")
  expect(compile(new Map([['orders', files]]))).toEqual([])
  expect(await runCli(...gen, '--check')).toEqual({
    code: 0,
    stdout: '',
    stderr: `asking ${url}\n`,
  })
  await provide('2.0.0', 'sum')
  const drift = await runCli(...gen, '--check')
  expect(drift.code).toBe(8)
  expect(drift.stdout).toContain(join(made, 'orders.gen.ts'))
  expect(drift.stdout).toContain('-   total: number')
  expect(drift.stdout).toContain('+   sum: number')
  expect(drift.stderr).toContain(
    'run the same command without --check to bring the files up to date',
  )
  expect((await runCli(...gen)).code).toBe(0)
  expect((await runCli(...gen, '--check')).code).toBe(0)
}, 60_000)

test('gen makes the same stubs of a peer that serves the contract as of the hub that has it', async () => {
  const { url } = await servedHub()
  const server = await listen({ host: '127.0.0.1', port: 0 }, (peer) => {
    orders('1.0.0', 'total').serve(peer, { get: ({ id }) => ({ id, total: 1 }) as never })
  })
  onTestFinished(() => server.close())
  const [direct, behind] = [await folder(), await folder()]
  await runCli('gen', server.url, '--out', join(direct, 'orders.gen.ts'))
  await runCli('gen', url, '--service', 'orders', '--out', join(behind, 'orders.gen.ts'))
  for (const name of await readdir(direct))
    expect([name, await readFile(join(behind, name), 'utf8')]).toEqual([
      name,
      await readFile(join(direct, name), 'utf8'),
    ])
})

test('what cannot be asked is said, with what to do, and exit code 4', async () => {
  const { url } = await servedHub()
  const out = join(await folder(), 'x.gen.ts')
  for (const command of [['discover'], ['gen', '--out', out]]) {
    const nobody = await runCli(...command, url, '--service', 'nobody')
    expect(nobody).toMatchObject({ code: 4, stdout: '' })
    expect(nobody.stderr).toContain(`bothways: nobody provides "nobody" at ${url}\n`)
    expect(nobody.stderr).toContain(`bothways discover ${url} lists what is provided`)
    const nothing = await runCli(...command, 'ws://127.0.0.1:1')
    expect(nothing).toMatchObject({ code: 4, stdout: '' })
    expect(nothing.stderr).toContain('127.0.0.1:1')
  }
})

test.for([
  [{}, 'x.openrpc.json: it has no "methods"'],
  [{ methods: 1, components: 1 }, 'x.openrpc.json#/methods: "methods" is no array'],
  [{ methods: [null, { name: 7 }], components: { schemas: 1 } }, 'x.openrpc.json#/methods/0: '],
])('what a hub says amiss of itself is told as of any document: %j', async ([said, problem]) => {
  const server = await listen({ host: '127.0.0.1', port: 0 }, (peer) => {
    const about = { openrpc: '1.3.2', info: {}, 'x-versions': { x: '1' } }
    peer.handle('rpc.discover', () => ({ ...about, ...(said as object) }))
  })
  onTestFinished(() => server.close())
  const out = join(await folder(), 'x.gen.ts')
  const { code, stderr } = await runCli('gen', server.url, '--service', 'x', '--out', out)
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(String(problem)) })
})

test('a service of something else than what runs is a usage error', async () => {
  const { code, stderr } = await runCli(
    'gen',
    'x.openrpc.json',
    '--service',
    'x',
    '--out',
    'x.gen.ts',
  )
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: '--service names one of a hub that runs, and x.openrpc.json is no address of one\n',
  })
})

test('gen runs a module that exports a contract, and says what one lacks that exports none', async () => {
  const made = await folder()
  const source = (line: string) =>
    `import { contract, object, request, string } from '${resolve('dist/contract.js')}'\n${line}\n`
  const module = join(made, 'notes.mjs')
  const params = 'params: object({ text: string() })'
  await writeFile(
    module,
    source(
      `export const notes = contract('notes', '1.2.0', { service: { add: request({ ${params} }) } })`,
    ),
  )
  const gen = ['gen', module, '--out', join(made, 'notes.gen.ts')]
  expect((await runCli(...gen)).code).toBe(0)
  expect(await readFile(join(made, 'notes.gen.ts'), 'utf8')).toContain(
    "'add': Request<{ text: string }",
  )
  await writeFile(
    module,
    source(`export const notes = contract('notes', '1.2.0', { service: {} })`),
  )
  const drift = await runCli(...gen, '--check')
  expect(drift.code).toBe(8)
  expect(drift.stdout).toContain("-   'add': Request<{ text: string }")
  await writeFile(module, 'export const nothing = 1\n')
  expect(await runCli(...gen)).toEqual({
    code: 2,
    stdout: '',
    stderr: `${module} exports no contract; export what contract() returns\n`,
  })
})
