import { EventEmitter, once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { errorCodes } from 'bothways'
import { join, type Membership } from 'bothways/client'
import { expect, onTestFinished, test } from 'vitest'
import { Files, workspaceErrors } from '../../examples/workspace/files.js'
import { search } from '../../examples/workspace/search.js'
import { workspace } from '../../examples/workspace/workspace.contract.gen.js'
import { type Dev, heldFiles, startDev } from './dev.js'

async function editor({ hub, token }: Dev): Promise<Membership> {
  const member = await join(hub, { name: 'editor', token })
  onTestFinished(() => member.leave())
  await member.waitFor('workspace')
  return member
}

const quiet = { confirm: () => false, 'file.changed': () => {} }

test('the demo extension lists and reads real files', async () => {
  const dev = await startDev()
  await mkdir(joinPath(dev.folder, 'notes'))
  await writeFile(joinPath(dev.folder, 'notes', 'a.md'), 'one\ntwo TODO\n')
  const files = (await editor(dev)).service(workspace, quiet)
  expect(await files.list()).toEqual([{ name: 'notes', kind: 'folder' }])
  expect(await files.list({ path: 'notes' })).toEqual([{ name: 'a.md', kind: 'file', bytes: 13 }])
  expect(await files.read({ path: 'notes/a.md' })).toEqual({
    path: 'notes/a.md',
    text: 'one\ntwo TODO\n',
  })
})

test('a search yields each match, tells how far it is, and ends with how much it searched', async () => {
  const notes = { 'a.md': 'TODO one', 'b/c.md': 'two\n  TODO three\n', 'd.md': 'nothing' }
  const dev = await startDev({ files: { ...notes, 'node_modules/e.md': 'TODO four' } })
  await writeFile(joinPath(dev.folder, 'bytes'), new Uint8Array([0xff, 0xfe]))
  const files = (await editor(dev)).service(workspace, quiet)
  const progress: unknown[] = []
  const onProgress = (value: unknown) => progress.push(value)
  const search = files.search({ text: 'TODO' }, { onProgress })
  const found: unknown[] = []
  for await (const match of search) found.push(match)
  expect(found).toEqual([
    { path: 'a.md', line: 1, text: 'TODO one' },
    { path: 'b/c.md', line: 2, text: 'TODO three' },
  ])
  expect(await search.result).toEqual({ files: 3, matches: 2 })
  expect(progress).toEqual([0, 1, 2, 3, 4].map((done) => ({ done, total: 4 })))
})

test('leaving a search ends it in the extension: no file is read any more', async () => {
  const dev = await startDev({ files: heldFiles(), notesReads: true })
  const files = (await editor(dev)).service(workspace, quiet)
  for await (const { path } of files.search({ text: 'TODO' })) {
    expect(path).toBe('first.md')
    break
  }
  // What is answered after it was left, is answered after the extension was told.
  await files.list({})
  dev.release()
  expect(await files.search({ text: 'TODO' }).result).toEqual({ files: 22, matches: 1 })
  expect(await dev.reads()).toBeLessThanOrEqual(2 + 22)
})

test('a search that is cancelled where it finds nothing ends between two files', async () => {
  const folder = await mkdtemp(joinPath(tmpdir(), 'bothways-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const name of ['a', 'b', 'c']) await writeFile(joinPath(folder, name), 'nothing')
  const cancel = new AbortController()
  const told: unknown[] = []
  const progress = (value: { done: number }) => {
    told.push(value)
    if (value.done === 1) cancel.abort()
  }
  const found = search(await Files.open(folder), 'TODO', { signal: cancel.signal, progress })
  await expect(found.next()).rejects.toHaveProperty('name', 'AbortError')
  expect(told).toEqual([0, 1].map((done) => ({ done, total: 3 })))
})

test('a write asks the editor that called it, and is seen by everybody who uses the service', async () => {
  const dev = await startDev()
  const member = await editor(dev)
  const answers = [true, false]
  const questions: string[] = []
  const changed = new Promise((resolve) => {
    const files = member.service(workspace, {
      confirm: ({ question }) => {
        questions.push(question)
        return answers.shift() ?? false
      },
      'file.changed': resolve,
    })
    void files
      .write({ path: 'new/hello.md', text: 'Hello\n' })
      .then((written) => expect(written).toBe(true))
      .then(() => files.write({ path: 'new/no.md', text: 'No' }))
      .then((written) => expect(written).toBe(false))
  })
  expect(await changed).toEqual({ path: 'new/hello.md', change: 'written' })
  expect(await readFile(joinPath(dev.folder, 'new', 'hello.md'), 'utf8')).toBe('Hello\n')
  expect(questions[0]).toBe('Write 6 characters to new/hello.md?')
})

test('a write that is cancelled while its question is open takes it back, and writes nothing', async () => {
  const dev = await startDev()
  const member = await editor(dev)
  const cancel = new AbortController()
  const files = member.service(workspace, {
    ...quiet,
    confirm: async (_question, { signal }) => {
      if (cancel.signal.aborted) return true
      const takenBack = once(signal, 'abort')
      cancel.abort()
      await takenBack
      return true
    },
  })
  const cancelled = files.write({ path: 'cancelled.md', text: 'a' }, { signal: cancel.signal })
  await expect(cancelled).rejects.toHaveProperty('name', 'AbortError')
  expect(await files.write({ path: 'wanted.md', text: 'b' })).toBe(true)
  expect(await readdir(dev.folder)).toEqual(['wanted.md'])
})

test('a write whose caller has gone before the file is touched leaves no file and no folder', async () => {
  const folder = await mkdtemp(joinPath(tmpdir(), 'bothways-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const files = await Files.open(folder)
  const late = files.write('new/late.md', 'a', AbortSignal.abort())
  await expect(late).rejects.toHaveProperty('name', 'AbortError')
  expect(await readdir(folder)).toEqual([])
})

test('a change made outside is told as it happens', async () => {
  const dev = await startDev()
  const member = await editor(dev)
  const happened = new EventEmitter()
  const tell = (change: unknown) => void happened.emit('changed', change)
  const files = member.service(workspace, { ...quiet, 'file.changed': tell })
  // Once a call is answered, the hub knows that this member uses the service, and the extension watches its folder.
  await files.list()
  const changed = once(happened, 'changed')
  await writeFile(joinPath(dev.folder, 'outside.txt'), 'x')
  expect(await changed).toEqual([{ path: 'outside.txt', change: 'written' }])
})

test('what is outside the workspace, unreadable, missing or no text is refused in words', async () => {
  const dev = await startDev()
  await symlink('/etc', joinPath(dev.folder, 'link'))
  await writeFile(joinPath(dev.folder, 'bytes'), new Uint8Array([0xff, 0xfe]))
  await writeFile(joinPath(dev.folder, 'large'), 'x'.repeat(600_000))
  const files = (await editor(dev)).service(workspace, { ...quiet, confirm: () => true })
  const outside = {
    code: workspaceErrors.outside,
    message: expect.stringContaining('is outside the workspace'),
  }
  await expect(files.read({ path: '../secret' })).rejects.toMatchObject(outside)
  await expect(files.read({ path: '/etc/passwd' })).rejects.toMatchObject(outside)
  await expect(files.read({ path: 'link/passwd' })).rejects.toMatchObject(outside)
  await expect(files.write({ path: 'link/new', text: 'x' })).rejects.toMatchObject(outside)
  await expect(files.read({ path: 'nothing' })).rejects.toMatchObject({
    code: workspaceErrors.missing,
    message: 'nothing does not exist',
  })
  await expect(files.read({ path: 'bytes' })).rejects.toMatchObject({
    code: workspaceErrors.notText,
  })
  await expect(files.read({ path: 'large' })).rejects.toMatchObject({
    code: workspaceErrors.tooLarge,
  })
  await expect(files.read({ path: '' })).rejects.toMatchObject({ code: errorCodes.invalidParams })
  await mkdir(joinPath(dev.folder, 'folder'))
  await expect(files.read({ path: 'folder' })).rejects.toMatchObject({
    code: workspaceErrors.unreadable,
    message: 'folder is a folder, not a file',
  })
})

test('when the extension is killed, a call to it rejects with calleeLost', async () => {
  const dev = await startDev()
  const member = await editor(dev)
  const files = member.service(workspace, {
    ...quiet,
    confirm: () => {
      process.kill(dev.extension, 'SIGKILL')
      return new Promise(() => {})
    },
  })
  const lost = files.write({ path: 'a', text: 'b' })
  await expect(lost).rejects.toMatchObject({ code: errorCodes.calleeLost, delivery: 'unknown' })
})
