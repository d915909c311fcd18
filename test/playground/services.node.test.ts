import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { startDev } from '../cli/dev.js'
import { provideLab } from './lab.js'
import { ready, rowsOf, useBrowser, violations, visit } from './visit.js'

useBrowser()

async function visitLab() {
  const dev = await startDev()
  const visitor = await visit(dev.page)
  await ready(visitor)
  const lab = await provideLab(dev)
  await visitor.page.locator('[data-testid=method][data-method="lab.echo"]').waitFor()
  return { lab, visitor, page: visitor.page, faults: visitor.faults }
}

async function open(page: Page, method: string) {
  await page.locator(`[data-testid=method][data-method="${method}"]`).click()
}

test('a service that joins later is listed with its schemas', async () => {
  const { page } = await visitLab()
  await open(page, 'lab.echo')
  expect(await page.getByTestId('signature').textContent()).toBe(
    'lab.echo(word, times, ratio?, loud?, colour?, point) → any',
  )
  const served = page.locator('[data-testid=method][data-side=client][data-method^="lab."]')
  expect(await served.allTextContents()).toHaveLength(3)
})

test('form and JSON are two views of the same params', async () => {
  const { page, faults } = await visitLab()
  await open(page, 'lab.echo')
  await page.getByLabel('word', { exact: true }).fill('hey')
  await page.getByLabel('times').fill('3')
  await page.getByLabel('loud').selectOption('true')
  await page.getByLabel('colour').selectOption('green')
  await page.getByLabel('point').fill('{ "x": 1, "y": 2 }')
  await page.getByTestId('tab-json').click()
  const json = page.getByTestId('composer-json')
  expect(JSON.parse(await json.inputValue())).toEqual({
    word: 'hey',
    times: 3,
    loud: true,
    colour: 'green',
    point: { x: 1, y: 2 },
  })
  await json.fill('{ "word": "ho", "times": 2, "ratio": 0.5 }')
  await page.getByTestId('tab-form').click()
  expect(await page.getByLabel('ratio').inputValue()).toBe('0.5')
  expect(await page.getByLabel('loud').inputValue()).toBe('')
  await page.keyboard.press('Control+Enter')
  const result = page.locator('[data-testid=result][data-status=ok]')
  expect(await result.textContent()).toContain('"word": "ho"')
  expect(faults).toEqual([])
})

test('a field whose value the schema forbids is marked, and says why', async () => {
  const { page, visitor } = await visitLab()
  await open(page, 'lab.echo')
  const fault = (param: string) =>
    page.locator(`[data-testid=field][data-param=${param}] [data-testid=field-fault]`)
  expect(await page.getByTestId('field-fault').count()).toBe(0)
  await page.getByLabel('times').fill('0')
  expect(await fault('times').textContent()).toBe('times must be at least 1')
  const times = page.getByLabel('times')
  expect(await times.getAttribute('aria-invalid')).toBe('true')
  expect(await times.getAttribute('aria-describedby')).toContain(
    await fault('times').getAttribute('id'),
  )
  await times.fill('')
  expect(await fault('times').textContent()).toBe('times is required')
  await page.getByLabel('point').fill('{ "y": 2.5 }')
  expect(await fault('point').textContent()).toBe('point must have "x"')
  expect(await violations(visitor)).toEqual([])
  await times.fill('1')
  await page.getByLabel('point').fill('{ "x": 2 }')
  expect(await page.getByTestId('field-fault').count()).toBe(0)
})

test('JSON that is not whole says why and cannot be called', async () => {
  const { page } = await visitLab()
  await open(page, 'lab.echo')
  await page.getByTestId('tab-json').click()
  await page.getByTestId('composer-json').fill('{ "word": ')
  await page.getByTestId('composer-fault').waitFor()
  expect(await page.getByTestId('call').isDisabled()).toBe(true)
})

test('params that do not fit are answered with code, name and the place of the fault', async () => {
  const { page } = await visitLab()
  await open(page, 'lab.greet')
  await page.getByTestId('tab-json').click()
  await page.getByTestId('composer-json').fill('{ "name": 42 }')
  await page.getByTestId('call').click()
  const result = page.locator('[data-testid=result][data-status=error]')
  const text = await result.textContent()
  for (const part of ['-32602', 'invalidParams', 'params.name must be a string', '/name']) {
    expect(text).toContain(part)
  }
})

test('a request with another result than yes or no is answered as JSON', async () => {
  const { page } = await visitLab()
  await open(page, 'lab.ask')
  await page.getByTestId('call').click()
  expect(await page.getByTestId('inbox-item').textContent()).toContain('"coffee"')
  await page.getByTestId('inbox-json').fill('"tea"')
  await page.getByTestId('inbox-answer').click()
  const result = page.locator('[data-testid=result][data-status=ok]')
  expect(await result.textContent()).toContain('"tea"')
})

test('a request that is refused fails for whoever asked', async () => {
  const { page } = await visitLab()
  await open(page, 'lab.ask')
  await page.getByTestId('call').click()
  await page.getByTestId('inbox-refuse').click()
  await page.locator('[data-testid=result][data-status=error]').waitFor()
  expect(await page.getByTestId('error-message').textContent()).toContain('refused')
  await page.locator('[data-testid=inbox-settled][data-how=refused]').waitFor()
})

test('a request that its caller takes back leaves the inbox saying so', async () => {
  const { lab, page, visitor } = await visitLab()
  await open(page, 'lab.ask')
  await page.getByTestId('call').click()
  await page.getByTestId('inbox-item').waitFor()
  lab.withdraw()
  const withdrawn = page.locator('[data-testid=inbox-settled][data-how=withdrawn]')
  expect(await withdrawn.textContent()).toContain('cancelled by its caller')
  await page.locator('[data-testid=result][data-status=error]').waitFor()
  expect(await rowsOf(visitor, 'lab.choose')).toContain('in request cancelled depth 1')
})

test('a running call is cancelled at both ends', async () => {
  const { lab, page, visitor } = await visitLab()
  await open(page, 'lab.hang')
  const [signal] = await Promise.all([lab.hung(), page.getByTestId('call').click()])
  const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve))
  await page.getByTestId('cancel').click()
  await aborted
  await page.locator('[data-testid=result][data-status=cancelled]').waitFor()
  await page
    .locator('[data-testid=timeline-row][data-method="lab.hang"][data-status=cancelled]')
    .waitFor()
  expect(await rowsOf(visitor, '$/cancelRequest')).toEqual(['out notification told depth 0'])
})

test('what is only told is told, and nothing is waited for', async () => {
  const { lab, page } = await visitLab()
  await open(page, 'lab.note')
  await Promise.all([lab.noted(), page.getByTestId('call').click()])
  await page.locator('[data-testid=result][data-status=told]').waitFor()
})
