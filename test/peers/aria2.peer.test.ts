import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Peer, RpcError } from 'bothways'
import { connect } from 'bothways/websocket'
import { expect, onTestFinished, test } from 'vitest'
import { freePort, freshFolder, startProgram } from './support.js'

const token = 'token:s3cret'

async function start(): Promise<Peer> {
  const port = await freePort()
  const program = startProgram('aria2c', [
    '--enable-rpc',
    `--rpc-listen-port=${port}`,
    '--rpc-secret=s3cret',
    `--dir=${freshFolder()}`,
    '--no-conf',
    `--stop-with-process=${process.pid}`,
  ])
  await program.printed(/RPC: listening on TCP port/)
  const peer = await connect(`ws://127.0.0.1:${port}/jsonrpc`)
  onTestFinished(() => peer.close())
  return peer
}

test('of 50 calls at once, 5 of them with a wrong token, each gets its own answer', async () => {
  const peer = await start()
  const calls = Array.from({ length: 50 }, (_, index) => {
    const isWrong = index % 10 === 3
    return peer
      .request<{ version: string }>('aria2.getVersion', [isWrong ? 'token:wrong' : token])
      .then(
        () => 'answered',
        (reason) => RpcError.from(reason).message,
      )
  })
  const outcomes = await Promise.all(calls)
  expect(outcomes).toEqual(
    calls.map((_, index) => (index % 10 === 3 ? 'Unauthorized' : 'answered')),
  )
})

test('an error that is held back is overtaken by the answer to a later call', async () => {
  const peer = await start()
  const settled: string[] = []
  const early = peer.request('aria2.getVersion', ['token:wrong']).catch(({ code }) => {
    settled.push(`early ${code}`)
  })
  const late = peer.request('aria2.getVersion', [token]).then(() => settled.push('late'))
  await Promise.all([early, late])
  expect(settled).toEqual(['late', 'early 1'])
})

test('its notifications tell of a download, from start to end', async () => {
  const peer = await start()
  const server = createServer((_, response) => response.end('x'.repeat(100_000)))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  const started = new Promise((resolve) => peer.on('aria2.onDownloadStart', resolve))
  const complete = new Promise((resolve) => peer.on('aria2.onDownloadComplete', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/f.bin`
  const gid = await peer.request('aria2.addUri', [token, [url], { out: 'f.bin' }])
  expect(await started).toEqual([{ gid }])
  expect(await complete).toEqual([{ gid }])
  expect(await peer.request('aria2.tellStatus', [token, gid])).toMatchObject({
    status: 'complete',
    totalLength: '100000',
  })
})

test('it knows no hello: it is spoken to in plain JSON-RPC, batches too', async () => {
  const peer = await start()
  expect(await peer.greeted).toMatchObject({ foreign: true })
  expect(
    await peer.batch([
      { method: 'system.listMethods' },
      { method: 'aria2.nobody', params: [token] },
    ]),
  ).toMatchObject([
    { status: 'fulfilled', value: expect.arrayContaining(['aria2.addUri']) },
    { status: 'rejected', reason: { remote: true } },
  ])
  await expect(peer.request('aria2.nobody', [token])).rejects.toMatchObject({
    code: 1,
    remote: true,
  })
})

test('when it shuts down, what waits rejects as closed', async () => {
  const peer = await start()
  const held = peer.request('aria2.getVersion', ['token:wrong'])
  held.catch(() => {})
  await peer.request('aria2.forceShutdown', [token])
  expect((await peer.closed).code).toBe(1006)
  await expect(held).rejects.toBeInstanceOf(RpcError)
})
