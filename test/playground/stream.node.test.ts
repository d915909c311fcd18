import { join } from 'bothways/client'
import { expect, onTestFinished, test } from 'vitest'
import { heldFiles, startDev } from '../cli/dev.js'
import { provideLab } from './lab.js'
import { overflow, ready, rowsOf, useBrowser, type Visit, violations, visit } from './visit.js'

useBrowser()

async function open({ page }: Visit, method: string, params: object) {
  await page.locator(`[data-testid=method][data-method="${method}"]`).click()
  await page.getByTestId('tab-json').click()
  await page.getByTestId('composer-json').fill(JSON.stringify(params))
}

async function visitLab() {
  const dev = await startDev()
  const visitor = await visit(dev.page)
  await ready(visitor)
  const lab = await provideLab(dev)
  const { page } = visitor
  await page.locator('[data-testid=method][data-method="lab.count"]').waitFor()
  return { lab, visitor, page, result: (status: string) => resultOf(visitor, status) }
}

function resultOf({ page }: Visit, status: string) {
  return page.locator(`[data-testid=result][data-status=${status}]`)
}

const notes = { 'a.md': 'TODO one\n', 'b.md': 'nothing\n  TODO two\n' }

test('a search shows each match, how far it is, and what it returned', async () => {
  const dev = await startDev({ files: notes })
  const visitor = await visit(dev.page)
  const { page, faults } = visitor
  await ready(visitor)
  await open(visitor, 'workspace.search', { text: 'TODO' })
  expect(await page.getByTestId('signature').textContent()).toBe(
    'workspace.search(text) → stream of Match, then Searched',
  )
  await page.getByTestId('call').click()
  await resultOf(visitor, 'ok').waitFor()
  expect(await page.getByTestId('item').allTextContents()).toEqual([
    '1{"path":"a.md","line":1,"text":"TODO one"}',
    '2{"path":"b.md","line":2,"text":"TODO two"}',
  ])
  expect(await page.getByTestId('progress').textContent()).toBe('2 of 2')
  expect(await page.getByTestId('returned').textContent()).toContain('"matches": 2')
  expect(await violations(visitor)).toEqual([])
  expect(faults).toEqual([])
})

test('in the timeline a stream is a stream, its items are one row, and credit is none', async () => {
  const dev = await startDev({ files: notes })
  const visitor = await visit(dev.page)
  const { page } = visitor
  await ready(visitor)
  await open(visitor, 'workspace.search', { text: 'TODO' })
  await page.getByTestId('call').click()
  await resultOf(visitor, 'ok').waitFor()
  const rows = page.locator('[data-testid=timeline-row][data-method="workspace.search"]')
  await rows.nth(3).waitFor()
  expect(await rowsOf(visitor, 'workspace.search')).toEqual([
    'out stream ok depth 0',
    'in progress told depth 1',
    'in items told depth 1',
    'in response ok depth 0',
  ])
  for (const method of ['rpc.stream', 'rpc.output', 'rpc.window', '$/progress'])
    expect(await rowsOf(visitor, method)).toEqual([])
  await page.locator('[data-testid=timeline-row][data-kind=items]').click()
  expect(await page.getByTestId('details').textContent()).toContain('"text": "TODO two"')
  await page.getByTestId('tab-params').click()
  expect(await page.getByTestId('details').textContent()).toContain('"text": "TODO"')
})

test('in the timeline a stream to this page is one as well, and what it streams is one row', async () => {
  const { page, visitor, result } = await visitLab()
  await open(visitor, 'lab.gather', [])
  await page.getByTestId('call').click()
  const items = page.locator('[data-testid=timeline-row][data-kind=items]')
  await items.getByText('3 items').waitFor()
  expect(await page.getByTestId('inbox-item').getAttribute('data-method')).toBe('lab.feed')
  await page.getByTestId('inbox-yes').click()
  await result('ok').waitFor()
  expect(await rowsOf(visitor, 'lab.feed')).toEqual([
    'in stream ok depth 1',
    'in items told depth 2',
    'out response ok depth 1',
  ])
  expect(await rowsOf(visitor, 'rpc.input')).toEqual([])
  await items.click()
  expect(await page.getByTestId('details').textContent()).toMatch(/\s3\s+\]/)
})

test('Stop ends the search in the extension: no file is read any more', async () => {
  const { dev, visitor, page } = await visitHeldSearch()
  await page.getByTestId('stop').click()
  await resultOf(visitor, 'cancelled').waitFor()
  expect(await rowsOf(visitor, '$/cancelRequest')).toEqual(['out notification told depth 0'])
  expect((await rowsOf(visitor, 'workspace.search'))[0]).toBe('out stream cancelled depth 0')
  // What is answered after Stop, is answered after the extension was told.
  await open(visitor, 'workspace.list', {})
  await page.getByTestId('call').click()
  await resultOf(visitor, 'ok').waitFor()
  dev.release()
  await open(visitor, 'workspace.search', { text: 'TODO' })
  await page.getByTestId('call').click()
  await page.getByTestId('returned').getByText('"files": 22').waitFor()
  expect(await dev.reads()).toBeLessThanOrEqual(2 + 22)
})

test('closing the page ends its search in the extension: no file is read any more', async () => {
  const { dev, page } = await visitHeldSearch()
  const editor = await join(dev.hub, { name: 'editor', token: dev.token })
  onTestFinished(() => editor.leave())
  const alone = new Promise<void>((resolve) => {
    void editor.watchMembers((members) => {
      if (!members.some(({ name }) => name === 'playground')) resolve()
    })
  })
  await page.close()
  await alone
  // What is answered after the page has gone, is answered after the extension was told.
  await editor.peer.request('workspace.list', {})
  dev.release()
  const { result } = editor.peer.stream('workspace.search', { text: 'TODO' })
  expect(await result).toEqual({ files: 22, matches: 1 })
  expect(await dev.reads()).toBeLessThanOrEqual(2 + 22)
})

/** A page whose search found something, and waits at a file. */
async function visitHeldSearch() {
  const dev = await startDev({ files: heldFiles(), notesReads: true })
  const visitor = await visit(dev.page)
  const { page } = visitor
  await ready(visitor)
  await open(visitor, 'workspace.search', { text: 'TODO' })
  await page.getByTestId('call').click()
  await page.getByTestId('item').waitFor()
  return { dev, visitor, page }
}

test('a stream that waits is stopped at both ends, and what it brought stays', async () => {
  const { lab, page, visitor, result } = await visitLab()
  await open(visitor, 'lab.hold', [])
  await page.getByTestId('call').click()
  await page.getByTestId('item').waitFor()
  await Promise.all([lab.left(), page.getByTestId('stop').click()])
  expect(await result('cancelled').textContent()).toContain('⊘ stopped')
  expect(await page.getByTestId('item').textContent()).toBe('11')
})

test('closing the page ends the stream that it reads, at its producer', async () => {
  const { lab, page, visitor } = await visitLab()
  await open(visitor, 'lab.hold', [])
  await page.getByTestId('call').click()
  await page.getByTestId('item').waitFor()
  await Promise.all([lab.left(), page.close()])
})

test('a hundred thousand items are counted as they come, and the newest two hundred are shown', async () => {
  const { page, visitor, result } = await visitLab()
  await open(visitor, 'lab.count', { to: 100_000 })
  await page.evaluate(noteCounts)
  await page.getByTestId('call').click()
  await result('ok').waitFor()
  await page.getByText('This page calls it without any.').waitFor()
  expect(await page.getByTestId('items').getAttribute('data-count')).toBe('100000')
  const items = page.getByTestId('item')
  expect(await items.count()).toBe(200)
  expect(await items.first().textContent()).toBe('9980199800')
  expect(await page.getByTestId('returned').textContent()).toContain('"counted"')
  // A page that stood still meanwhile would show the end at once.
  const counts = await page.evaluate<number[]>('globalThis.counts')
  expect(counts.filter((count) => count > 0 && count < 100_000).length).toBeGreaterThan(5)
  const row = page.locator('[data-testid=timeline-row][data-kind=items]')
  expect(await row.textContent()).toContain('100,000 items')
})

/** Keeps every count of items that the page shows. */
function noteCounts(): void {
  const counts = new Set<number>()
  new MutationObserver(() => {
    const items = document.querySelector<HTMLElement>('[data-testid=items]')
    counts.add(Number(items?.dataset['count'] ?? 0))
    Reflect.set(globalThis, 'counts', [...counts])
  }).observe(document.body, { subtree: true, childList: true, attributes: true })
}

test('a stream that fails keeps what it brought above its error', async () => {
  const { page, visitor, result } = await visitLab()
  await open(visitor, 'lab.count', { to: 3, fails: true })
  await page.getByTestId('call').click()
  await result('error').waitFor()
  expect(await page.getByTestId('item').count()).toBe(3)
  expect(await page.getByTestId('error-message').textContent()).toBe('out of numbers')
})

test('progress is a bar where it tells a share, words otherwise, and of requests as well', async () => {
  const { lab, page, visitor, result } = await visitLab()
  await open(visitor, 'lab.work', [])
  await page.getByTestId('call').click()
  await page.getByText('1 of 4').first().waitFor()
  const bar = page.getByTestId('progress').locator('progress')
  expect(await bar.evaluate((element) => (element as HTMLProgressElement).position)).toBe(0.25)
  lab.step()
  await page.getByTestId('progress').getByText('packing').waitFor()
  expect(await bar.count()).toBe(0)
  lab.step()
  await result('ok').waitFor()
  await page.locator('[data-testid=timeline-row][data-kind=progress]').waitFor()
  expect(await rowsOf(visitor, 'lab.work')).toContain('in progress told depth 1')
})

test('on a phone a stream fits, and is stopped by a touch', async () => {
  const dev = await startDev({ files: { 'a.md': `TODO ${'x'.repeat(400)}` } })
  const visitor = await visit(dev.page, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    colorScheme: 'dark',
    reducedMotion: 'reduce',
  })
  const { page, faults } = visitor
  await page.locator('[data-testid=call]:enabled').waitFor()
  await provideLab(dev)
  await page.getByTestId('place-methods').tap()
  await open(visitor, 'workspace.search', { text: 'TODO' })
  await page.getByTestId('call').tap()
  await resultOf(visitor, 'ok').waitFor()
  expect(await page.evaluate(overflow)).toBe(0)
  expect(await violations(visitor)).toEqual([])
  await page.getByTestId('place-methods').tap()
  await open(visitor, 'lab.hold', [])
  await page.getByTestId('call').tap()
  await page.getByTestId('item').waitFor()
  expect(await violations(visitor)).toEqual([])
  await page.getByTestId('stop').tap()
  await resultOf(visitor, 'cancelled').waitFor()
  expect(faults).toEqual([])
})
