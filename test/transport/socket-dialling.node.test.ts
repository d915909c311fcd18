import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { errorCodes, Peer } from 'bothways'
import { type Caller, connectSocket, listenSocket, type SocketPlace } from 'bothways/node'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { certificates, freePath } from '../support/sockets.node.js'

const { ca, server: identity, client, stranger } = certificates
const sockets: Socket[] = []
const silent = createServer((socket) => sockets.push(socket.on('error', () => {})))
beforeAll(() => once(silent.listen(0, '127.0.0.1'), 'listening'))
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  silent.close()
})
const silentPort = () => (silent.address() as { port: number }).port

/** A server whose peers echo, and the callers it was told of; ends with the test. */
async function start(place: SocketPlace = {}) {
  const callers: Caller[] = []
  const server = await listenSocket(place, (peer, caller) => {
    callers.push(caller)
    peer.handle('echo', (params) => params)
  })
  onTestFinished(() => server.close())
  return { port: server.port, callers }
}

const unavailable = (message: string) => ({
  code: errorCodes.unavailable,
  message: expect.stringContaining(message),
})

test('nobody there is unavailable, with the address, the cause and advice', async () => {
  await expect(connectSocket({ port: 1 })).rejects.toMatchObject({
    ...unavailable('cannot connect to 127.0.0.1:1: connect ECONNREFUSED'),
    hint: 'is it running?',
  })
  await expect(connectSocket({ host: 'localhost', port: 1 })).rejects.toMatchObject(
    unavailable('cannot connect to localhost:1: '),
  )
  const path = freePath()
  await expect(connectSocket({ path })).rejects.toMatchObject(
    unavailable(`${path}: connect ENOENT`),
  )
  await expect(connectSocket({ port: 70_000 })).rejects.toMatchObject(unavailable('70000'))
})

test('an attempt that is aborted rejects with the reason, before and in the middle', async () => {
  const address = { port: silentPort(), tls: true }
  const before = connectSocket(address, { signal: AbortSignal.abort('before') })
  await expect(before).rejects.toBe('before')
  const controller = new AbortController()
  const attempt = connectSocket(address, { signal: controller.signal })
  controller.abort('changed my mind')
  await expect(attempt).rejects.toBe('changed my mind')
})

test('a server that never answers is given up after connectTimeout', async () => {
  const attempt = connectSocket({ port: silentPort(), tls: true }, { connectTimeout: 50 })
  await expect(attempt).rejects.toMatchObject(unavailable('no answer in 50 ms'))
})

describe('TLS', () => {
  test('a certificate that is not trusted is refused, and what to do is said', async () => {
    const { port } = await start({ tls: identity })
    await expect(connectSocket({ port, tls: true })).rejects.toMatchObject({
      ...unavailable('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
      hint: 'give the certificate authority to trust as tls: { ca }',
    })
  })

  test('a certificate of another name is refused', async () => {
    const { port } = await start({ tls: identity })
    const attempt = connectSocket({ port, tls: { ca, servername: 'other.test' } })
    await expect(attempt).rejects.toMatchObject({
      ...unavailable('ERR_TLS_CERT_ALTNAME_INVALID'),
      hint: expect.stringContaining('servername'),
    })
  })

  test('a server may ask for a certificate, and is told whose it is', async () => {
    const { port, callers } = await start({ tls: { ...identity, ca, requestCert: true } })
    const peer = await connectSocket({ port, tls: { ca, ...client } })
    expect(await peer.request('echo', [1])).toEqual([1])
    expect(callers).toMatchObject([
      { address: '127.0.0.1', certificate: { subject: { CN: 'client' } } },
    ])
    await peer.close()
  })

  test.each([
    ['no certificate', {}],
    ['the certificate of a stranger', stranger],
  ])('and refuses %s', async (_, identityOfClient) => {
    const { port, callers } = await start({ tls: { ...identity, ca, requestCert: true } })
    // TLS 1.3 lets a client go on before the server has looked at its certificate.
    const attempt = connectSocket({ port, tls: { ca, ...identityOfClient } })
    const call = attempt.then((peer) => peer.request('echo', [1]))
    await expect(call).rejects.toMatchObject({ code: errorCodes.closed })
    expect(callers).toEqual([])
  })

  test('speaking TLS to who does not, and the other way round, fails in words', async () => {
    const plain = await start()
    await expect(connectSocket({ port: plain.port, tls: true })).rejects.toMatchObject({
      code: errorCodes.unavailable,
      hint: expect.stringContaining('TLS'),
    })
    const { port } = await start({ tls: identity })
    const peer = await connectSocket({ port })
    await expect(peer.request('echo')).rejects.toMatchObject({ code: errorCodes.closed })
  })
})

describe('hello', () => {
  /** The methods that are called by who dials with `options`. */
  async function calledBy(options: Parameters<typeof connectSocket>[1]): Promise<unknown[]> {
    const called: string[] = []
    const framing = options?.framing ?? 'newline'
    const server = await listenSocket(
      { framing, onUnhandled: (_, { method }) => called.push(method) },
      () => {},
    )
    onTestFinished(() => server.close())
    const peer = await connectSocket({ port: server.port }, options)
    await peer.request('first')
    const otherwise = new Promise((resolve) => setImmediate(resolve, 'nothing'))
    const greeted = await Promise.race([peer.greeted.then(() => 'rpc.hello'), otherwise])
    await peer.close()
    return [greeted, ...called]
  }

  test('is said by who dials', async () => {
    expect(await calledBy({})).toEqual(['rpc.hello', 'first'])
    expect(await calledBy({ framing: 'lengthPrefix' })).toEqual(['rpc.hello', 'first'])
  })

  test('is not said to a language server, unless it is asked for', async () => {
    expect(await calledBy({ framing: 'contentLength' })).toEqual(['nothing', 'first'])
    expect(await calledBy({ framing: 'contentLength', hello: true })).toEqual([
      'rpc.hello',
      'first',
    ])
    expect(await calledBy({ hello: false })).toEqual(['nothing', 'first'])
  })
})

test('two ends understand each other in each framing', async () => {
  for (const framing of ['newline', 'contentLength', 'lengthPrefix'] as const) {
    const server = await listenSocket({ framing }, (peer) => peer.handle('ping', () => 'pong'))
    const peer = await connectSocket({ port: server.port }, { framing })
    expect(peer).toBeInstanceOf(Peer)
    expect(await peer.request('ping')).toBe('pong')
    await peer.close()
    await server.close()
  }
})

test('a handshake of TLS that does not come is given up', async () => {
  const { port } = await start({ tls: { ...identity, handshakeTimeout: 50 } })
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  onTestFinished(() => void socket.destroy())
  await once(socket.resume(), 'close')
})
