import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { errorCodes } from 'bothways'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { gen, genAgain } from '../../src/cli/gen.js'
import { listen } from '../../src/node.js'
import { pathOf } from './support.js'

let directory: string
let notes: string[]
let results: string[]
let said: () => void

const output = {
  result: (line: string) => {
    results.push(line)
    said()
  },
  note: (line: string) => {
    notes.push(line)
    said()
  },
}

/** Resolves once something has been said that makes `isSo` true. */
function until(isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    said = () => {
      if (isSo()) resolve()
    }
    said()
  })
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bothways-gen-'))
  notes = []
  results = []
  said = () => {}
})

afterEach(() => rm(directory, { recursive: true }))

const orders = (id: object) => ({
  openrpc: '1.3.2',
  info: { title: 'orders', version: '1.0.0' },
  methods: [{ name: 'get', params: [{ name: 'id', schema: id }] }],
})

/** Serves texts by path on a free port. */
async function serveTexts(texts: Readonly<Record<string, string>>): Promise<string> {
  const server = createServer(({ url = '' }, answer) => {
    const text = texts[url]
    answer.writeHead(text === undefined ? 404 : 200).end(text)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    await once(server, 'close')
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('--allow-remote reads a document at an address, and what it refers to, and says so', async () => {
  const host = await serveTexts({
    '/v1/orders.openrpc.json': JSON.stringify(orders({ $ref: './ids.yaml#/Id' })),
    '/v1/ids.yaml': 'Id: {type: string, minLength: 3}\n',
  })
  const out = join(directory, 'orders.gen.ts')
  const address = `${host}/v1/orders.openrpc.json`
  expect(await gen(address, { out }, output)).toBe(2)
  expect(notes.splice(0)).toEqual([
    `${address} is an address, and nothing is fetched; add --allow-remote, or save the document and give the path of its file`,
  ])
  expect(await gen(address, { out, allowRemote: true }, output)).toBe(0)
  expect(notes).toEqual([`reading ${address}`, `reading ${host}/v1/ids.yaml`])
  expect(await readFile(out, 'utf8')).toContain("'get': Notification<{ id?: Id }>")
})

test('a local document may refer to an address, which is read only with --allow-remote', async () => {
  const host = await serveTexts({ '/ids.json': '{"Id":{"type":"integer"}}' })
  const input = join(directory, 'orders.openrpc.json')
  const out = join(directory, 'orders.gen.ts')
  await writeFile(input, JSON.stringify(orders({ $ref: `${host}/ids.json#/Id` })))
  expect(await gen(input, { out }, output)).toBe(2)
  expect(notes.splice(0).join()).toContain('orders.openrpc.json#/methods/0/params/0/schema/$ref')
  expect(await gen(input, { out, allowRemote: true }, output)).toBe(0)
  expect(await readFile(out, 'utf8')).toContain('export type Id = number')
})

test('an address that answers nothing of use says why, and exits 2', async () => {
  const host = await serveTexts({})
  const out = join(directory, 'orders.gen.ts')
  expect(await gen(`${host}/none.json`, { out, allowRemote: true }, output)).toBe(2)
  expect(notes.at(-1)).toBe(`${host}/none.json answers 404`)
})

test('--watch follows every file that is referred to, and keeps the last good output', async () => {
  const input = join(directory, 'orders.openrpc.json')
  const ids = join(directory, 'ids.json')
  const out = join(directory, 'made', 'orders.gen.ts')
  await writeFile(input, JSON.stringify(orders({ $ref: 'ids.json#/Id' })))
  const stop = new AbortController()
  const watching = genAgain(input, { out }, stop.signal, output)
  await until(() => notes.some((note) => note.includes('needs the file ids.json')))
  await writeFile(ids, '{"Id":{"type":"string"}}')
  await until(() => results.length === 4)
  const made = await readFile(out, 'utf8')
  expect(made).toContain('export type Id = string')
  notes = []
  await writeFile(ids, '{"Id":')
  await until(() => notes.some((note) => note.includes('ids.json: not valid JSON')))
  expect(await readFile(out, 'utf8')).toBe(made)
  // Editors put a new file in the place of the old one.
  await writeFile(join(directory, 'new'), '{"Id":{"type":"integer"}}')
  await rename(join(directory, 'new'), ids)
  await until(() => results.length > 4)
  expect(await readFile(out, 'utf8')).toContain('export type Id = number')
  stop.abort()
  expect(await watching).toBe(0)
}, 30_000)

test('a service that runs is asked for its document', async () => {
  const server = await listen({ host: '127.0.0.1', port: 0 }, (peer) => {
    peer.handle('rpc.discover', () => orders({ type: 'boolean' }))
  })
  onTestFinished(() => server.close())
  const out = join(directory, 'orders.gen.ts')
  expect(await gen(server.url, { out }, output)).toBe(0)
  expect(notes).toEqual([`asking ${server.url}`])
  expect(await readFile(out, 'utf8')).toMatch(/from orders\.openrpc\.json\. [\s\S]*id\?: boolean/)
})

test('a service that is not there is said', async () => {
  const out = join(directory, 'orders.gen.ts')
  await expect(gen('ws://127.0.0.1:1', { out }, output)).rejects.toMatchObject({
    code: errorCodes.unavailable,
    message: expect.stringContaining('127.0.0.1:1'),
  })
})

test('a new method of the Ethereum document shows as a diff of its own lines alone', async () => {
  const source = 'ethereum-execution-apis.refs.json'
  const document = JSON.parse(await readFile(pathOf(source), 'utf8'))
  const input = join(directory, source)
  const out = join(directory, 'ethereum.gen.ts')
  await writeFile(input, JSON.stringify(document))
  expect(await gen(input, { out }, output)).toBe(0)
  document.methods.unshift({ name: 'eth_probe', params: [], result: document.methods[0].result })
  await writeFile(input, JSON.stringify(document))
  results = []
  expect(await gen(input, { out, check: true }, output)).toBe(8)
  expect(results).toHaveLength(4)
  for (const result of results) expect(result).not.toMatch(/^- /m)
  expect(results.join('\n')).toContain("+   'eth_probe': Request<")
}, 60_000)

/** Writes documents by path into the folder of the test. */
async function write(texts: Readonly<Record<string, object | string>>): Promise<void> {
  for (const [name, value] of Object.entries(texts)) {
    const path = join(directory, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, typeof value === 'string' ? value : JSON.stringify(value))
  }
}

const overlay = (name: string, id: object) => ({
  ...orders(id),
  'x-overlay': true,
  methods: [{ name, params: [{ name: 'id', schema: id }] }],
})

test('inputs of several folders keep their files apart, also those of one name', async () => {
  await write({
    'x/orders.openrpc.json': orders({ $ref: 'common.json#/Id' }),
    'x/common.json': { Id: { type: 'string' } },
    'y/orders.openrpc.json': overlay('more', { $ref: 'common.json#/Id' }),
    'y/common.json': { Id: { type: 'integer' } },
    'z/over.json': overlay('most', { $ref: '../x/common.json#/Id' }),
  })
  const out = join(directory, 'orders.gen.ts')
  const [first, ...others] = ['x/orders.openrpc.json', 'y/orders.openrpc.json', 'z/over.json']
  const inputs = [first ?? '', ...others].map((name) => join(directory, name))
  expect(await gen(inputs as [string], { out }, output)).toBe(0)
  expect(notes).toEqual([])
  const types = await readFile(out, 'utf8')
  const ids = Object.fromEntries(
    [...types.matchAll(/export type (\w+) = (string|number)/g)].map(([, name, type]) => [
      type,
      name,
    ]),
  )
  expect(types).toContain(`'get': Notification<{ id?: ${ids['string']} }>`)
  expect(types).toContain(`'more': Notification<{ id?: ${ids['number']} }>`)
  expect(types).toContain(`'most': Notification<{ id?: ${ids['string']} }>`)
})

test('an overlay in another folder finds the document that it belongs to by its name', async () => {
  const Id = { type: 'string' }
  await write({
    'x/orders.openrpc.json': { ...orders(Id), components: { schemas: { Id } } },
    'y/over.json': overlay('more', { $ref: 'orders.openrpc.json#/components/schemas/Id' }),
  })
  const out = join(directory, 'orders.gen.ts')
  const inputs = [join(directory, 'x/orders.openrpc.json'), join(directory, 'y/over.json')] as const
  expect(await gen(inputs, { out }, output)).toBe(0)
  expect(notes).toEqual([
    'warning: ../y/over.json: it refers to ../y/orders.openrpc.json, which is not there, so orders.openrpc.json is taken; correct the references, or move the file',
  ])
  expect(await readFile(out, 'utf8')).toContain("'more': Notification<{ id?: Id }>")
})

test('documents of one name that are not of one folder are refused', async () => {
  const host = await serveTexts({ '/orders.json': JSON.stringify(orders({ type: 'string' })) })
  await write({ 'orders.json': overlay('more', { type: 'string' }) })
  const out = join(directory, 'orders.gen.ts')
  const inputs = [`${host}/orders.json`, join(directory, 'orders.json')] as const
  expect(await gen(inputs, { out, allowRemote: true }, output)).toBe(2)
  expect(notes.at(-1)).toBe(
    'two different documents are called orders.json; rename one, or put them into one folder',
  )
})

test('a further input that nothing is read of is told', async () => {
  await write({
    'orders.openrpc.json': orders({ type: 'string' }),
    'more.json': orders({ type: 'string' }),
  })
  const out = join(directory, 'orders.gen.ts')
  const inputs = [join(directory, 'orders.openrpc.json'), join(directory, 'more.json')] as const
  expect(await gen(inputs, { out }, output)).toBe(0)
  expect(notes).toEqual([
    'warning: more.json: nothing refers to it, so nothing is taken from it; give it "x-overlay": true where it is to add methods, or leave it out',
  ])
})

test.each([
  ['.', '"." names a folder; name the document in it, or begin with # for this one'],
  ['..#/a', '"..#/a" names a folder; name the document in it, or begin with # for this one'],
  ['sub/', '"sub/" names a folder; name the document in it, or begin with # for this one'],
  ['sub', '"sub" needs the file sub, which cannot be read; put it there'],
  ['b.json/c', '"b.json/c" needs the file b.json/c, which cannot be read; put it there'],
  [
    'a\0b.json',
    '"a\\u0000b.json" needs the file a\\u0000b.json, which cannot be read; put it there',
  ],
  ['http://[/x', '"http://[/x" is no address; correct it'],
  [
    'a'.repeat(5000),
    `"${'a'.repeat(200)}…" needs the file ${'a'.repeat(200)}…, which cannot be read; put it there`,
  ],
])('a reference to %j is a fault where it stands', async ($ref, said) => {
  await write({ 'orders.openrpc.json': orders({ $ref }), 'b.json': {}, 'sub/c.json': {} })
  const out = join(directory, 'orders.gen.ts')
  const input = join(directory, 'orders.openrpc.json')
  expect(await gen(input, { out, allowRemote: true }, output)).toBe(2)
  expect(notes).toEqual([`orders.openrpc.json#/methods/0/params/0/schema/$ref: ${said}`])
})

test('an address that is none is refused as one', async () => {
  const out = join(directory, 'orders.gen.ts')
  expect(await gen('http://[/x', { out, allowRemote: true }, output)).toBe(2)
  expect(notes).toEqual(['http://[/x is no address; correct it'])
})

test('--watch finds a folder again that is removed and made again, also before it was there', async () => {
  const input = join(directory, 'orders.openrpc.json')
  const out = join(directory, 'made', 'orders.gen.ts')
  await write({ 'orders.openrpc.json': orders({ $ref: 'a/b/ids.json#/Id' }) })
  const stop = new AbortController()
  const watching = genAgain(input, { out }, stop.signal, output)
  const missing = () => notes.some((note) => note.includes('needs the file a/b/ids.json'))
  for (const [first, second] of [
    ['string', 'number'],
    ['boolean', 'string'],
  ]) {
    await until(missing)
    results = []
    await write({ 'a/b/ids.json': { Id: { type: first } } })
    await until(() => results.includes(out))
    expect(await readFile(out, 'utf8')).toContain(`export type Id = ${first}`)
    results = []
    await write({ 'a/b/ids.json': { Id: { type: second } } })
    await until(() => results.includes(out))
    expect(await readFile(out, 'utf8')).toContain(`export type Id = ${second}`)
    notes = []
    await rm(join(directory, 'a'), { recursive: true })
  }
  await until(missing)
  results = []
  await write({ 'a/b/ids.json': { Id: { type: 'integer' } } })
  await rm(join(directory, 'a'), { recursive: true })
  await write({ 'a/b/ids.json': { Id: { type: 'number' } } })
  await until(() => results.includes(out))
  stop.abort()
  expect(await watching).toBe(0)
})
