import { errorCodes, memoryPair, Peer, RpcError } from 'bothways'
import { expect, test } from 'vitest'
import { Clock } from '../support/clock.js'
import { Raw } from '../support/raw.js'
import { tap } from '../support/tap.js'

test('aborting after the answer sends nothing', async () => {
  const left: string[] = []
  const [one, other] = memoryPair()
  const near = new Peer(tap(one, left))
  new Peer(other, { handlers: { echo: (params) => params } })
  const controller = new AbortController()
  await near.request('echo', [1], { signal: controller.signal, timeout: 10 })
  controller.abort()
  await near.flush()
  expect(left).toHaveLength(1)
})

test('a cancelled call of a batch is answered in the batch, with the others', async () => {
  const [one, other] = memoryPair()
  new Peer(one, { handlers: { never: () => new Promise(() => {}), echo: (params) => params } })
  const raw = new Raw(other)
  raw.send(
    '[{"jsonrpc":"2.0","id":1,"method":"never"},{"jsonrpc":"2.0","id":2,"method":"echo","params":[]}]',
  )
  raw.send('{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}}')
  expect(await raw.next()).toEqual([
    { jsonrpc: '2.0', id: 2, result: [] },
    { jsonrpc: '2.0', id: 1, error: expect.objectContaining({ code: errorCodes.cancelled }) },
  ])
})

test.each(['', ',"params":[]', ',"params":{}', ',"params":{"id":[null]}'])(
  'a cancellation that names no id (%s) does not cancel the call whose id is null',
  async (params) => {
    const clock = new Clock()
    const [one, other] = memoryPair()
    const peer = new Peer(one)
    peer.handle('slow', () => new Promise((resolve) => clock.setTimer(() => resolve('slow'), 50)))
    const raw = new Raw(other)
    raw.send('{"jsonrpc":"2.0","id":null,"method":"slow"}')
    raw.send(`{"jsonrpc":"2.0","method":"$/cancelRequest"${params}}`)
    expect(await raw.fence()).toEqual([])
    clock.advance(50)
    expect(await raw.next()).toEqual({ jsonrpc: '2.0', id: null, result: 'slow' })
  },
)

const failureOf = (call: Promise<unknown>): Promise<RpcError> =>
  call.then(() => new RpcError(0, 'it did not fail'), RpcError.from)

test('a handler whose caller is gone is told so, however late it looks', async () => {
  const [one, other] = memoryPair()
  const near = new Peer(one)
  const far = new Peer(other)
  const seen = new Promise<unknown>((resolve) => {
    far.handle('late', async (_, context) => {
      await far.closed
      resolve(context.signal.aborted && context.signal.reason)
    })
  })
  near.request('late').catch(() => {})
  await near.flush()
  await near.close()
  expect(await seen).toMatchObject({ code: errorCodes.closed })
})

test('what a handler does after it was cancelled is nobody’s', async () => {
  const [one, other] = memoryPair()
  const near = new Peer(one)
  const far = new Peer(other)
  let finish = (_: unknown) => {}
  far.handle('slow', () => new Promise((resolve) => (finish = resolve)))
  far.handle('echo', (params) => params)
  const controller = new AbortController()
  const call = near.request('slow', [], { signal: controller.signal })
  await near.request('echo', [])
  controller.abort()
  await expect(call).rejects.toMatchObject({ name: 'AbortError' })
  await near.request('echo', [])
  finish('too late')
  expect(await near.request('echo', [1])).toEqual([1])
})

test('a timeout, an abort and a close are three different errors', async () => {
  const clock = new Clock()
  const [one] = memoryPair()
  const near = new Peer(one, { runtime: clock, timeout: 100 })
  const controller = new AbortController()
  const timedOut = failureOf(near.request('never'))
  const aborted = near.request('never', [], { signal: controller.signal }).catch((reason) => reason)
  const closed = failureOf(near.request('never', [], { timeout: 10_000 }))
  controller.abort('enough')
  clock.advance(100)
  await near.close()
  expect((await timedOut).reason).toBe('timeout')
  expect(await aborted).toBe('enough')
  expect((await closed).reason).toBe('closed')
  expect(clock.timers).toBe(0)
})
