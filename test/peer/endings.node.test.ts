import { type Diagnostic, errorCodes, memoryPair, Peer } from 'bothways'
import { listen } from 'bothways/node'
import { connect } from 'bothways/websocket'
import { expect, onTestFinished, test } from 'vitest'
import { Raw } from '../support/raw.js'

test('a server that refuses a batch with one error without an id fails its calls with it', async () => {
  const [near, far] = memoryPair()
  const peer = new Peer(near)
  const raw = new Raw(far)
  const outcomes = peer.batch([{ method: 'a' }, { method: 'b' }, { method: 'c', notify: true }])
  raw.send('{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no batches here"}}')
  const refused = { status: 'rejected', reason: { code: -32600, message: 'no batches here' } }
  expect(await outcomes).toMatchObject([refused, refused, { status: 'sent' }])
})

test('an error without an id fails nobody where more than one batch may be meant', async () => {
  const [near, far] = memoryPair()
  const diagnostics: Diagnostic[] = []
  const peer = new Peer(near, { onDiagnostic: (event) => diagnostics.push(event) })
  const raw = new Raw(far)
  const batches = [peer.batch([{ method: 'a' }]), peer.batch([{ method: 'b' }])]
  raw.send('{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"which?"}}')
  await raw.fence()
  expect(diagnostics).toMatchObject([{ kind: 'errorWithoutId', message: '-32600: which?' }])
  await peer.close()
  for (const batch of batches) {
    expect(await batch).toMatchObject([{ status: 'rejected', reason: { code: errorCodes.closed } }])
  }
})

test('a message too long to be looked at ends the connection where an answer may be in it', async () => {
  const [near, far] = memoryPair()
  const peer = new Peer(near, { limits: { message: 1_000 } })
  const raw = new Raw(far)
  const waiting = peer.request('long')
  raw.send(`{"jsonrpc":"2.0","id":1,"result":"${'x'.repeat(1_000)}"}`)
  await expect(waiting).rejects.toMatchObject({ code: errorCodes.closed, method: 'long' })
  expect(await peer.closed).toMatchObject({ code: 1009 })
})

test('an application that fails to take a peer loses that peer and nothing else', async () => {
  const diagnostics: Diagnostic[] = []
  let taken = 0
  const server = await listen(
    { port: 0, onDiagnostic: (event) => diagnostics.push(event) },
    (peer) => {
      if (++taken === 1) throw new TypeError('no room')
      peer.handle('ping', () => 'pong')
    },
  )
  onTestFinished(() => server.close())
  const first = await connect(server.url)
  expect(await first.closed).toMatchObject({ code: 1011 })
  expect(diagnostics).toMatchObject([{ kind: 'handlerFailed', cause: { message: 'no room' } }])
  const second = await connect(server.url)
  expect(await second.request('ping')).toBe('pong')
  await second.close()
})
