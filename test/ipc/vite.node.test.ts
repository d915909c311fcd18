import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCodes, type Peer } from 'bothways'
import { vite } from 'bothways/ipc/plugins'
import { listen } from 'bothways/node'
import { type Browser, chromium, type Page } from 'playwright'
import { build, createServer, type InlineConfig, preview } from 'vite'
import { afterAll, beforeAll, onTestFinished, test, vi } from 'vitest'
import { chromiumOptions } from '../chromium.js'
import { EkkoService, projectFolder, writeManifest } from './support.js'

// A bundler and a browser, on machines that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

let browser: Browser
beforeAll(async () => {
  browser = await chromium.launch(chromiumOptions)
})
afterAll(() => browser.close())

const script = `
import database, { getUserById } from 'ipc:database-service'
import notes from 'ipc:notes-service'
const show = (text) => document.body.append(text + ' ')
notes.subscribe('note-events', ({ title }, event) => show(event + '=' + title))
database.subscribe('user.created', ({ id }) => show('created=' + id))
show((await getUserById(123)).name)
show((await notes.getNote(1)).title)
show('ready')
`

/** A page that uses a service of each protocol, both over WebSockets. */
async function project() {
  const database = await EkkoService.start({ webSocket: true })
  let reached: (peer: Peer) => void
  const peer = new Promise<Peer>((resolve) => (reached = resolve))
  const server = await listen({ port: 0 }, (own) => {
    own.handle('getNote', ([id]: [number]) => ({ id, title: 'Shopping' }))
    reached(own)
  })
  onTestFinished(() => server.close())
  const folder = projectFolder({
    'database-service': {
      type: 'websocket',
      address: `ws://127.0.0.1:${database.port}`,
      protocol: 'ekko',
    },
    'notes-service': { type: 'websocket', address: server.url },
  })
  writeFileSync(join(folder, 'index.html'), '<body><script type="module" src="/main.js"></script>')
  writeFileSync(join(folder, 'main.js'), script)
  return { folder, database, server, peer }
}

const config = (root: string): InlineConfig => ({
  root,
  configFile: false,
  logLevel: 'error',
  plugins: [vite()],
  server: { host: '127.0.0.1', port: 0 },
  preview: { host: '127.0.0.1', port: 0 },
})

async function visit(url: string | undefined): Promise<Page> {
  const page = await browser.newPage()
  onTestFinished(() => page.close())
  await page.goto(url ?? 'about:blank')
  return page
}

const shown = (page: Page, text: string) => page.getByText(text).waitFor()

async function use(page: Page, { database, peer }: Awaited<ReturnType<typeof project>>) {
  await shown(page, 'Ada Shopping ready')
  await database.received('subscribe')
  database.publish('user.created', { id: 7 })
  await shown(page, 'created=7')
  const told = await peer
  told.notify('note.created', { title: 'Milk' })
  await shown(page, 'note.created=Milk')
}

test('Vite serves a page that calls and hears services, and follows their manifests', async () => {
  const made = await project()
  const server = await createServer(config(made.folder))
  onTestFinished(() => server.close())
  await server.listen()
  const page = await visit(server.resolvedUrls?.local[0])
  await use(page, made)
  const again = await EkkoService.start({ webSocket: true })
  const reloaded = page.waitForEvent('load')
  writeManifest(made.folder, 'database-service', {
    type: 'ws',
    address: '127.0.0.1',
    port: again.port,
    protocol: 'ekko',
  })
  await reloaded
  await again.received('request')
  await shown(page, 'Ada Shopping ready')
})

test('Vite builds a page that calls and hears services', async () => {
  const made = await project()
  await build(config(made.folder))
  const server = await preview(config(made.folder))
  onTestFinished(() => server.close())
  await use(await visit(server.resolvedUrls?.local[0]), made)
})

test('a page is told that it cannot reach a pipe, and what to do', async () => {
  const { folder } = await project()
  writeManifest(folder, 'database-service', { type: 'namedpipe', address: 'db' })
  writeFileSync(
    join(folder, 'main.js'),
    `import { getUserById } from 'ipc:database-service'
    getUserById(1).catch(({ code, message, hint }) => document.body.append(code + ' ' + message + ': ' + hint))`,
  )
  await build(config(folder))
  const server = await preview(config(folder))
  onTestFinished(() => server.close())
  const page = await visit(server.resolvedUrls?.local[0])
  await shown(
    page,
    `${errorCodes.unavailable} the service listens on a named pipe, which a page cannot reach: let it listen on a WebSocket`,
  )
})
