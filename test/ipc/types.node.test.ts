import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test, vi } from 'vitest'
import { run } from '../../src/cli/run.js'
import { generate } from '../../src/codegen.js'
import { shuffled } from '../codegen/support.js'
import { EkkoService, printed, program, projectFolder, runNode, writeManifest } from './support.js'

// A compiler and processes, on machines that may be busy.
vi.setConfig({ testTimeout: 120_000 })

const gen = (...args: string[]) => run(['node', 'bothways', 'gen', ...args])

const manifest = (name: string) => `test/codegen/documents/${name}.ekko.ipc.json`

const used = `
import database, { createUser, getUserById, subscribe } from 'ipc:database-service'
import notes, { delete as remove, type Note, type NotesService } from '#ipc/notes-service'

export async function use(): Promise<void> {
  const { name }: { name?: string } = await getUserById(123)
  const user: object = await createUser({ name })
  const note: Note | null = await notes.getNote(1)
  const titles: string[] = (await notes.listNotes(undefined, 20)).map(({ title }) => title)
  const ids: number[] = await notes.importNotes([{ title: 'A' }])
  const removed: boolean = await remove(1)
  const listing: ReturnType<NotesService['listNotes']> = notes.call('listNotes', 'home')
  const end: () => void = subscribe('user.created', ({ id }) => id.toFixed())
  notes.subscribe('note-events', (either) => 'title' in either && either.title)
  notes.unsubscribe('note.created')
  await notes.publish('note.removed', { id: 1 })
  await notes.publish('anything else', 7)
  const version: string | undefined = database.getServiceInfo().version
  // @ts-expect-error a number is asked for
  await getUserById('123')
  // @ts-expect-error there is no such method
  await database.getUser(1)
  // @ts-expect-error there is no such event
  notes.subscribe('note.lost', () => {})
  // @ts-expect-error an id is told
  await notes.publish('note.removed', { title: 'A' })
  // @ts-expect-error an argument is missing
  await notes.call('getNote')
  console.log(user, note, titles, ids, removed, await listing, end, version)
}
`

test('what is generated types ipc: and #ipc/ imports under tsc --strict', async () => {
  const folder = projectFolder({})
  mkdirSync(join(folder, 'node_modules', '@types'))
  symlinkSync(resolve('node_modules/@types/node'), join(folder, 'node_modules/@types/node'))
  writeFileSync(
    join(folder, 'package.json'),
    '{ "type": "module", "imports": { "#ipc/*": "./gen/*.js" } }',
  )
  expect(await gen(manifest('database-service'), '--ipc', join(folder, 'ipc.d.ts'))).toBe(0)
  expect(await gen(manifest('notes-service'), '--ipc', `${join(folder, 'gen')}/`)).toBe(0)
  expect(await gen(manifest('notes-service'), '--ipc', `${join(folder, 'gen')}/`, '--check')).toBe(
    0,
  )
  writeFileSync(join(folder, 'used.ts'), used)
  for (const options of ['nodenext', 'bundler']) {
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          exactOptionalPropertyTypes: true,
          noEmit: true,
          target: 'es2022',
          lib: ['es2023', 'esnext.disposable', 'dom'],
          types: [],
          module: options === 'bundler' ? 'esnext' : options,
          moduleResolution: options,
        },
        include: ['*.ts', 'gen/*.ts'],
      }),
    )
    const { stdout } = spawnSync(resolve('node_modules/.bin/tsc'), ['-p', folder], {
      encoding: 'utf8',
    })
    expect(stdout).toBe('')
  }
})

const description = {
  openrpc: '1.3.2',
  info: { title: 'files', version: '1.0.0' },
  methods: [
    {
      name: 'write',
      paramStructure: 'by-name',
      params: [
        { name: 'path', required: true, schema: { type: 'string' } },
        { name: 'text', schema: { type: 'string' } },
      ],
      result: { name: 'isWritten', schema: { type: 'boolean' } },
    },
    {
      name: 'remove',
      params: [{ name: 'path', required: true, schema: { type: 'string' } }],
      result: { name: 'left', schema: { $ref: '#/components/schemas/Left' } },
    },
    {
      name: 'list',
      paramStructure: 'by-name',
      params: [{ name: 'under', schema: { type: 'string' } }],
      result: { name: 'paths', schema: { type: 'array', items: { type: 'string' } } },
    },
    { name: 'log', params: [{ name: 'text', schema: { type: 'string' } }] },
    { name: 'tail', 'x-kind': 'stream', params: [], 'x-item': { name: 'line', schema: {} } },
    {
      name: 'changed',
      'x-direction': 'serverToClient',
      paramStructure: 'by-name',
      params: [{ name: 'path', required: true, schema: { type: 'string' } }],
    },
    {
      name: 'moved',
      'x-direction': 'serverToClient',
      params: ['from', 'to'].map((name) => ({ name, required: true, schema: { type: 'string' } })),
    },
  ],
  components: { schemas: { Left: { type: 'object', properties: { count: { type: 'integer' } } } } },
}

const usedOfHub = `
import files, { subscribe, type Left } from 'ipc:files'

export async function use(): Promise<void> {
  const isWritten: boolean = await files.write({ path: 'a' })
  const left: Left = await files.remove('a')
  const paths: string[] = await files.list()
  subscribe('changed', ({ path }) => path.length)
  subscribe('moved', ([from, to]) => from + to)
  await files.publish('log', 'text')
  // @ts-expect-error it is a stream
  files.tail()
  // @ts-expect-error a path is asked for
  await files.write({ text: 'b' })
  console.log(isWritten, left.count, paths)
}
`

test('a service on a hub is typed by what describes it, and what it has no word for is told', () => {
  const { files, warnings } = generate(description, {
    source: 'files.openrpc.json',
    ipc: true,
    out: 'ipc.d.ts',
  })
  expect(warnings.map(({ problem }) => problem)).toEqual([
    '"log" is no member of the service: it is told',
    '"tail" is no member of the service: it is a stream',
  ])
  const folder = projectFolder({})
  for (const [name, text] of files) writeFileSync(join(folder, name), text)
  writeFileSync(join(folder, 'used.ts'), usedOfHub)
  expect(compiled(folder, ['used.ts', 'ipc.d.ts'])).toBe('')
})

/** What the compiler has to say about some files. */
function compiled(folder: string, files: readonly string[]): string {
  const config = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022']
  const lib = ['--lib', 'es2023,esnext.disposable,dom', '--types', '']
  const args = [...config, ...lib, ...files]
  return spawnSync(resolve('node_modules/.bin/tsc'), args, { cwd: folder, encoding: 'utf8' }).stdout
}

test('a program of Node imports what was generated as #ipc/, with no hook', async () => {
  const service = await EkkoService.start({ port: 0 })
  const folder = projectFolder({})
  writeManifest(folder, 'database-service', { type: 'tcp', port: service.port })
  writeFileSync(
    join(folder, 'package.json'),
    '{ "type": "module", "imports": { "#ipc/*": "./gen/*.js" } }',
  )
  const source = join(folder, 'database-service.ekko.ipc.json')
  expect(await gen(source, '--ipc', `${join(folder, 'gen')}/`)).toBe(0)
  writeFileSync(join(folder, 'main.mjs'), program.replace('ipc:', '#ipc/'))
  const fed = service.received('subscribe').then(() => service.publish('user.created', { id: 7 }))
  const [text] = await Promise.all([runNode(folder, ['main.mjs']), fed])
  expect(text).toBe(printed)
})

test('the same manifest gives the same bytes, whatever the order of its keys', () => {
  const document = JSON.parse(readFileSync(manifest('notes-service'), 'utf8'))
  const made = (value: object) =>
    [...generate(value, { source: 'notes-service.ekko.ipc.json', ipc: true }).files].map(
      ([name, text]) => `${name}\n${text}`,
    )
  expect(made(shuffled(document))).toEqual(made(document))
})

test('a method that is no member of the service is told of', () => {
  const { warnings } = generate(
    { service: { name: 'a' }, methods: { connect: {}, ['then' as string]: {}, fine: {} } },
    { source: 'a.ekko.ipc.json', ipc: true },
  )
  expect(warnings.map(({ problem }) => problem)).toEqual([
    expect.stringContaining('"connect" is no member of the service'),
    expect.stringContaining('"then" is no member of the service'),
  ])
})

test('hostile names stay inside the code that is generated', async () => {
  const { files } = generate(
    {
      service: { name: 'a' },
      types: { Service: { id: 'number' }, Events: {}, AEvents: {} },
      methods: {
        service: {},
        Service: {},
        default: {},
        constructor: {},
        "x'); process.exit(7); ('": { description: '*/ process.exit(7)' },
        f: {
          parameters: [
            { name: 'class', type: 'Service' },
            { name: 'a b', required: false },
            { name: 'a b' },
          ],
        },
      },
      events: { __proto__x: {} },
    },
    { source: 'a.ekko.ipc.json', ipc: true },
  )
  const folder = projectFolder({})
  for (const [name, text] of files) writeFileSync(join(folder, name), text)
  expect(compiled(folder, ['a.d.ts', 'a.ipc.d.ts'])).toBe('')
  writeFileSync(
    join(folder, 'main.mjs'),
    "import service from './a.js'; console.log(typeof service.f)",
  )
  expect(await runNode(folder, ['main.mjs'])).toBe('function\n')
})

test('a module is made of nothing but a manifest, and one of --out and --ipc is given', async () => {
  const document = 'test/codegen/documents/open-rpc-examples-petstore.openrpc.json'
  expect(await gen(document, '--ipc', 'gen/')).toBe(2)
  expect(await gen(manifest('notes-service'), '--ipc', 'ipc.d.ts', '--out', 'x.ts')).toBe(2)
})
