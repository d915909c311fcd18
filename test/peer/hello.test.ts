import { errorCodes, memoryPair, Peer } from 'bothways'
import { expect, test } from 'vitest'
import { Raw } from '../support/raw.js'
import { tap } from '../support/tap.js'

/** Two peers, of which the near one says hello, and what each sent. */
function tapped() {
  const nearLeft: string[] = []
  const farLeft: string[] = []
  const [one, other] = memoryPair()
  const near = new Peer(tap(one, nearLeft), { hello: true })
  const far = new Peer(tap(other, farLeft))
  return { near, far, nearLeft, farLeft }
}

test('what is sent in one turn leaves in frames of up to 32 messages', async () => {
  const { near, far, nearLeft } = tapped()
  const heard: number[] = []
  far.on('note', ([number]) => heard.push(number))
  await near.greeted
  nearLeft.length = 0
  for (let number = 0; number < 40; number++) near.notify('note', [number])
  await near.flush()
  expect(nearLeft.map((frame) => JSON.parse(frame).length)).toEqual([32, 8])
  expect(heard).toEqual(Array.from({ length: 40 }, (_, index) => index))
})

test('a frame is closed at 16 kB, and a long message leaves by itself', async () => {
  const { near, nearLeft } = tapped()
  await near.greeted
  nearLeft.length = 0
  for (let sent = 0; sent < 4; sent++) near.notify('note', ['x'.repeat(8_000)])
  near.notify('note', ['x'.repeat(20_000)])
  await near.flush()
  expect(nearLeft.map((frame) => JSON.parse(frame).length)).toEqual([2, 2, undefined])
})

test('a lone message leaves as a plain object, before any timer', async () => {
  const { near, nearLeft } = tapped()
  await near.greeted
  nearLeft.length = 0
  near.notify('note')
  await Promise.resolve()
  expect(nearLeft).toEqual(['{"jsonrpc":"2.0","method":"note"}'])
})

test('answers to the calls of one frame leave in one frame', async () => {
  const { near, far, farLeft } = tapped()
  far.handle('echo', (params) => params)
  await near.greeted
  farLeft.length = 0
  await Promise.all([1, 2, 3].map((number) => near.request('echo', [number])))
  expect(farLeft.map((frame) => JSON.parse(frame).length)).toEqual([3])
})

test('a frame may hold more messages than a batch, and each is answered alone', async () => {
  const { near, far } = tapped()
  far.handle('echo', (params) => params)
  await near.greeted
  const calls = Array.from({ length: 100 }, (_, index) => ({ method: 'echo', params: [index] }))
  const outcomes = await near.batch(calls)
  expect(outcomes).toEqual(calls.map(({ params }) => ({ status: 'fulfilled', value: params })))
})

test.each([errorCodes.methodNotFound, errorCodes.invalidParams, errorCodes.parse])(
  'an end that answers hello with %i is foreign: it is spoken to in plain JSON-RPC',
  async (code) => {
    const [one, other] = memoryPair()
    const near = new Peer(one, { hello: true })
    const raw = new Raw(other)
    const { id } = (await raw.next()) as { id: number }
    raw.send(JSON.stringify({ jsonrpc: '2.0', id, error: { code, message: 'what?' } }))
    expect(await near.greeted).toMatchObject({ foreign: true, said: {}, error: { code } })
    near.notify('one')
    near.notify('two')
    expect(await raw.next()).toEqual({ jsonrpc: '2.0', method: 'one' })
    expect(await raw.next()).toEqual({ jsonrpc: '2.0', method: 'two' })
    await expect(near.request('echo', [], { meta: { to: 'x' } })).rejects.toMatchObject({
      code: errorCodes.unavailable,
      delivery: 'unsent',
    })
  },
)

test.each([7, null, [], {}, { protocol: 2, features: [] }, { protocol: 1, features: 'frames' }])(
  'an end that answers hello with %j is foreign',
  async (result) => {
    const [one, other] = memoryPair()
    const near = new Peer(one, { hello: true })
    const raw = new Raw(other)
    const { id } = (await raw.next()) as { id: number }
    raw.send(JSON.stringify({ jsonrpc: '2.0', id, result }))
    expect(await near.greeted).toMatchObject({ foreign: true })
  },
)

test('an end that closes before it answers hello is foreign', async () => {
  const [one, other] = memoryPair()
  const near = new Peer(one, { hello: true })
  other.close()
  expect(await near.greeted).toMatchObject({ foreign: true, error: { code: errorCodes.closed } })
})

test('meta travels once both ends have said hello', async () => {
  const { near, far } = tapped()
  far.handle('seen', (_, { meta }) => meta)
  const early = near.request('seen', [], { meta: { traceparent: '00-1' } })
  await expect(early).rejects.toMatchObject({ code: errorCodes.unavailable })
  await near.greeted
  expect(near.takesMeta).toBe(true)
  expect(await near.request('seen', [], { meta: { traceparent: '00-1' } })).toEqual({
    traceparent: '00-1',
  })
})

test('a foreign end that claims to come from somewhere is called back all the same', async () => {
  const [one, other] = memoryPair()
  const peer = new Peer(one)
  peer.handle('greet', (_, { remote }) => remote.request('confirm'))
  const raw = new Raw(other)
  raw.send('{"jsonrpc":"2.0","id":1,"method":"greet","meta":{"from":{"session":"made up"}}}')
  const asked = (await raw.next()) as { id: number }
  expect(asked).toEqual({ jsonrpc: '2.0', id: 1, method: 'confirm' })
  raw.send('{"jsonrpc":"2.0","id":1,"result":true}')
  expect(await raw.next()).toEqual({ jsonrpc: '2.0', id: 1, result: true })
})

test('hello is said once: a second is an invalid request', async () => {
  const [one, other] = memoryPair()
  const peer = new Peer(one)
  const raw = new Raw(other)
  const hello = '"method":"rpc.hello","params":{"protocol":1,"features":[]}'
  raw.send(`{"jsonrpc":"2.0","id":1,${hello}}`)
  expect(await raw.next()).toMatchObject({
    id: 1,
    result: { protocol: 1, features: ['frames', 'meta'] },
  })
  raw.send(`{"jsonrpc":"2.0","id":2,${hello}}`)
  expect(await raw.next()).toMatchObject({ id: 2, error: { code: errorCodes.invalidRequest } })
  expect(peer.takesMeta).toBe(false)
})

test('hello in a batch is an invalid request, and changes nothing', async () => {
  const [one, other] = memoryPair()
  const peer = new Peer(one)
  const raw = new Raw(other)
  raw.send(
    '[{"jsonrpc":"2.0","id":1,"method":"rpc.hello","params":{"protocol":1,"features":["meta"]}}]',
  )
  expect(await raw.next()).toMatchObject([{ error: { code: errorCodes.invalidRequest } }])
  expect(peer.takesMeta).toBe(false)
})

test('both ends may say hello', async () => {
  const [one, other] = memoryPair()
  const near = new Peer(one, { hello: true, handlers: { echo: (params) => params } })
  const far = new Peer(other, { hello: true, handlers: { echo: (params) => params } })
  const [answer, back] = await Promise.all([near.request('echo', [1]), far.request('echo', [2])])
  expect({ answer, back }).toEqual({ answer: [1], back: [2] })
  expect(await near.greeted).toMatchObject({ foreign: false })
  expect(await far.greeted).toMatchObject({ foreign: false })
})

// J-FLOW-09. Without hello neither end knows how much the other takes, and the call after 1,024 is refused as busy.
test.each([
  { hello: true, code: errorCodes.limitExceeded },
  { hello: false, code: errorCodes.busy },
])(
  'two ends that call each other back without end are stopped, hello: $hello',
  async ({ hello, code }) => {
    const [one, other] = memoryPair()
    const near = new Peer(one, { hello })
    const far = new Peer(other)
    for (const peer of [near, far]) {
      peer.handle('bounce', ([left], { remote }) => remote.request('bounce', [left - 1]))
      peer.handle('echo', (params) => params)
    }
    if (hello) await near.greeted
    await expect(near.request('bounce', [1_000_000])).rejects.toMatchObject({ code, remote: true })
    expect(await near.request('echo', [1])).toEqual([1])
    expect(await far.request('echo', [2])).toEqual([2])
  },
)
