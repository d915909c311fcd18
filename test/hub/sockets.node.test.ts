import { errorCodes } from 'bothways'
import { greetHub, join } from 'bothways/client'
import { Hub } from 'bothways/hub'
import { launchToken, type ServeSocketOptions, serve, serveSocket } from 'bothways/hub/node'
import { connectSocket, type SocketAddress } from 'bothways/node'
import { expect, onTestFinished, test } from 'vitest'
import { certificates, freePath, open } from '../support/sockets.node.js'
import { fileHandlers, files, fileUser, hanging } from './support.js'

async function start(hub: Hub, options: ServeSocketOptions) {
  const server = await serveSocket(hub, options)
  onTestFinished(() => server.close())
  return server
}

async function enter(address: SocketAddress, name: string, token?: string) {
  const auth = token === undefined ? {} : { auth: { token } }
  return greetHub(await connectSocket(address, { hello: { say: () => ({ name, ...auth }) } }))
}

test('a member behind a unix socket provides for one behind a WebSocket, and knows who calls', async () => {
  const { token, authenticate } = launchToken()
  const hub = new Hub({ authenticate })
  const path = freePath()
  await start(hub, { path })
  const { url } = await serve(hub)
  const extension = await enter({ path }, 'extension', token)
  await extension.provide(files, {
    ...fileHandlers,
    read: (_params, { meta }) => `for ${meta.from?.name}`,
  })
  const page = await join(url, { token, name: 'page' })
  expect(await page.service(files, fileUser).read({ path: 'a' })).toBe('for page')
})

test.each([
  ['TCP', {}, (port: number) => ({ port })],
  ['TLS', { tls: certificates.server }, (port: number) => ({ port, tls: { ca: certificates.ca } })],
])(
  'a hub is joined over %s, and a member that is gone is calleeLost',
  async (_kind, options, at) => {
    const { token, authenticate } = launchToken()
    const { port } = await start(new Hub({ authenticate }), options)
    const [extension, page] = [
      await enter(at(port), 'extension', token),
      await enter(at(port), 'page', token),
    ]
    const { hang, called } = hanging()
    await extension.provide(files, { ...fileHandlers, hang })
    const call = page.service(files, fileUser).hang()
    await called
    void extension.peer.close()
    await expect(call).rejects.toMatchObject({ code: errorCodes.calleeLost, delivery: 'unknown' })
  },
)

test('who shows the wrong token is told so, and who asks before rpc.hello hears nothing else', async () => {
  const { authenticate } = launchToken()
  const path = freePath()
  await start(new Hub({ authenticate }), { path })
  await expect(enter({ path }, 'page', 'guess')).rejects.toMatchObject({
    code: errorCodes.unauthenticated,
  })
  const socket = await open({ path })
  let heard = ''
  socket.on('data', (chunk) => (heard += chunk))
  socket.write('{"jsonrpc":"2.0","id":1,"method":"hub.watch"}\n')
  await new Promise((resolve) => socket.once('close', resolve))
  expect(heard.match(/"code":-?\d+/g)).toEqual([`"code":${errorCodes.unauthenticated}`])
})

test('a hub that asks nobody who it is takes in its own user alone', async () => {
  const path = freePath()
  await start(new Hub(), { path })
  expect((await enter({ path }, 'page')).peer.state).toBe('open')
  for (const place of [{ host: '0.0.0.0' }, { path: '\0bothways' }])
    await expect(serveSocket(new Hub(), place)).rejects.toMatchObject({
      code: errorCodes.forbidden,
      hint: expect.stringContaining('authenticate'),
    })
})
