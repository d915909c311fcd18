import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, onTestFinished, vi } from 'vitest'
import { chromiumOptions } from '../chromium.js'

let browser: Browser

/** Has one Chromium for the tests of a file. */
export function useBrowser(): void {
  // A browser and three processes start for each test, on machines that do other things, too.
  vi.setConfig({ testTimeout: 30_000 })
  beforeAll(async () => {
    browser = await chromium.launch(chromiumOptions)
  })
  afterAll(() => browser.close())
}

/** Somebody at the playground. */
export interface Visit {
  readonly page: Page
  /** What the console, the page and its content security policy complained about. */
  readonly faults: readonly string[]
}

/** Opens `address` in a browser of its own, which ends with the test. */
export async function visit(address: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const faults: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text())
  })
  page.on('pageerror', ({ message }) => faults.push(message))
  await page.exposeFunction('reportViolation', (what: string) => faults.push(what))
  await page.addInitScript(() =>
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      Reflect.get(globalThis, 'reportViolation')(`${violatedDirective}: ${blockedURI}`),
    ),
  )
  // As an init script it is there whatever the policy of the page says.
  await page.addInitScript({ content: axe.source })
  await page.goto(address)
  return { page, faults }
}

/** Waits until the workspace of the demo is there, and the first call is ready. */
export async function ready({ page }: Visit): Promise<void> {
  await page.locator('[data-testid=method][data-method="workspace.write"]').waitFor()
  await page.locator('[data-testid=call]:enabled').waitFor()
}

/** What axe finds wrong with what is shown now. */
export async function violations({ page }: Visit): Promise<string[]> {
  const { violations } = await page.evaluate(() =>
    (Reflect.get(globalThis, 'axe') as typeof axe).run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'],
    }),
  )
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

/** What the rows of `method` say of themselves, in their order. */
export async function rowsOf({ page }: Visit, method: string): Promise<string[]> {
  const rows = page.locator(`[data-testid=timeline-row][data-method="${method}"]`)
  return rows.evaluateAll((elements) =>
    elements.map((element) => {
      const { direction, kind, status, depth } = (element as HTMLElement).dataset
      return `${direction} ${kind} ${status} depth ${depth}`
    }),
  )
}

/** Pixels by which the page is wider than the screen; runs in the page. */
export function overflow(): number {
  const { scrollWidth, clientWidth } = document.documentElement
  return scrollWidth - clientWidth
}
