import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startDev, stopProcess } from '../cli/dev.js'
import { ready, rowsOf, useBrowser, visit } from './visit.js'

useBrowser()

test('the page calls the extension, which calls it back while the call is open', async () => {
  const dev = await startDev()
  const visitor = await visit(dev.page)
  const { page, faults } = visitor
  await ready(visitor)
  expect(new URL(page.url()).hash).toBe('')
  // The focus is on Call: what comes first takes one key.
  await page.locator('[data-testid=call]:focus').waitFor()
  await page.keyboard.press('Enter')
  const question = page.locator('[data-testid=inbox-item][data-method="workspace.confirm"]')
  expect(await question.textContent()).toContain('workspace extension asks')
  await page.getByTestId('inbox-yes').click()
  const result = page.locator('[data-testid=result][data-status=ok]')
  expect(await result.textContent()).toMatch(/workspace\.write\d.* · 4 Btrue$/)
  expect(await readFile(join(dev.folder, 'notes/hello.md'), 'utf8')).toBe(
    'Hello from the playground\n',
  )
  await page
    .locator('[data-testid=timeline-row][data-method="workspace.write"][data-kind=response]')
    .waitFor()
  expect(await rowsOf(visitor, 'workspace.write')).toEqual([
    'out request ok depth 0',
    'in response ok depth 0',
  ])
  expect(await rowsOf(visitor, 'workspace.confirm')).toEqual([
    'in request ok depth 1',
    'out response ok depth 1',
  ])
  await page.locator('[data-testid=timeline-row][data-method="workspace.file.changed"]').waitFor()
  expect(faults).toEqual([])
})

test('a row opens into what travelled, without the token', async () => {
  const dev = await startDev()
  const visitor = await visit(dev.page)
  const { page } = visitor
  await ready(visitor)
  await page.locator('[data-testid=timeline-row][data-method="rpc.hello"]').first().click()
  const details = page.getByTestId('details')
  await page.getByTestId('tab-raw').click()
  expect(await details.textContent()).toContain('"jsonrpc": "2.0"')
  expect(await page.content()).not.toContain(dev.token)
})

test('without the right token the page says what to do, and does it once it is given', async () => {
  const dev = await startDev()
  const { page } = await visit(dev.page.replace(dev.token, 'wrong'))
  await page.locator('[data-testid=connection-status][data-status=refused]').waitFor()
  const notice = await page.getByTestId('notice').textContent()
  expect(notice).toContain('The hub does not know this page')
  expect(notice).toContain('Open the address that npm start printed')
  // Only the part behind the # differs: the browser loads nothing anew.
  await page.goto(dev.page)
  await page.locator('[data-testid=connection-status][data-status=open]').waitFor()
  await page.getByTestId('call').waitFor()
})

const whatToDo =
  'Start its extension again (the demo: press Ctrl+C where npm start runs, and run it'

test('an extension that is killed is shown as gone, and its open call ends with calleeLost', async () => {
  const dev = await startDev()
  const visitor = await visit(dev.page)
  const { page } = visitor
  await ready(visitor)
  await page.getByTestId('call').click()
  await page.getByTestId('inbox-item').waitFor()
  process.kill(dev.extension, 'SIGKILL')
  await page.locator('[data-testid=result][data-status=error]').waitFor()
  expect(await page.getByTestId('error-code').textContent()).toBe('-32053')
  expect(await page.getByTestId('error-reason').textContent()).toContain('calleeLost')
  await page
    .locator('[data-testid=member][data-name="workspace extension"][data-status=left]')
    .waitFor()
  expect(await page.getByTestId('service-gone').textContent()).toContain(whatToDo)
  expect(await page.getByTestId('error-hint').textContent()).toContain(whatToDo)
  await page.locator('[data-testid=inbox-settled][data-how=withdrawn]').waitFor()
  expect(await page.getByTestId('inbox-item').count()).toBe(0)
  await page.getByTestId('call').click()
  await page.getByTestId('error-message').getByText('no instance of "workspace"').waitFor()
  expect(await page.getByTestId('error-hint').textContent()).toContain(whatToDo)
})

test('a hub that ends is shown with the code of the close, and can be dialled again', async () => {
  const dev = await startDev()
  const visitor = await visit(dev.page)
  const { page } = visitor
  await ready(visitor)
  await stopProcess(dev.process)
  await page.locator('[data-testid=connection-status][data-status=closed]').waitFor()
  expect(await page.getByTestId('notice').textContent()).toContain('4001, the hub is closing')
  expect(await page.getByTestId('call').isDisabled()).toBe(true)
  await page.getByTestId('reconnect').click()
  await page.getByText('1006').waitFor()
})
