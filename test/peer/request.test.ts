import { type Diagnostic, errorCodes, memoryPair, Peer, type PeerOptions } from 'bothways'
import { expect, test } from 'vitest'
import { Raw } from '../support/raw.js'

function peerWith(options: PeerOptions = {}) {
  const events: Diagnostic[] = []
  const [one, other] = memoryPair()
  const peer = new Peer(one, { onDiagnostic: (event) => events.push(event), ...options })
  return { peer, raw: new Raw(other), events }
}

test('either end calls the other, and a handler calls its caller back', async () => {
  const [near, far] = memoryPair()
  const editor = new Peer(near, {
    hello: true,
    handlers: { confirm: ({ question }) => question === 'Are you Ada?' },
  })
  const extension = new Peer(far)
  extension.handle('greet', async ({ name }, { remote }) =>
    (await remote.request('confirm', { question: `Are you ${name}?` })) ? `Hello ${name}` : 'Bye',
  )
  expect(await editor.request('greet', { name: 'Ada' })).toBe('Hello Ada')
  expect(await editor.request('greet', { name: 'Bob' })).toBe('Bye')
  expect((await editor.greeted).foreign).toBe(false)
  await expect(editor.request('gret')).rejects.toMatchObject({
    code: errorCodes.methodNotFound,
    hint: 'did you mean "greet"?',
  })
  await editor.close()
  expect((await extension.closed).code).toBe(1000)
})

test('an answer to a call that was not sent yet is nobody’s, and the call is sent and answered all the same', async () => {
  const { peer, raw, events } = peerWith({ hello: true })
  const { id: hello } = (await raw.next()) as { id: number }
  const said = { protocol: 1, features: [], limits: { inbound: 1 } }
  raw.send(JSON.stringify({ jsonrpc: '2.0', id: hello, result: said }))
  await peer.greeted
  const calls = [peer.request('first'), peer.request('second')]
  const { id } = (await raw.next()) as { id: number }
  raw.send(JSON.stringify({ jsonrpc: '2.0', id: id + 1, result: 'made up' }))
  expect(await raw.fence()).toEqual([])
  expect(events).toMatchObject([{ kind: 'unknownResponse' }])
  raw.send(JSON.stringify({ jsonrpc: '2.0', id, result: 1 }))
  expect(await raw.next()).toEqual({ jsonrpc: '2.0', id: id + 1, method: 'second' })
  raw.send(JSON.stringify({ jsonrpc: '2.0', id: id + 1, result: 2 }))
  expect(await Promise.all(calls)).toEqual([1, 2])
})

test('a response that is none, to a call that was never made, is diagnosed as malformed', async () => {
  const { raw, events } = peerWith()
  raw.send('{"jsonrpc":"1.0","id":7,"result":1}')
  raw.send('{"jsonrpc":"2.0","id":7,"error":{"code":"no number"}}')
  expect(await raw.fence()).toEqual([])
  expect(events.map(({ kind }) => kind)).toEqual(['malformedResponse', 'malformedResponse'])
})

test('one listener to the state that throws keeps nothing from the others, and is diagnosed', async () => {
  const { peer, events } = peerWith()
  const cause = new Error('no')
  const told: string[] = []
  peer.onState(() => {
    throw cause
  })
  peer.onState((state) => told.push(state))
  await peer.close()
  expect(told).toEqual(['closed'])
  expect(events).toMatchObject([{ kind: 'listenerFailed', cause }])
})

test('what a handler asks its caller ends with the call, unless it says another signal or none', async () => {
  const { peer, raw } = peerWith()
  const own = new AbortController()
  const ended: string[] = []
  peer.handle('work', (_, { remote }) => {
    const ask = (name: string, options?: object) =>
      remote.request(name, [], options).catch(() => ended.push(name))
    return Promise.all([
      ask('with the call'),
      ask('never', { signal: undefined }),
      ask('by itself', { signal: own.signal }),
    ])
  })
  raw.send('{"jsonrpc":"2.0","id":"a","method":"work"}')
  for (let asked = 1; asked <= 3; asked++) await raw.next()
  raw.send('{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"a"}}')
  expect(await raw.fence()).toMatchObject([
    { id: 'a', error: { code: errorCodes.cancelled } },
    { method: '$/cancelRequest', params: { id: 1 } },
  ])
  expect(ended).toEqual(['with the call'])
  own.abort()
  expect(await raw.fence()).toMatchObject([{ method: '$/cancelRequest', params: { id: 3 } }])
  expect(ended).toEqual(['with the call', 'by itself'])
})
