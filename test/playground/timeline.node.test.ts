import { expect, test } from 'vitest'
import { startDev } from '../cli/dev.js'
import { provideLab } from './lab.js'
import { ready, useBrowser, visit } from './visit.js'

useBrowser()

async function visitLab() {
  const dev = await startDev()
  const visitor = await visit(dev.page)
  await ready(visitor)
  const lab = await provideLab(dev)
  const { page } = visitor
  await page.locator('[data-testid=method][data-method="lab.echo"]').waitFor()
  return { lab, page, rows: page.getByTestId('timeline-row') }
}

test('the filter takes keys, stars, exclusions and text', async () => {
  const { page, rows } = await visitLab()
  await page.locator('[data-testid=method][data-method="lab.greet"]').click()
  await page.getByTestId('tab-json').click()
  await page.getByTestId('composer-json').fill('{ "name": 42 }')
  await page.keyboard.press('Control+Enter')
  await page.locator('[data-testid=result][data-status=error]').waitFor()
  const methods = async (query: string) => {
    await page.getByTestId('filter').fill(query)
    await page.getByText(/\d+ of \d+ messages/).waitFor()
    return rows.evaluateAll((elements) =>
      elements.map((element) => (element as HTMLElement).dataset['method']),
    )
  }
  expect(await methods('method:lab.*')).toEqual(['lab.greet', 'lab.greet'])
  expect(await methods('status:error dir:in')).toEqual(['lab.greet'])
  expect(await methods('kind:notification -dir:in method:hub.use')).toEqual(['hub.use', 'hub.use'])
  expect(await methods('must_not_be_there')).toEqual([])
  expect(await methods('"name":42')).toEqual(['lab.greet'])
})

test('a slash leads to the filter, arrow keys through the rows, Enter opens one', async () => {
  const { page, rows } = await visitLab()
  await page.keyboard.press('/')
  await page.locator('[data-testid=filter]:focus').waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.locator('[data-testid=timeline-row]:focus').waitFor()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  const method = await rows.nth(-2).getAttribute('data-method')
  expect(await page.getByTestId('details').textContent()).toContain(method)
  await page.keyboard.press('Escape')
  await page.getByTestId('details').waitFor({ state: 'detached' })
})

test('while it is paused nothing moves, and afterwards nothing is missing', async () => {
  const { lab, page, rows } = await visitLab()
  const ticks = page.locator('[data-testid=timeline-row][data-method="lab.tick"]')
  await page.getByTestId('pause').click()
  const before = await rows.count()
  lab.tick(1)
  await page.getByText('event ×1').waitFor()
  expect(await rows.count()).toBe(before)
  await page.getByTestId('pause').click()
  await ticks.waitFor()
  await page.getByTestId('clear').click()
  await rows.first().waitFor({ state: 'detached' })
})

test('the list follows what is newest until somebody scrolls up', async () => {
  const { lab, page } = await visitLab()
  const list = page.getByTestId('timeline-list')
  const last = (count: number) => page.getByText(`event ×${count}`).waitFor()
  for (let count = 1; count <= 40; count++) lab.tick(count)
  await last(40)
  const rows = page.locator('[data-testid=timeline-row][data-method="lab.tick"]')
  await rows.nth(39).waitFor()
  await page.waitForFunction(isAtEnd)
  await list.evaluate((element) => element.scrollTo(0, 0))
  await page.getByTestId('follow').waitFor()
  lab.tick(41)
  await rows.nth(40).waitFor()
  expect(await list.evaluate((element) => element.scrollTop)).toBe(0)
  await page.getByTestId('follow').click()
  await page.waitForFunction(isAtEnd)
})

function isAtEnd(): boolean {
  const list = document.querySelector('[data-testid=timeline-list]')
  return list !== null && list.scrollHeight - list.scrollTop - list.clientHeight < 8
}

test('two thousand rows are kept, and how many were dropped is said', async () => {
  const { lab, page, rows } = await visitLab()
  for (let count = 1; count <= 3_000; count++) {
    if (count % 500 === 0) await lab.flush()
    lab.tick(count)
  }
  await page.getByText('event ×3000').waitFor()
  await page.getByText(/^2000 messages · 1\d{3} dropped$/).waitFor()
  expect(await rows.count()).toBe(2_000)
})
