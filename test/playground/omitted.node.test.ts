import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'bothways/client'
import { Hub } from 'bothways/hub'
import { launchToken, serve } from 'bothways/hub/node'
import { expect, onTestFinished, test } from 'vitest'
import { servePlayground } from '../../src/cli/playground-server.js'
import { useBrowser, visit } from './visit.js'

useBrowser()

/** A hub whose messages have room for little, with the playground. */
async function smallHub() {
  const { token, authenticate } = launchToken()
  const http = createServer(servePlayground('dist/playground'))
  const server = await serve(new Hub({ authenticate, limits: { message: 4_096 } }), {
    server: http,
    port: 0,
  })
  onTestFinished(async () => {
    await server.close()
    http.closeAllConnections()
    if (http.listening) await once(http.close(), 'close')
  })
  return { url: server.url, token, page: `http://127.0.0.1:${server.port}/#t=${token}` }
}

test('what one message of the hub has no room for is told as a number', async () => {
  const { url, token, page: address } = await smallHub()
  const enter = async (name: string) => {
    const member = await join(url, { name, token })
    onTestFinished(() => member.leave())
    return member
  }
  const provider = await enter('provider')
  const methods = [{ name: 'read', params: [], summary: 'x'.repeat(1_200) }]
  for (const service of ['one', 'two', 'three']) {
    const description = { openrpc: '1.3.2', info: { title: service, version: '1' }, methods }
    await provider.peer.request('hub.provide', { service, version: '1', description })
  }
  for (let n = 0; n < 40; n++) await enter(`member ${n} ${'x'.repeat(40)}`)
  const { page } = await visit(address)
  const more = await page.getByTestId('peers-omitted').textContent()
  expect(more).toMatch(/^and \d+ more peers$/)
  const shown = await page.locator('[data-testid=member][data-status=here]').count()
  const omitted = Number(/\d+/.exec(more ?? '')?.[0])
  // The hub, the provider, this page and the forty.
  expect(shown + omitted).toBe(43)
  expect(await page.locator('.place-peers .count').textContent()).toBe('43')
  expect(await page.getByTestId('services-omitted').textContent()).toBe('and 1 more service')
  expect(await page.getByTestId('method').count()).toBe(2)
})
