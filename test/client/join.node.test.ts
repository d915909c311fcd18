import { errorCodes } from 'bothways'
import { join } from 'bothways/client'
import { Hub } from 'bothways/hub'
import { launchToken, serve } from 'bothways/hub/node'
import { listen } from 'bothways/node'
import { expect, onTestFinished, test } from 'vitest'
import { bearer } from '../hub/bare.node.js'

async function startServer(hub: Hub) {
  const server = await serve(hub)
  onTestFinished(() => server.close())
  return server
}

test('joining what is no hub says so', async () => {
  const { authenticate } = launchToken()
  const hub = new Hub({ authenticate, unauthenticated: 0 })
  const full = await startServer(hub)
  await expect(join(full.url)).rejects.toMatchObject({
    code: errorCodes.unavailable,
    message: expect.stringContaining('4504, too many connections without login'),
  })
  const server = await listen({}, () => {})
  onTestFinished(() => server.close())
  await expect(join(server.url)).rejects.toMatchObject({
    code: errorCodes.unavailable,
    message: 'the other end is no bothways hub',
    hint: 'connect(url) speaks to any JSON-RPC 2.0 server',
  })
  await expect(join('ws://127.0.0.1:1')).rejects.toMatchObject({ code: errorCodes.unavailable })
  await expect(join('ws//127.0.0.1', { token: 'x' })).rejects.toMatchObject({
    code: errorCodes.unavailable,
  })
})

test('a token that cannot be fetched is the reason why joining fails, and nothing is dialled', async () => {
  const server = await startServer(new Hub({ authenticate: launchToken().authenticate }))
  const token = () => Promise.reject(new Error('the keychain is locked'))
  await expect(join(server.url, { token })).rejects.toThrow('the keychain is locked')
  expect(server.connections).toBe(0)
})

test('a member may show its token in the headers of the upgrade', async () => {
  const { token, authenticate } = launchToken()
  const server = await startServer(new Hub({ authenticate }))
  const member = await join(server.url, { headers: bearer(token), name: 'by header' })
  const { members } = await member.peer.request<{ members: unknown[] }>('hub.watch')
  expect(members).toContainEqual(expect.objectContaining({ principal: 'local', name: 'by header' }))
})

test('a token may be a function, which is told where it is for', async () => {
  const { token, authenticate } = launchToken()
  const server = await startServer(new Hub({ authenticate }))
  const asked: string[] = []
  const fetchToken = async (url: string) => {
    asked.push(url)
    return token
  }
  const member = await join(server.url, { token: fetchToken })
  expect([asked, member.peer.state]).toEqual([[server.url], 'open'])
})

test('a wrong token is told as what it is, with what to do', async () => {
  const server = await startServer(new Hub({ authenticate: launchToken().authenticate }))
  for (const options of [{}, { token: 'wrong' }]) {
    await expect(join(server.url, options)).rejects.toMatchObject({
      code: errorCodes.unauthenticated,
      message: 'the hub does not know you',
      hint: expect.stringContaining('join(url, { token })'),
    })
  }
})

test('a member that leaves is gone, and its calls say so', async () => {
  const hub = new Hub()
  const server = await startServer(hub)
  const member = await join(server.url, { name: 'page' })
  const states: string[] = []
  member.onState((state) => states.push(state))
  const waiting = member.waitFor('never')
  void member.leave()
  await expect(waiting).rejects.toMatchObject({ code: errorCodes.closed })
  await member.leave()
  expect(states).toEqual(['closed'])
  await expect(member.discover()).rejects.toMatchObject({ delivery: 'unsent' })
})
