import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCodes, type Peer, type PeerOptions } from 'bothways'
import { type ListenOptions, listen, type PeerServer } from 'bothways/node'
import { connect } from 'bothways/websocket'
import { expect, onTestFinished, test } from 'vitest'
import { certificates } from '../support/sockets.node.js'
import { freePort, freshFolder, type Program, startProgram } from './support.js'

const files = join(process.cwd(), 'test/support/certificates')

/** What nginx needs to be told before it passes a WebSocket on. */
const upgrade = `
  proxy_http_version 1.1;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection "upgrade";`

/** nginx in front of `port`, speaking TLS. Ends with the test. */
async function startProxy(
  port: number,
  settings = upgrade,
): Promise<{ url: string; nginx: Program }> {
  const folder = freshFolder()
  const front = await freePort()
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${join(folder, kind)};`,
  )
  // One process in the foreground, which ends by its handle.
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${join(folder, 'pid')}; error_log stderr notice;
    events {}
    http {
      access_log off; ${temporary.join(' ')}
      server {
        listen 127.0.0.1:${front} ssl;
        ssl_certificate ${join(files, 'server.pem')}; ssl_certificate_key ${join(files, 'server.key')};
        location / { proxy_pass http://127.0.0.1:${port}; ${settings} }
      }
    }`,
  )
  const nginx = startProgram('/usr/sbin/nginx', ['-e', 'stderr', '-c', join(folder, 'nginx.conf')])
  await nginx.printed(/nginx\/\d/)
  return { url: `wss://localhost:${front}/`, nginx }
}

/** A server of ours whose peers handle what the tests call. */
async function startServer(
  options: ListenOptions = {},
): Promise<{ server: PeerServer; peers: Peer[] }> {
  const peers: Peer[] = []
  const server = await listen({ port: 0, ...options }, (peer) => {
    peers.push(peer)
    peer.handle('echo', (params) => params)
    peer.handle('never', () => new Promise(() => {}))
    peer.handle('callBack', (params, { remote }) => remote.request('double', params))
  })
  onTestFinished(() => server.close())
  return { server, peers }
}

async function dial(url: string, options: PeerOptions = {}): Promise<Peer> {
  const peer = await connect(url, { ca: certificates.ca, ...options })
  onTestFinished(() => peer.close())
  return peer
}

test('calls go through its TLS both ways, small and large, and so does a close', async () => {
  const { server, peers } = await startServer()
  const { url } = await startProxy(server.port)
  const peer = await dial(url)
  expect(await peer.greeted).toMatchObject({ foreign: false })
  peer.handle('double', ([number]) => 2 * number)
  expect(await peer.request('callBack', [21])).toBe(42)
  const text = 'é€😀'.repeat(100_000)
  expect(await peer.request('echo', [text])).toEqual([text])
  await peers[0]?.close({ code: 4002, reason: 'session expired: é' })
  expect(await peer.closed).toMatchObject({ code: 4002, reason: 'session expired: é' })
})

test('a stream flows through it', async () => {
  const { server, peers } = await startServer()
  const { url } = await startProxy(server.port)
  const peer = await dial(url)
  await peer.request('echo', [])
  peers[0]?.handle('count', async function* ([to]) {
    for (let n = 0; n < to; n++) yield n
    return 'done'
  })
  const stream = peer.stream<number, string>('count', [1_000])
  let next = 0
  for await (const n of stream) expect(n).toBe(next++)
  expect([next, await stream.result]).toEqual([1_000, 'done'])
})

test('its certificate is refused unless we are told to trust it', async () => {
  const { server } = await startServer()
  const { url } = await startProxy(server.port)
  await expect(connect(url)).rejects.toMatchObject({
    code: errorCodes.unavailable,
    message: expect.stringContaining('certificate'),
  })
})

test('where it cuts what is idle, pings of our server keep a connection, and none loses it', async () => {
  const pinging = await startServer({ pingAfter: 100 })
  const silent = await startServer({ pingAfter: Number.POSITIVE_INFINITY })
  const cut = `${upgrade} proxy_read_timeout 1s;`
  const kept = await dial((await startProxy(pinging.server.port, cut)).url)
  const { url } = await startProxy(silent.server.port, cut)
  const waiting = kept.request('never')
  waiting.catch(() => {})
  // The cuts are the clock: while one connection is lost three times, the other lives.
  for (let cuts = 0; cuts < 3; cuts++) {
    const lost = await dial(url)
    await expect(lost.request('never')).rejects.toMatchObject({
      code: errorCodes.closed,
      delivery: 'unknown',
    })
    expect((await lost.closed).code).toBe(1006)
    expect((await silent.peers[cuts]?.closed)?.code).toBe(1006)
  }
  expect(kept.state).toBe('open')
  expect(await kept.request('echo', [1])).toEqual([1])
})

test('where it does not pass the upgrade on, the dialler is told what it was answered', async () => {
  const { server } = await startServer()
  const { url } = await startProxy(server.port, 'proxy_http_version 1.1;')
  await expect(dial(url)).rejects.toMatchObject({
    code: errorCodes.unavailable,
    message: expect.stringMatching(/4\d\d/),
  })
})

test('where nobody is behind it, the dialler is told 502', async () => {
  const { url } = await startProxy(await freePort())
  await expect(dial(url)).rejects.toMatchObject({
    code: errorCodes.unavailable,
    message: expect.stringContaining('502'),
  })
})

test('when it is killed, both ends settle what waits', async () => {
  const { server, peers } = await startServer()
  const { url, nginx } = await startProxy(server.port)
  const peer = await dial(url)
  await peer.request('echo', [])
  const asked = peers[0]?.request('never')
  peer.handle('never', () => new Promise(() => {}))
  const waiting = peer.request('never')
  waiting.catch(() => {})
  asked?.catch(() => {})
  nginx.child.kill('SIGKILL')
  await once(nginx.child, 'exit')
  await expect(waiting).rejects.toMatchObject({ code: errorCodes.closed })
  await expect(asked).rejects.toMatchObject({ code: errorCodes.closed })
  expect([(await peer.closed).code, (await peers[0]?.closed)?.code]).toEqual([1006, 1006])
})
