import { defaultLimits, errorCodes, memoryPair, Peer, type PeerOptions, RpcError } from 'bothways'
import { messagePortTransport } from 'bothways/message-port'
import { messagePack } from 'bothways/msgpack'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { holds } from '../support/property.js'
import { respond } from '../support/responder.js'

const codec = messagePack()
const some = Uint8Array.of(1, 2, 3)

/** The end of a connection that says anything in MessagePack, and reads what a peer says. */
class PackedEnd {
  readonly #transport: ReturnType<typeof memoryPair>[0]
  readonly #arrived: (string | Uint8Array)[] = []
  #wake: () => void = () => {}
  #end: number | undefined

  constructor(transport: ReturnType<typeof memoryPair>[0]) {
    this.#transport = transport
    transport.start({
      frame: (data) => {
        this.#arrived.push(data)
        this.#wake()
      },
      writable: () => {},
      activity: () => {},
      closed: ({ code }) => {
        this.#end = code
        this.#wake()
      },
    })
  }

  send(message: object): void {
    this.raw(codec.encode({ jsonrpc: '2.0', ...message }))
  }

  raw(frame: string | Uint8Array): void {
    this.#transport.send(frame)
  }

  /** The next frame: its value, or the code with which the connection ended. */
  async next(): Promise<unknown> {
    while (this.#arrived.length === 0) {
      if (this.#end !== undefined) return this.#end
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    const frame = this.#arrived.shift() ?? ''
    return typeof frame === 'string' ? JSON.parse(frame) : codec.decode(frame, 64)
  }

  /** Says hello, with what is named. */
  async greet(...features: string[]): Promise<unknown> {
    const params = { protocol: 1, features }
    this.raw(JSON.stringify({ jsonrpc: '2.0', id: 'hello', method: 'rpc.hello', params }))
    return this.next()
  }
}

function endWith(options: PeerOptions = {}) {
  const [one, other] = memoryPair()
  const peer = new Peer(one, { codec, ...options })
  onTestFinished(() => peer.close())
  respond(peer)
  return { peer, end: new PackedEnd(other) }
}

function pairOf(nearOptions: PeerOptions, farOptions: PeerOptions) {
  const [one, other] = memoryPair()
  const near = new Peer(one, { hello: true, ...nearOptions })
  const far = new Peer(other, farOptions)
  onTestFinished(() => near.close())
  respond(far)
  return { near, far }
}

test.each([
  ['no end has a codec', {}, {}],
  ['only this end has a codec', { codec }, {}],
  ['only the other end has a codec', {}, { codec }],
  ['the other end is foreign', { codec, hello: false }, { codec }],
])('bytes are refused where they are sent, saying what to do, where %s', async (_, one, other) => {
  const { near } = pairOf(one, other)
  if (!('hello' in one)) await near.greeted
  const refused = {
    code: errorCodes.encoding,
    delivery: 'unsent',
    message: expect.stringMatching(/\/0 is a Uint8Array \(.*bytes\(\) in a contract.*codec/),
  }
  await expect(near.request('echo', [some])).rejects.toMatchObject(refused)
  expect(() => near.notify('tell', [some])).toThrow(expect.objectContaining(refused))
  await expect(near.request('echo', some)).rejects.toThrow('params are an object or an array')
  expect(await near.request('echo', [1])).toEqual([1])
})

test('bytes before the answer to rpc.hello are refused, and taken behind it', async () => {
  const { near } = pairOf({ codec }, { codec })
  await expect(near.request('echo', [some])).rejects.toMatchObject({ code: errorCodes.encoding })
  await near.greeted
  expect(await near.request('echo', [some])).toEqual([some])
})

test('an end announces bytes where it has a codec, and only then', async () => {
  expect(await endWith().end.greet('frames')).toMatchObject({
    result: { features: ['frames', 'runs', 'meta', 'bytes'] },
  })
  const [one, other] = memoryPair()
  const peer = new Peer(one)
  onTestFinished(() => peer.close())
  expect(await new PackedEnd(other).greet('frames', 'bytes')).toMatchObject({
    result: { features: ['frames', 'runs', 'meta'] },
  })
})

test('messages with bytes are understood whether or not they were agreed on', async () => {
  const { end } = endWith()
  end.send({ id: 1, method: 'echo', params: [1] })
  expect(await end.next()).toEqual({ jsonrpc: '2.0', id: 1, result: [1] })
})

test('only what holds bytes leaves in MessagePack', async () => {
  const { end } = endWith()
  await end.greet('frames', 'bytes')
  end.send({ id: 1, method: 'echo', params: [some] })
  expect(await end.next()).toEqual({ jsonrpc: '2.0', id: 1, result: [some] })
  end.send({ id: 2, method: 'echo', params: [1] })
  expect(await end.next()).toEqual({ jsonrpc: '2.0', id: 2, result: [1] })
})

test('an end that takes no frames is sent no bytes', async () => {
  const { end } = endWith()
  await end.greet('bytes')
  end.send({ id: 1, method: 'echo', params: [some] })
  expect(await end.next()).toMatchObject({ id: 1, error: { code: errorCodes.internal } })
})

test('an answer with bytes to a call of a batch goes by itself', async () => {
  const { peer, end } = endWith()
  let give = (_: unknown) => {}
  peer.handle('slow', () => new Promise((resolve) => (give = resolve)))
  const call = (id: number, method: string) => ({ jsonrpc: '2.0', id, method, params: [id] })
  end.raw(JSON.stringify([call(1, 'slow'), call(2, 'echo')]))
  await end.greet('frames', 'bytes')
  give(some)
  const answers = [await end.next(), await end.next()]
  expect(answers).toContainEqual({ jsonrpc: '2.0', id: 1, result: some })
  expect(answers).toContainEqual([{ jsonrpc: '2.0', id: 2, result: [2] }])
})

test('the data of an error and progress may hold bytes', async () => {
  const { near, far } = pairOf({ codec }, { codec })
  far.handle('refuse', (_, context) => {
    context.progress(some)
    throw new RpcError(7, 'no', { data: { seen: some } })
  })
  await near.greeted
  const told: unknown[] = []
  const call = near.request('refuse', [], { onProgress: (value) => told.push(value) })
  await expect(call).rejects.toMatchObject({ code: 7, data: { seen: some } })
  expect(told).toEqual([some])
})

test("Node's Buffer is bytes like any other", async () => {
  if (globalThis.Buffer === undefined) return
  const { near } = pairOf({ codec }, { codec })
  await expect(near.request('echo', [Buffer.from('a')])).rejects.toThrow('is a Uint8Array')
  await near.greeted
  expect(await near.request('echo', [Buffer.from('abc')])).toEqual([Uint8Array.of(97, 98, 99)])
})

test('what is no MessagePack is answered with constant words, and the connection lives on', async () => {
  const { end } = endWith({ limits: { invalid: Number.POSITIVE_INFINITY } })
  await end.greet('frames', 'bytes')
  const packed = codec.encode({
    jsonrpc: '2.0',
    id: 1,
    method: 'echo',
    params: { a: some, b: 'x' },
  })
  for (let length = 1; length < packed.length; length++) {
    end.raw(packed.slice(0, length))
    expect(await end.next()).toEqual({
      jsonrpc: '2.0',
      id: null,
      error: {
        code: errorCodes.parse,
        message: 'the message is not valid MessagePack: it ends too early',
      },
    })
  }
  end.raw(packed)
  expect(await end.next()).toMatchObject({ id: 1, result: { a: some, b: 'x' } })
})

test('too many messages that are no MessagePack close the connection with 1008', async () => {
  const { end } = endWith()
  for (let count = 0; count <= defaultLimits.invalid; count++) end.raw(Uint8Array.of(0x81, 0xc1))
  for (let count = 0; count < defaultLimits.invalid; count++)
    expect(await end.next()).toMatchObject({ error: { code: errorCodes.parse } })
  expect(await end.next()).toBe(1008)
})

test('a peer without a codec answers bytes as what is no UTF-8', async () => {
  const [one, other] = memoryPair()
  const peer = new Peer(one)
  onTestFinished(() => peer.close())
  const end = new PackedEnd(other)
  end.send({ id: 1, method: 'echo' })
  expect(await end.next()).toMatchObject({
    id: null,
    error: { code: errorCodes.parse, message: 'the message is not valid UTF-8' },
  })
})

function nested(levels: number): unknown {
  let value: unknown = some
  for (let level = 0; level < levels; level++) value = [value]
  return value
}

test('what is nested too deep is refused by name, and settles the call it answers', async () => {
  const { peer, end } = endWith()
  await end.greet('frames', 'bytes')
  end.send({ id: 1, method: 'echo', params: nested(63) })
  expect(await end.next()).toMatchObject({ id: 1 })
  for (const levels of [64, 2_000]) {
    end.send({ id: 2, method: 'echo', params: nested(levels) })
    expect(await end.next()).toMatchObject({
      id: 2,
      error: { code: errorCodes.limitExceeded, data: { limit: 'nesting', value: 64 } },
    })
  }
  const call = peer.request('ask')
  expect(await end.next()).toMatchObject({ id: 1, method: 'ask' })
  end.send({ id: 1, result: nested(64) })
  await expect(call).rejects.toMatchObject({ code: errorCodes.protocol })
})

test('bytes over the limit are refused before they are read', async () => {
  const { end } = endWith({ limits: { message: 1_000 } })
  end.send({ id: 1, method: 'echo', params: [new Uint8Array(1_000)] })
  expect(await end.next()).toMatchObject({
    id: null,
    error: { code: errorCodes.limitExceeded, data: { limit: 'message', value: 1_000 } },
  })
})

test('more bytes in a stream than there is credit for end it with protocol', async () => {
  const { peer, end } = endWith()
  const stream = peer.stream('chunks')
  const items = stream[Symbol.asyncIterator]()
  await end.next()
  const values = [new Uint8Array(60_000)]
  for (let n = 0; n < 6; n++) end.send({ method: 'rpc.output', params: { id: 1, values } })
  await expect(stream.result).rejects.toMatchObject({ code: errorCodes.protocol })
  await items.return?.()
})

test('a writer of bytes runs as far ahead as its reader lets it', async () => {
  const { peer, end } = endWith()
  let made = 0
  peer.handle('chunks', async function* () {
    for (;;) {
      made++
      yield new Uint8Array(60_000)
    }
  })
  await end.greet('frames', 'bytes')
  end.send({ id: 1, method: 'rpc.stream', params: { method: 'chunks' } })
  for (let n = 0; n < 5; n++) expect(await end.next()).toMatchObject({ method: 'rpc.output' })
  end.send({ id: 2, method: 'echo', params: [1] })
  expect(await end.next()).toMatchObject({ id: 2 })
  expect(made).toBe(5)
  end.send({ method: 'rpc.window', params: { id: 1, of: 'output', consumed: 2 } })
  for (let n = 0; n < 2; n++) expect(await end.next()).toMatchObject({ method: 'rpc.output' })
  end.send({ id: 3, method: 'echo', params: [1] })
  expect(await end.next()).toMatchObject({ id: 3 })
  expect(made).toBe(7)
})

test('any bytes are answered with legal JSON-RPC or with nothing', () =>
  holds(
    fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
      const { peer, end } = endWith({ limits: { invalid: Number.POSITIVE_INFINITY } })
      end.raw(Uint8Array.of(0x83, ...bytes))
      end.send({ id: 'last', method: 'echo', params: [1] })
      for (;;) {
        const answer = await end.next()
        expect(answer).toMatchObject({ jsonrpc: '2.0' })
        if ((answer as { id: unknown }).id === 'last') break
      }
      await peer.close()
    }),
  ))

test('a port is given the buffer that is all of a frame, and a copy of any other', async () => {
  const { port1, port2 } = new MessageChannel()
  const sender = messagePortTransport(port1)
  const arrived: unknown[] = []
  let wake = () => {}
  messagePortTransport(port2).start({
    frame: (data) => {
      arrived.push(data)
      wake()
    },
    writable: () => {},
    activity: () => {},
    closed: () => {},
  })
  const given = new Uint8Array(100).fill(0x81)
  const part = new Uint8Array(100).fill(0x82).subarray(10)
  sender.send(given)
  sender.send(part)
  expect([given.length, part.length]).toEqual([0, 90])
  while (arrived.length < 2) await new Promise<void>((resolve) => (wake = resolve))
  expect(arrived).toEqual([new Uint8Array(100).fill(0x81), new Uint8Array(90).fill(0x82)])
  sender.close()
})

test('an item with bytes that says itself what is written is asked once, as by JSON', async () => {
  const { near, far } = pairOf({ codec, hello: true }, { codec })
  class Item {
    some = some
    toJSON() {
      return this
    }
  }
  far.handle('items', async function* () {
    yield new Item()
  })
  await near.greeted
  for await (const { some: bytes } of near.stream<Item>('items')) expect(bytes).toEqual(some)
  expect(await near.stream('items').result).toBeNull()
})

test('no credit is lost over items with bytes and members that are undefined', async () => {
  const [one, other] = memoryPair()
  const near = new Peer(one, { codec, hello: true })
  const far = new Peer(other, { codec })
  far.handle('items', async function* () {
    for (let n = 0; n < 600; n++) yield { some, ['x'.repeat(1_000)]: undefined }
  })
  await near.greeted
  let items = 0
  for await (const _ of near.stream('items')) items++
  expect(items).toBe(600)
})
