import { errorCodes, memoryPair, Peer, RpcError } from 'bothways'
import { expect, test } from 'vitest'
import { Clock } from '../support/clock.js'
import { messagesIn } from '../support/frames.js'
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

test('the requests of one turn leave in short frames first, then in frames of 128', async () => {
  const { near, far, nearLeft } = tapped()
  far.handle('echo', ([number]) => number)
  await near.greeted
  const ask = (count: number) =>
    Promise.all(Array.from({ length: count }, (_, number) => near.request('echo', [number])))
  nearLeft.length = 0
  expect(await ask(40)).toEqual(Array.from({ length: 40 }, (_, number) => number))
  // The first does not wait for company: the turn before had but one.
  expect(nearLeft.map(messagesIn)).toEqual([1, 16, 16, 7])
  nearLeft.length = 0
  expect(await ask(200)).toHaveLength(200)
  expect(nearLeft.map(messagesIn)).toEqual([16, 16, 16, 16, 128, 8])
})

test('notifications, for which nobody waits, leave in frames of 128 from the first on', async () => {
  const { near, far, nearLeft } = tapped()
  const heard: number[] = []
  far.on('note', ([number]) => heard.push(number))
  far.handle('echo', () => 0)
  await near.greeted
  await near.request('echo')
  nearLeft.length = 0
  for (let number = 0; number < 200; number++) near.notify('note', [number])
  await near.flush()
  expect(nearLeft.map(messagesIn)).toEqual([1, 128, 71])
  nearLeft.length = 0
  for (let number = 200; number < 220; number++) near.notify('note', [number])
  await near.request('echo')
  expect(nearLeft.map(messagesIn)).toEqual([21])
  expect(heard).toEqual(Array.from({ length: 220 }, (_, index) => index))
})

test('a frame is closed at 16 kB, and a long message leaves by itself', async () => {
  const { near, nearLeft } = tapped()
  await near.greeted
  nearLeft.length = 0
  for (let sent = 0; sent < 4; sent++) near.notify('note', ['x'.repeat(8_000)])
  near.notify('note', ['x'.repeat(20_000)])
  await near.flush()
  expect(nearLeft.map(messagesIn)).toEqual([1, 2, 1, 1])
})

test('a lone message leaves as a plain object, before the turn is over', async () => {
  const { near, nearLeft } = tapped()
  await near.greeted
  nearLeft.length = 0
  near.notify('note')
  expect(nearLeft).toEqual(['{"jsonrpc":"2.0","method":"note"}'])
})

test('answers to the calls of one frame leave in one frame', async () => {
  const { near, far, farLeft } = tapped()
  far.handle('echo', (params) => params)
  await near.greeted
  const ask = () => Promise.all([1, 2, 3].map((number) => near.request('echo', [number])))
  // Of the first of many turns with several, one leaves alone.
  await ask()
  farLeft.length = 0
  await ask()
  expect(farLeft.map(messagesIn)).toEqual([3])
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

test('an end that said no hello is sent nothing but plain messages, however many leave in a turn', async () => {
  const [one, other] = memoryPair()
  const near = new Peer(one, { handlers: { echo: (params) => params } })
  const raw = new Raw(other)
  const numbers = Array.from({ length: 300 }, (_, index) => index)
  for (const number of numbers) {
    near.notify('note', [number])
    near.request('ask', [number]).catch(() => {})
    raw.send(JSON.stringify({ jsonrpc: '2.0', id: `${number}`, method: 'echo', params: [number] }))
  }
  await raw.fence()
  const messages = raw.frames.map((text) => JSON.parse(text))
  expect(messages.filter((message) => Array.isArray(message))).toEqual([])
  const count = (isSuch: (message: { method?: string }) => boolean) =>
    messages.filter(isSuch).length
  expect(count(({ method }) => method === 'note')).toBe(300)
  expect(count(({ method }) => method === 'ask')).toBe(300)
  expect(count(({ method }) => method === undefined)).toBe(301)
})

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

test.each([
  7,
  [],
  null,
  {},
  { protocol: 2, features: [] },
  { protocol: '1', features: [] },
  { protocol: 1, features: 'frames' },
  { protocol: 1, features: { 0: 'frames' } },
])('hello with %j is answered with an error, and may be said again', async (params) => {
  const [one, other] = memoryPair()
  const peer = new Peer(one)
  const raw = new Raw(other)
  raw.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'rpc.hello', params }))
  const code = params === 7 ? errorCodes.invalidRequest : errorCodes.invalidParams
  expect(await raw.next()).toMatchObject({ id: 1, error: { code } })
  const said = { protocol: 1, features: ['meta'], limits: { message: 'much', nesting: -1 } }
  raw.send(JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'rpc.hello', params: said }))
  expect(await raw.next()).toMatchObject({ id: 2, result: { protocol: 1 } })
  expect(peer.takesMeta).toBe(true)
})

test('why hello is refused is told within the limits, whatever the one who refuses throws', async () => {
  const [one, other] = memoryPair()
  const refusals: number[] = []
  const answer = () => {
    throw new RpcError(errorCodes.unauthenticated, 'x'.repeat(2_000), { data: { why: 1n } })
  }
  new Peer(one, {
    limits: { message: 600 },
    hello: { dial: false, answer, refused: ({ code }) => refusals.push(code) },
  })
  const raw = new Raw(other)
  raw.send(
    '{"jsonrpc":"2.0","id":1,"method":"rpc.hello","params":{"protocol":1,"features":["meta"]}}',
  )
  const text = await raw.nextText()
  expect(JSON.parse(text)).toMatchObject({ id: 1, error: { code: errorCodes.unauthenticated } })
  expect(text.length).toBeLessThanOrEqual(600)
  expect(refusals).toEqual([errorCodes.unauthenticated])
})

test('that whoever is told of a refusal throws is told to onDiagnostic', async () => {
  const [one, other] = memoryPair()
  const told: unknown[] = []
  const answer = () => {
    throw new RpcError(errorCodes.unauthenticated, 'no')
  }
  const refused = () => {
    throw new Error('it failed')
  }
  new Peer(one, {
    hello: { dial: false, answer, refused },
    onDiagnostic: ({ kind, cause }) => told.push(kind, String(cause)),
  })
  expect(await new Peer(other, { hello: true }).greeted).toMatchObject({ foreign: true })
  await expect.poll(() => told).toEqual(['listenerFailed', 'Error: it failed'])
})

test('an end that closes while it fetches what to say in hello is done greeting', async () => {
  const [one] = memoryPair()
  const near = new Peer(one, { hello: { say: () => new Promise(() => {}) } })
  await near.close()
  expect(await near.greeted).toMatchObject({ foreign: true, error: { code: errorCodes.closed } })
})

// An array is read as a batch or as a frame, and each end changes over when it has said that it can.
test.each(['before hello', 'while hello is answered', 'after hello'])(
  'a batch longer than a frame is answered, call by call and in order, when it is sent %s',
  async (when) => {
    const { near, far, farLeft } = tapped()
    const order: number[] = []
    const answer = async ([number]: [number]) => {
      if (number === 0) await near.greeted
      order.push(number)
      return number
    }
    far.handle('work', answer)
    near.handle('work', answer)
    if (when === 'while hello is answered') while (farLeft.length === 0) await Promise.resolve()
    if (when === 'after hello') await near.greeted
    const numbers = Array.from({ length: 40 }, (_, index) => index + 1)
    const calls = [...numbers, 0].map((number) => ({ method: 'work', params: [number] }))
    const noted = [...calls, { method: 'note', notify: true }]
    const values = [...numbers, 0].map((value) => ({ status: 'fulfilled', value }))
    expect(await near.batch(noted)).toEqual([...values, { status: 'sent' }])
    expect(order).toEqual([...numbers, 0])
    expect(await far.batch(noted)).toEqual([...values, { status: 'sent' }])
  },
)

test('a batch of the end that was dialled is answered, though frames are agreed on before its answer', async () => {
  const { near, far } = tapped()
  const finish: ((value: unknown) => void)[] = []
  near.handle('work', () => new Promise((resolve) => finish.push(resolve)))
  const outcomes = far.batch(Array.from({ length: 40 }, () => ({ method: 'work' })))
  await near.greeted
  await near.flush()
  expect(finish).toHaveLength(40)
  for (const [index, resolve] of finish.entries()) resolve(index)
  expect((await outcomes).map(({ status }) => status)).toEqual(Array(40).fill('fulfilled'))
})

test('hello is said once: a second is an invalid request', async () => {
  const [one, other] = memoryPair()
  const peer = new Peer(one)
  const raw = new Raw(other)
  const hello = '"method":"rpc.hello","params":{"protocol":1,"features":[]}'
  raw.send(`{"jsonrpc":"2.0","id":1,${hello}}`)
  expect(await raw.next()).toMatchObject({
    id: 1,
    result: { protocol: 1, features: ['frames', 'runs', 'meta'] },
  })
  raw.send(`{"jsonrpc":"2.0","id":2,${hello}}`)
  expect(await raw.next()).toMatchObject({ id: 2, error: { code: errorCodes.invalidRequest } })
  expect(peer.takesMeta).toBe(false)
})

test('the answer to a batch leaves by itself, though frames are agreed on and others leave with it', async () => {
  const [one, other] = memoryPair()
  let finish = () => {}
  const work = new Promise<void>((resolve) => (finish = resolve)).then(() => 'done')
  const near = new Peer(one, { hello: true, handlers: { work: () => work } })
  const far = new Peer(other)
  const call = { method: 'work' }
  const outcomes = far.batch([call, call])
  const calls = [far.request('work'), far.request('work')]
  await near.greeted
  finish()
  expect(await Promise.all(calls)).toEqual(['done', 'done'])
  expect(await outcomes).toMatchObject([{ value: 'done' }, { value: 'done' }])
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

test('what is agreed on explains the very next frame, though a call before it waits to be handled', async () => {
  const [one, other] = memoryPair()
  const near = new Peer(one, { hello: true })
  const raw = new Raw(other)
  const heard: unknown[] = []
  near.on('note', ([number]) => heard.push(number))
  const first = near.request('first')
  await raw.next()
  await raw.next()
  const say = (message: object) => raw.send(JSON.stringify(message))
  const note = (number: number) => ({ jsonrpc: '2.0', method: 'note', params: [number] })
  say({ jsonrpc: '2.0', id: 1, result: 'done' })
  say(note(1))
  say({ jsonrpc: '2.0', id: 2, result: { protocol: 1, features: ['frames', 'runs'] } })
  say([[note(2), [3]], note(4)])
  expect(await first).toBe('done')
  expect(await raw.fence()).toEqual([])
  expect(heard).toEqual([1, 2, 3, 4])
})

test('an answer to hello that comes after it was given up counts from then on', async () => {
  const [one, other] = memoryPair()
  const clock = new Clock()
  let answer: (members: Record<string, unknown>) => void = () => {}
  const answered = new Promise<Record<string, unknown>>((resolve) => (answer = resolve))
  const near = new Peer(one, { hello: true, runtime: clock })
  const far = new Peer(other, { hello: { dial: false, answer: () => answered } })
  near.handle('echo', (params) => params)
  near.handle('count', async function* () {
    for (let number = 0; number < 3_000; number++) yield number
  })
  while (!near.isGreeting) await Promise.resolve()
  clock.advance(5_000)
  expect(await near.greeted).toMatchObject({ foreign: true, error: { code: errorCodes.timeout } })
  answer({})
  while (!far.takesMeta) await Promise.resolve()
  const echoes = [1, 2, 3].map((number) => far.request('echo', [number]))
  expect(await Promise.all(echoes)).toEqual([[1], [2], [3]])
  let items = 0
  for await (const _ of far.stream('count')) items++
  expect(items).toBe(3_000)
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
