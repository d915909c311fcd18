import { expect, test } from 'vitest'
import { startDev } from '../cli/dev.js'
import { overflow, ready, useBrowser, type Visit, violations, visit } from './visit.js'

useBrowser()

/** Goes through what a visitor sees, and looks at each view. */
async function look(visitor: Visit): Promise<string[]> {
  const { page } = visitor
  const found = await violations(visitor)
  await page.getByTestId('call').click()
  await page.getByTestId('inbox-item').waitFor()
  found.push(...(await violations(visitor)))
  await page.getByTestId('inbox-yes').click()
  await page.locator('[data-testid=result][data-status=ok]').waitFor()
  await page.locator('[data-testid=timeline-row][data-method="workspace.confirm"]').first().click()
  found.push(...(await violations(visitor)))
  await page.locator('[data-testid=method][data-method="workspace.read"]').click()
  await page.getByTestId('tab-json').click()
  await page.getByTestId('composer-json').fill('{ "path": "missing.md" }')
  await page.getByTestId('call').click()
  await page.locator('[data-testid=result][data-status=error]').waitFor()
  return [...found, ...(await violations(visitor))]
}

test.each(['light', 'dark'] as const)('axe finds nothing in the %s theme', async (colorScheme) => {
  const dev = await startDev()
  const visitor = await visit(dev.page, { colorScheme, reducedMotion: 'reduce' })
  await ready(visitor)
  expect(await look(visitor)).toEqual([])
  expect(visitor.faults).toEqual([])
})

test('axe finds nothing where the page is not let in', async () => {
  const dev = await startDev()
  const visitor = await visit(dev.page.replace(dev.token, 'wrong'))
  await visitor.page.getByTestId('notice').waitFor()
  expect(await violations(visitor)).toEqual([])
})

test('the theme is chosen in the page and kept', async () => {
  const dev = await startDev()
  const visitor = await visit(dev.page, { colorScheme: 'light' })
  const { page } = visitor
  await ready(visitor)
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const light = await background()
  await page.getByText('dark', { exact: true }).click()
  const dark = await background()
  expect(dark).not.toBe(light)
  await page.reload()
  await ready(visitor)
  expect(await background()).toBe(dark)
})

test('a button that is disabled does not answer the pointer', async () => {
  const dev = await startDev()
  const visitor = await visit(dev.page, { reducedMotion: 'reduce' })
  const { page } = visitor
  await ready(visitor)
  const call = page.getByTestId('call')
  const background = () => call.evaluate((button) => getComputedStyle(button).backgroundColor)
  await page.getByTestId('tab-json').click()
  await page.getByTestId('composer-json').fill('{')
  await page.locator('[data-testid=call]:disabled').waitFor()
  const disabled = await background()
  await call.hover({ force: true })
  expect(await call.evaluate((button) => button.matches(':hover'))).toBe(true)
  expect(await background()).toBe(disabled)
})

test('on a phone every part is there, a touch away, and nothing scrolls sideways', async () => {
  const dev = await startDev()
  const visitor = await visit(dev.page, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    reducedMotion: 'reduce',
  })
  const { page, faults } = visitor
  await page.locator('[data-testid=call]:enabled').waitFor()
  await page.getByTestId('call').tap()
  await page.getByTestId('go-to-inbox').tap()
  await page.getByTestId('inbox-yes').tap()
  for (const place of ['peers', 'methods', 'call', 'inbox', 'timeline']) {
    await page.getByTestId(`place-${place}`).tap()
    await page.locator(`[data-place=${place}]`).waitFor()
    expect(await page.evaluate(overflow)).toBe(0)
    expect(await violations(visitor)).toEqual([])
  }
  await page.locator('[data-testid=timeline-row][data-method="workspace.confirm"]').first().tap()
  await page.getByTestId('details-close').tap()
  await page.locator('[data-testid=details]').waitFor({ state: 'detached' })
  expect(faults).toEqual([])
})
