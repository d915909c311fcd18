import { type Context, errorCodes, memoryPair, Peer, type PeerOptions, RpcError } from 'bothways'
import { expect, test } from 'vitest'
import { Raw } from '../support/raw.js'

function pair(options: PeerOptions = {}) {
  const [near, far] = memoryPair()
  return { caller: new Peer(near, { hello: true, ...options }), callee: new Peer(far, options) }
}

async function* count(to: number) {
  for (let n = 0; n < to; n++) yield n
  return `${to} in all`
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = []
  for await (const item of items) seen.push(item)
  return seen
}

/** Resolves when nothing more happens by itself: more round trips than a stream takes to fill its window. */
async function settled(caller: Peer): Promise<void> {
  for (let n = 0; n < 100; n++) await caller.request('nobody').catch(() => {})
}

/** A promise, and what settles it. */
function deferred<T = void>() {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

test.each([1, 64, 1_000])(
  'a stream of %i items arrives whole, in order, with its result',
  async (to) => {
    const { caller, callee } = pair()
    callee.handle('count', ({ to }) => count(to))
    const stream = caller.stream<number, string>('count', { to })
    expect(await all(stream)).toEqual(Array.from({ length: to }, (_, n) => n))
    expect(await stream.result).toBe(`${to} in all`)
  },
)

test('a stream works in plain JSON-RPC, without hello', async () => {
  const { caller, callee } = pair({ hello: false })
  callee.handle('count', () => count(200))
  expect(await all(caller.stream('count'))).toHaveLength(200)
})

test('a producer runs 4,096 items ahead of its reader and not one further', async () => {
  const { caller, callee } = pair()
  let made = 0
  callee.handle('endless', async function* () {
    for (;;) yield made++
  })
  await caller.greeted
  const stream = caller.stream<number>('endless')[Symbol.asyncIterator]()
  await stream.next()
  while (made < 4_096) await settled(caller)
  await settled(caller)
  expect(made).toBe(4_096)
  for (let n = 1; n < 2_800; n++) await stream.next()
  while (made < 4_096 + 2_048) await settled(caller)
  await settled(caller)
  expect(made).toBeLessThanOrEqual(4_096 + 2_800)
  await stream.return?.()
})

test('a producer of long items waits once 262,144 characters are not consumed', async () => {
  const { caller, callee } = pair()
  let made = 0
  callee.handle('long', async function* () {
    for (; made < 20; ) {
      made++
      yield 'x'.repeat(100_000)
    }
  })
  const items = caller.stream<string>('long')[Symbol.asyncIterator]()
  await settled(caller)
  expect(made).toBe(3)
  const rest = await all(items)
  expect([rest.length, made]).toEqual([20, 20])
})

test.each(['\u0000', 'ü', '"', 'x'])(
  'no credit is lost over items full of %j',
  async (character) => {
    const { caller, callee } = pair()
    callee.handle('long', async function* () {
      for (let n = 0; n < 50; n++) yield character.repeat(7_000)
      for (let n = 0; n < 200; n++) yield -1.23456789012345e-300
    })
    expect(await all(caller.stream('long'))).toHaveLength(250)
  },
)

test.each([
  { streamItems: 0 },
  { streamItems: 0.5 },
  { streamItems: Number.POSITIVE_INFINITY },
  { streamItems: 100_000 },
  { streamCharacters: 0 },
  { streamCharacters: 500 },
  { streamCharacters: 1_000 },
  { streamItems: Number.POSITIVE_INFINITY, streamCharacters: Number.POSITIVE_INFINITY },
])(
  'no credit is lost over numbers of 24 characters, whatever was announced: %j',
  async (limits) => {
    const { caller, callee } = pair({ limits })
    async function* numbers() {
      for (let n = 0; n < 12_000; n++) yield -2.2250738585072014e-308
    }
    callee.handle('numbers', numbers)
    callee.handle(
      'sink',
      async (_params, { input }) => (await all(input as AsyncIterable<unknown>)).length,
    )
    await caller.greeted
    expect(await all(caller.stream('numbers'))).toHaveLength(12_000)
    expect(await caller.stream('sink', undefined, { input: numbers() }).result).toBe(12_000)
  },
)

test('leaving a loop runs the finally of the producer, and items on their way are dropped', async () => {
  const diagnosed: unknown[] = []
  const { caller, callee } = pair({ onDiagnostic: (event) => diagnosed.push(event) })
  const cleaned = deferred<unknown>()
  callee.handle('endless', async function* (_params, { signal }: Context) {
    try {
      for (let n = 0; ; n++) yield n
    } finally {
      cleaned.resolve(signal.reason)
    }
  })
  const stream = caller.stream('endless')
  for await (const item of stream) if (item === 10) break
  expect(await cleaned.promise).toMatchObject({ code: errorCodes.cancelled })
  await expect(stream.result).rejects.toMatchObject({
    code: errorCodes.cancelled,
    message: '"endless" was left before its end',
  })
  expect(diagnosed).toEqual([])
})

test('a stream that was left is done, whoever reads on', async () => {
  const { caller, callee } = pair()
  callee.handle('endless', () => count(1e9))
  const items = caller.stream('endless')[Symbol.asyncIterator]()
  await items.next()
  await items.return?.()
  expect(await items.next()).toEqual({ done: true, value: undefined })
})

test('an input that was left is done, whoever reads on', async () => {
  const { caller, callee } = pair()
  callee.handle('twice', async (_params, { input }: Context) => {
    const seen: unknown[] = []
    for (let n = 0; n < 2; n++)
      for await (const item of input ?? []) {
        seen.push(item)
        break
      }
    return seen
  })
  expect(await caller.stream('twice', undefined, { input: count(1e9) }).result).toEqual([0])
})

test('a producer that fails to clean up tells onDiagnostic, for nobody else is left', async () => {
  const told: unknown[] = []
  const { caller, callee } = pair({ onDiagnostic: ({ kind, cause }) => told.push([kind, cause]) })
  const fault = new Error('the file is gone')
  callee.handle('numbers', async function* () {
    try {
      for (;;) yield 1
    } finally {
      // biome-ignore lint/correctness/noUnsafeFinally: that it throws is what is tested.
      throw fault
    }
  })
  for await (const _ of caller.stream('numbers')) break
  await expect.poll(() => told).toEqual([['handlerFailed', fault]])
})

test('a producer that waits for something else is told to stop by its signal', async () => {
  const { caller, callee } = pair()
  const stopped = deferred()
  callee.handle('stuck', async function* (_params, { signal }: Context) {
    yield 1
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    stopped.resolve()
  })
  for await (const _ of caller.stream('stuck')) break
  await stopped.promise
})

test('an error of the producer comes after the items before it', async () => {
  const { caller, callee } = pair()
  callee.handle('fail', async function* () {
    yield 1
    yield 2
    throw new RpcError(7, 'no more', { data: { why: 'empty' } })
  })
  const seen: unknown[] = []
  const stream = caller.stream('fail')
  const reading = (async () => {
    for await (const item of stream) seen.push(item)
  })()
  await expect(reading).rejects.toMatchObject({ code: 7, data: { why: 'empty' }, remote: true })
  await expect(stream.result).rejects.toMatchObject({ code: 7 })
  expect(seen).toEqual([1, 2])
})

test('an item that cannot cross the wire ends its stream, saying which and where', async () => {
  const { caller, callee } = pair()
  callee.handle('bad', async function* () {
    yield { size: 1 }
    yield { size: 1n }
  })
  const stream = caller.stream('bad')
  await expect(all(stream)).rejects.toMatchObject({
    code: errorCodes.internal,
    message: 'item 1 of "bad" cannot be sent: /size is a bigint and cannot cross the wire',
  })
  expect(await caller.request('rpc.discover').catch(() => 'alive')).toBe('alive')
})

test('an item over the limit of a message ends its stream, naming the limit', async () => {
  const { caller, callee } = pair()
  callee.handle('huge', async function* () {
    yield 'x'.repeat(2_000_000)
  })
  await expect(all(caller.stream('huge'))).rejects.toThrow('over the limit "message" of 1048576')
})

test('a long item behind short ones leaves in a message of its own', async () => {
  const { caller, callee } = pair()
  callee.handle('sizes', async function* () {
    for (let n = 0; n < 15; n++) yield 'x'.repeat(1_000)
    yield 'x'.repeat(1_046_000)
  })
  const items = await all(caller.stream<string>('sizes'))
  expect(items.map(({ length }) => length)).toEqual([...new Array(15).fill(1_000), 1_046_000])
})

test('items leave in messages that an end which takes little takes, both ways', async () => {
  const [near, far] = memoryPair()
  const caller = new Peer(near, { hello: true, limits: { message: 8_000 } })
  const callee = new Peer(far, { limits: { message: 8_000 } })
  callee.handle('again', (_params, { input }: Context) => input)
  await caller.greeted
  async function* words() {
    for (let n = 0; n < 500; n++) yield '\u20ac'.repeat(50)
  }
  expect(await all(caller.stream('again', undefined, { input: words() }))).toHaveLength(500)
})

test('aborting rejects the reader at once, and drops what was not read', async () => {
  const { caller, callee } = pair()
  callee.handle('endless', () => count(1e9))
  const giveUp = new AbortController()
  const stream = caller.stream('endless', undefined, { signal: giveUp.signal })
  const items = stream[Symbol.asyncIterator]()
  await items.next()
  giveUp.abort(new Error('enough'))
  await expect(items.next()).rejects.toThrow('enough')
  await expect(stream.result).rejects.toThrow('enough')
  expect(await items.next()).toEqual({ done: true, value: undefined })
})

test('a signal that aborted already asks for nothing', async () => {
  const { caller, callee } = pair()
  let asked = 0
  callee.handle('count', () => {
    asked++
    return count(1)
  })
  const signal = AbortSignal.abort(new Error('never mind'))
  await expect(all(caller.stream('count', undefined, { signal }))).rejects.toThrow('never mind')
  expect(asked).toBe(0)
})

test('what a stream is asked of that is none ends with its result, and no items', async () => {
  const { caller, callee } = pair()
  callee.handle('plain', () => 42)
  const stream = caller.stream('plain')
  expect(await all(stream)).toEqual([])
  expect(await stream.result).toBe(42)
})

test('a stream that is asked for as one answer is refused, saying what to do, and cleaned up', async () => {
  const { caller, callee } = pair()
  callee.handle('count', () => count(5))
  callee.handle('later', async () => count(5))
  for (const method of ['count', 'later']) {
    await expect(caller.request(method)).rejects.toMatchObject({
      code: errorCodes.invalidRequest,
      message: `"${method}" is a stream`,
      hint: `call peer.stream("${method}")`,
    })
  }
})

test('a stream of a method that is not there is refused like any call', async () => {
  const { caller, callee } = pair()
  callee.handle('count', () => count(5))
  await expect(all(caller.stream('coun'))).rejects.toMatchObject({
    code: errorCodes.methodNotFound,
    hint: 'did you mean "count"?',
  })
  for (const method of ['rpc.hello', 'rpc.stream', '$/cancelRequest']) {
    await expect(all(caller.stream(method))).rejects.toMatchObject({
      code: errorCodes.invalidParams,
    })
  }
})

test('the result alone can be awaited: the items are thrown away, and reading them later says so', async () => {
  const { caller, callee } = pair()
  callee.handle('count', () => count(1_000))
  const stream = caller.stream<number, string>('count')
  expect(await stream.result).toBe('1000 in all')
  await expect(all(stream)).rejects.toMatchObject({
    code: errorCodes.lagged,
    message: expect.stringContaining('items were discarded'),
  })
})

test.each([
  ['escapes', '\u0001'.repeat(1_000)],
  ['times', Array(1_000).fill(1_700_000_000_000)],
  ['flags', Array(1_000).fill(false)],
])(
  'the result alone comes also of items whose JSON is longer than it seems: %s',
  async (_, item) => {
    const { caller, callee } = pair()
    callee.handle('long', async function* () {
      for (let n = 0; n < 200; n++) yield item
      return 'done'
    })
    expect(await caller.stream('long').result).toBe('done')
  },
)

test('the result alone comes also where the limits are no whole numbers', async () => {
  const { caller, callee } = pair({ limits: { streamItems: 2.5, streamCharacters: 32.9 } })
  callee.handle('count', () => count(50))
  await caller.greeted
  expect(await caller.stream('count').result).toBe('50 in all')
})

test('awaiting the result of a short stream first loses nothing', async () => {
  const { caller, callee } = pair()
  callee.handle('count', () => count(10))
  const stream = caller.stream('count')
  await stream.result
  expect(await all(stream)).toHaveLength(10)
})

test('a failing stream that nobody looks at raises no unhandled rejection', async () => {
  const { caller, callee } = pair()
  callee.handle('fail', () => {
    throw new Error('boom')
  })
  caller.stream('fail')
  await expect(caller.request('fail')).rejects.toThrow('boom')
})

test('a stream is read once', async () => {
  const { caller, callee } = pair()
  callee.handle('count', () => count(10))
  const stream = caller.stream('count')
  await all(stream)
  await expect(all(stream)).rejects.toThrow('a stream is read once')
})

test('a stream is a web stream too, and cancelling that cancels it', async () => {
  const { caller, callee } = pair()
  const cleaned = deferred()
  callee.handle('endless', async function* () {
    try {
      for (let n = 0; ; n++) yield n
    } finally {
      cleaned.resolve()
    }
  })
  const reader = caller.stream<number>('endless').toReadable().getReader()
  expect(await reader.read()).toEqual({ done: false, value: 0 })
  expect(await reader.read()).toEqual({ done: false, value: 1 })
  await reader.cancel()
  await cleaned.promise
})

test('await using leaves a stream at the end of its block', async () => {
  const { caller, callee } = pair()
  const cleaned = deferred()
  callee.handle('endless', async function* () {
    try {
      for (let n = 0; ; n++) yield n
    } finally {
      cleaned.resolve()
    }
  })
  const stream = caller.stream('endless')
  await stream[Symbol.asyncDispose]()
  await cleaned.promise
})

test('both ends stream at once, and the handler reads what its caller streams', async () => {
  const { caller, callee } = pair()
  callee.handle('double', async function* (_params, { input }: Context) {
    let sum = 0
    for await (const item of input ?? []) {
      sum += item as number
      yield (item as number) * 2
    }
    return sum
  })
  const stream = caller.stream<number, number>('double', undefined, { input: count(500) })
  expect(await all(stream)).toEqual(Array.from({ length: 500 }, (_, n) => n * 2))
  expect(await stream.result).toBe(124_750)
})

test('a handler that is no stream reads a stream of its caller', async () => {
  const { caller, callee } = pair()
  callee.handle('sum', async (_params, { input }: Context) => {
    let sum = 0
    for await (const item of input ?? []) sum += item as number
    return sum
  })
  expect(await caller.stream('sum', undefined, { input: count(1_000) }).result).toBe(499_500)
})

test.each([
  ['4,096 items', 4_096, () => 0],
  ['262,144 characters', 3, () => 'x'.repeat(100_000)],
])(
  'the source of an input runs %s ahead of its handler and not one further',
  async (_, most, item) => {
    const { caller, callee } = pair()
    let made = 0
    async function* source() {
      for (;;) {
        made++
        yield item()
      }
    }
    const held = deferred()
    callee.handle('slow', async (_params, { input }: Context) => {
      await held.promise
      let count = 0
      for await (const _item of input ?? []) if (++count === most) return 'enough'
      return undefined
    })
    await caller.greeted
    const { result } = caller.stream('slow', undefined, { input: source() })
    while (made < most) await settled(caller)
    await settled(caller)
    expect(made).toBe(most)
    held.resolve()
    expect(await result).toBe('enough')
  },
)

test.each([
  ['a web stream', () => webStreamOf([97, 98, 99])],
  ['an iterable that can only be asked for more', () => ({ [Symbol.asyncIterator]: letters })],
])('the input may be %s', async (_, input) => {
  const { caller, callee } = pair()
  callee.handle('sum', async (_params, { input }: Context) => {
    let sum = 0
    for await (const item of input ?? []) sum += item as number
    return sum
  })
  expect(await caller.stream('sum', undefined, { input: input() }).result).toBe(294)
})

function webStreamOf(values: number[]): ReadableStream<number> {
  return new ReadableStream({
    start: (controller) => {
      for (const value of values) controller.enqueue(value)
      controller.close()
    },
  })
}

function letters(): AsyncIterator<number> {
  const values = [97, 98, 99]
  return {
    next: async () => {
      const value = values.shift()
      return value === undefined ? { done: true, value } : { done: false, value }
    },
  }
}

test("a handler that leaves its input lets the caller's source clean up once it answers", async () => {
  const { caller, callee } = pair()
  const cleaned = deferred()
  const made: number[] = []
  async function* source() {
    try {
      for (let n = 0; ; n++) {
        made.push(n)
        yield n
      }
    } finally {
      cleaned.resolve()
    }
  }
  callee.handle('first', async (_params, { input }: Context) => {
    for await (const item of input ?? []) return item
    return undefined
  })
  expect(await caller.stream('first', undefined, { input: source() }).result).toBe(0)
  await cleaned.promise
  expect(made.length).toBeLessThanOrEqual(65)
})

test('whoever reads an input after the answer is told that there is no more of it', async () => {
  const { caller, callee } = pair()
  const ended = deferred<unknown>()
  callee.handle('start', (_params, { input = count(0) }: Context) => {
    all(input).catch(ended.resolve)
    return 'started'
  })
  const stream = caller.stream('start', undefined, { input: count(1e9) })
  expect(await stream.result).toBe('started')
  expect(await ended.promise).toMatchObject({
    code: errorCodes.cancelled,
    message: '"start" is over: its caller streams no more',
  })
})

test.each([
  ['aborts its request', (giveUp: AbortController) => giveUp.abort(new Error('over'))],
  ['closes the peer', (_giveUp: AbortController, caller: Peer) => void caller.close()],
])('an input that %s when it is first asked is left, and cleans up', async (_, end) => {
  const { caller } = pair()
  const giveUp = new AbortController()
  const cleaned = deferred()
  let made = 0
  async function* source() {
    try {
      end(giveUp, caller)
      for (;;) yield made++
    } finally {
      cleaned.resolve()
    }
  }
  const options = { input: source(), signal: giveUp.signal }
  await expect(caller.stream('sum', undefined, options).result).rejects.toThrow()
  await cleaned.promise
  expect(made).toBe(1)
})

test('an input that aborts its request before it can be asked is never asked', async () => {
  const { caller } = pair()
  const giveUp = new AbortController()
  let asked = 0
  const input = {
    [Symbol.asyncIterator]() {
      giveUp.abort(new Error('over'))
      return { next: async () => ({ done: false, value: asked++ }) }
    },
  }
  const stream = caller.stream('sum', undefined, { input, signal: giveUp.signal })
  await expect(stream.result).rejects.toThrow('over')
  await settled(caller)
  expect(asked).toBe(0)
})

test('an input that cannot be read fails its stream, and the handler that waits for it is told', async () => {
  const { caller, callee } = pair()
  const stopped = new Promise((resolve) => {
    callee.handle('sum', async (_params, { signal }: Context) => {
      await new Promise((stop) => signal.addEventListener('abort', stop))
      resolve('stopped')
    })
  })
  const input = new ReadableStream()
  input.getReader()
  await expect(caller.stream('sum', [], { input }).result).rejects.toThrow('locked')
  expect(await stopped).toBe('stopped')
})

test('a source that fails fails the handler that reads it', async () => {
  const { caller, callee } = pair()
  callee.handle('sum', async (_params, { input }: Context) => {
    const seen: unknown[] = []
    for await (const item of input ?? []) seen.push(item)
    return seen
  })
  async function* source() {
    yield 1
    throw new RpcError(7, 'the disk is full')
  }
  const { result } = caller.stream('sum', undefined, { input: source() })
  await expect(result).rejects.toMatchObject({ message: 'the disk is full' })
})

test('the end of the connection ends a stream on both sides', async () => {
  const [near, far] = memoryPair()
  const [caller, callee] = [new Peer(near), new Peer(far)]
  const cleaned = deferred()
  callee.handle('endless', async function* () {
    try {
      for (let n = 0; ; n++) yield n
    } finally {
      cleaned.resolve()
    }
  })
  const stream = caller.stream('endless')
  const items = stream[Symbol.asyncIterator]()
  await items.next()
  near.close({ code: 1006, reason: 'cut' })
  await cleaned.promise
  await expect(stream.result).rejects.toMatchObject({
    code: errorCodes.closed,
    message: expect.stringContaining('"endless"'),
  })
  await expect(
    (async () => {
      for (;;) if ((await items.next()).done) return
    })(),
  ).rejects.toMatchObject({ code: errorCodes.closed })
})

// ── a peer that breaks the rules ──

function rawPair(options: PeerOptions = {}) {
  const [near, far] = memoryPair()
  return { peer: new Peer(near, options), raw: new Raw(far) }
}

const say = (method: string, params: object) => JSON.stringify({ jsonrpc: '2.0', method, params })

test('a greedy producer fails its stream, is told to stop, and costs no memory', async () => {
  const { peer, raw } = rawPair()
  const stream = peer.stream('endless')
  stream[Symbol.asyncIterator]()
  expect(await raw.next()).toMatchObject({ method: 'rpc.stream', params: { method: 'endless' } })
  raw.send(say('rpc.output', { id: 1, values: Array.from({ length: 4_097 }, () => 0) }))
  expect(await raw.next()).toEqual({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 1 } })
  await expect(stream.result).rejects.toMatchObject({
    code: errorCodes.protocol,
    message: '"endless": more stream items came than there was credit for',
  })
  expect(peer.state).toBe('open')
})

test('a producer of long items without credit fails its stream', async () => {
  const { peer, raw } = rawPair()
  const stream = peer.stream('endless')
  stream[Symbol.asyncIterator]()
  await raw.next()
  for (let n = 0; n < 4; n++) raw.send(say('rpc.output', { id: 1, values: ['x'.repeat(100_000)] }))
  await expect(stream.result).rejects.toMatchObject({ code: errorCodes.protocol })
})

test.each([{ id: 99, values: [1] }, { id: '1', values: [1] }, { id: 1 }, [], undefined])(
  'items %j for a stream that was never asked for are diagnosed',
  async (params) => {
    const told = deferred<unknown>()
    const { peer, raw } = rawPair({ onDiagnostic: told.resolve })
    const stream = peer.stream('count')
    await raw.next()
    raw.send(say('rpc.output', params as object))
    expect(await told.promise).toMatchObject({
      kind: 'invalidMessage',
      message: 'rpc.output is for no stream',
    })
    raw.send(say('rpc.output', { id: 1, values: [1] }))
    raw.send('{"jsonrpc":"2.0","id":1,"result":null}')
    expect(await all(stream)).toEqual([1])
  },
)

test('items for a plain request fail it', async () => {
  const { peer, raw } = rawPair()
  const call = peer.request('plain')
  await raw.next()
  raw.send(say('rpc.output', { id: 1, values: [1] }))
  await expect(call).rejects.toMatchObject({
    code: errorCodes.protocol,
    message: '"plain": stream items came, and no stream was asked for',
  })
})

test('items of a stream that has ended are dropped in silence', async () => {
  const diagnosed: unknown[] = []
  const { peer, raw } = rawPair({ onDiagnostic: (event) => diagnosed.push(event) })
  const stream = peer.stream('count')
  await raw.next()
  raw.send('{"jsonrpc":"2.0","id":1,"result":null}')
  raw.send(say('rpc.output', { id: 1, values: [1] }))
  expect(await all(stream)).toEqual([])
  await raw.fence()
  expect(diagnosed).toEqual([])
})

test('a reader that claims to have consumed more than was sent ends the stream', async () => {
  const { peer, raw } = rawPair()
  peer.handle('endless', () => count(1e9))
  raw.send('{"jsonrpc":"2.0","id":"s","method":"rpc.stream","params":{"method":"endless"}}')
  await raw.next()
  raw.send(say('rpc.window', { id: 's', of: 'output', consumed: 1e9 }))
  const answer = await (async () => {
    for (;;) {
      const message = (await raw.next()) as Record<string, unknown>
      if ('id' in message) return message
    }
  })()
  expect(answer).toMatchObject({ id: 's', error: { code: errorCodes.protocol } })
})

test('items for a stream that was left are dropped in silence, before the other end knows and after', async () => {
  const diagnosed: unknown[] = []
  const { peer, raw } = rawPair({ onDiagnostic: (event) => diagnosed.push(event) })
  const stream = peer.stream('count')
  const items = stream[Symbol.asyncIterator]()
  await raw.next()
  raw.send(say('rpc.output', { id: 1, values: [1, 2] }))
  expect(await items.next()).toEqual({ done: false, value: 1 })
  await items.return?.()
  for (let n = 0; n < 5_000; n++) raw.send(say('rpc.output', { id: 1, values: [n] }))
  expect(await raw.next()).toMatchObject({ method: '$/cancelRequest', params: { id: 1 } })
  raw.send('{"jsonrpc":"2.0","id":1,"error":{"code":-32800,"message":"cancelled"}}')
  raw.send(say('rpc.output', { id: 1, values: ['late'] }))
  expect(await raw.fence()).toEqual([])
  await expect(stream.result).rejects.toMatchObject({ code: errorCodes.cancelled })
  expect([peer.state, diagnosed]).toEqual(['open', []])
})

test.each([
  say('rpc.output', { id: 7, values: [1] }),
  say('rpc.window', { id: 7, of: 'input', consumed: 1 }),
])(
  'what is for a stream that was never asked for, again and again, ends the connection: %s',
  async (lie) => {
    const { peer, raw } = rawPair()
    for (let n = 0; n <= 20; n++) raw.send(lie)
    expect(await raw.closed).toMatchObject({ code: 1008 })
    expect(peer.state).toBe('closed')
  },
)

test('a handler that claims to have consumed more of its input than was sent fails the stream', async () => {
  const { peer, raw } = rawPair()
  const cleaned = deferred()
  async function* source() {
    try {
      for (let n = 0; ; n++) yield n
    } finally {
      cleaned.resolve()
    }
  }
  const stream = peer.stream('sink', undefined, { input: source() })
  await raw.next()
  raw.send(say('rpc.window', { id: 1, of: 'input', consumed: 1e9 }))
  await expect(stream.result).rejects.toMatchObject({
    code: errorCodes.protocol,
    message: '"sink": more stream items were consumed than were sent',
  })
  await cleaned.promise
  expect(peer.state).toBe('open')
})

test('a reader that has consumed nothing yet may say so', async () => {
  const [near, far] = memoryPair()
  const peer = new Peer(near)
  const raw = new Raw(far)
  let begin = () => {}
  const begun = new Promise<void>((resolve) => (begin = resolve))
  peer.handle('later', async () => {
    await begun
    return (async function* () {
      yield 0
    })()
  })
  raw.send('{"jsonrpc":"2.0","id":1,"method":"rpc.stream","params":{"method":"later"}}')
  raw.send('{"jsonrpc":"2.0","method":"rpc.window","params":{"id":1,"of":"output","consumed":0}}')
  await raw.fence()
  begin()
  expect(await raw.next()).toMatchObject({ method: 'rpc.output', params: { id: 1, values: [0] } })
})

test('a caller that streams more than the handler gave credit for is refused', async () => {
  const { peer, raw } = rawPair()
  const stopped = deferred<unknown>()
  peer.handle('slow', async (_params, { signal }: Context) => {
    signal.addEventListener('abort', () => stopped.resolve(signal.reason))
    await new Promise(() => {})
  })
  raw.send(
    '{"jsonrpc":"2.0","id":"s","method":"rpc.stream","params":{"method":"slow","input":true}}',
  )
  raw.send(say('rpc.input', { id: 's', values: Array.from({ length: 4_097 }, () => 0) }))
  expect(await raw.next()).toMatchObject({ id: 's', error: { code: errorCodes.protocol } })
  expect(await stopped.promise).toMatchObject({ code: errorCodes.protocol })
})

test.each([
  { method: 7 },
  {},
  [],
  { method: 'x'.repeat(300) },
  { method: 'count', params: 'text' },
  { method: '__proto__.count', params: 7 },
])('a request for a stream %j is refused as invalid', async (params) => {
  const { peer, raw } = rawPair()
  peer.handle('count', () => count(1))
  raw.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'rpc.stream', params }))
  expect(await raw.next()).toMatchObject({ id: 1, error: { code: errorCodes.invalidParams } })
})
