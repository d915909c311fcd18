import { errorCodes, memoryPair, Peer, type PeerOptions } from 'bothways'
import {
  array,
  bytes,
  contract,
  literal,
  notification,
  nullable,
  number,
  object,
  optional,
  record,
  request,
  stream,
  string,
  union,
} from 'bothways/contract'
import { messagePack } from 'bothways/msgpack'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { base64Of, bytesIn } from '../../src/protocol/base64.js'
import { holds } from '../support/property.js'
import { Raw } from '../support/raw.js'
import { tap } from '../support/tap.js'

const part = object({ name: string(), data: bytes(), more: optional(nullable(array(bytes()))) })

const files = contract('files', '1.0.0', {
  service: {
    echo: request({ params: part, result: part }),
    short: request({ params: object({ data: bytes({ max: 3 }) }), result: number() }),
    any: request({ params: record(string(), bytes()), result: array(bytes()) }),
    either: request({
      params: union([
        object({ kind: literal('bytes'), data: bytes() }),
        object({ kind: literal('text'), data: string() }),
      ]),
      result: string(),
    }),
    chunks: stream({
      params: object({ count: number() }),
      item: bytes(),
      result: bytes(),
      input: bytes(),
    }),
    tell: notification({ params: object({ data: bytes() }) }),
    told: request({ result: array(bytes()) }),
    lie: request({ result: bytes() }),
  },
})

/** What the two ends have: bytes as they are, or base64. */
const ways: readonly (readonly [string, PeerOptions, PeerOptions])[] = [
  ['in MessagePack', { codec: messagePack() }, { codec: messagePack() }],
  ['as base64, with a codec at one end', { codec: messagePack() }, {}],
  ['as base64', {}, {}],
]

function pairOf(nearOptions: PeerOptions, farOptions: PeerOptions) {
  const left: (string | Uint8Array)[] = []
  const [one, other] = memoryPair()
  const near = new Peer(tap(one, left as string[]), { hello: true, ...nearOptions })
  const far = new Peer(other, farOptions)
  const told: Uint8Array[] = []
  files.serve(far, {
    echo: (said) => said,
    short: ({ data }) => data.length,
    any: async (said) => Object.values(said),
    either: ({ kind, data }) => `${kind} ${typeof data === 'string' ? data : data.join()}`,
    chunks: async function* ({ count }, { input }) {
      let sum = 0
      for (let n = 0; n < count; n++) yield Uint8Array.of(n, 255)
      for await (const chunk of input ?? []) sum += chunk.length
      return Uint8Array.of(sum)
    },
    tell: ({ data }) => void told.push(data),
    told: () => told,
    lie: () => 'AAA' as unknown as Uint8Array,
  })
  return { near, far, remote: files.remote(near), left }
}

describe.each(ways)('%s', (_, nearOptions, farOptions) => {
  test('bytes in params and results are bytes at both ends', async () => {
    const { near, remote } = pairOf(nearOptions, farOptions)
    await near.greeted
    const whole = Uint8Array.from({ length: 1_000 }, (_, index) => index)
    const said = { name: 'a', data: whole.subarray(3, 100), more: [whole, new Uint8Array(0)] }
    expect(await remote.echo(said)).toEqual(said)
    expect((await remote.echo({ name: '', data: whole })).data).toBeInstanceOf(Uint8Array)
    expect(Object.keys(said)).toEqual(['name', 'data', 'more'])
    expect(JSON.stringify(said.data)).toContain('"0":3')
    await near.close()
  })

  test('bytes below names that the caller chose, __proto__ among them', async () => {
    const { near, remote } = pairOf(nearOptions, farOptions)
    await near.greeted
    const said: Record<string, Uint8Array> = Object.create(null)
    for (const [index, name] of ['a', '__proto__', 'constructor'].entries())
      said[name] = Uint8Array.of(index)
    expect(await remote.any({ ...said })).toEqual([0, 1, 2].map((byte) => Uint8Array.of(byte)))
    await near.close()
  })

  test('a union takes the alternative that fits', async () => {
    const { near, remote } = pairOf(nearOptions, farOptions)
    await near.greeted
    expect(await remote.either({ kind: 'text', data: 'abcd' })).toBe('text abcd')
    expect(await remote.either({ kind: 'bytes', data: Uint8Array.of(1, 2) })).toBe('bytes 1,2')
    await near.close()
  })

  test('bytes stream both ways, and end with bytes', async () => {
    const { near, remote } = pairOf(nearOptions, farOptions)
    await near.greeted
    async function* input() {
      for (let n = 0; n < 100; n++) yield new Uint8Array(2)
    }
    const chunks = remote.chunks({ count: 100 }, { input: input() })
    const items: Uint8Array[] = []
    for await (const item of chunks) items.push(item)
    expect(items).toEqual(Array.from({ length: 100 }, (_, n) => Uint8Array.of(n, 255)))
    expect(await chunks.result).toEqual(Uint8Array.of(200))
    await near.close()
  })

  test('notifications carry bytes', async () => {
    const { near, remote } = pairOf(nearOptions, farOptions)
    await near.greeted
    remote.tell({ data: Uint8Array.of(1) })
    expect(await remote.told()).toEqual([Uint8Array.of(1)])
    await near.close()
  })

  test('more bytes than there may be are refused, naming how many', async () => {
    const { near, remote } = pairOf(nearOptions, farOptions)
    await near.greeted
    expect(await remote.short({ data: new Uint8Array(3) })).toBe(3)
    await expect(remote.short({ data: new Uint8Array(4) })).rejects.toMatchObject({
      message: expect.stringMatching(/data (must be bytes, at most 3|is a Uint8Array)/),
    })
    await near.close()
  })

  test('what is no base64 is refused by whoever reads it', async () => {
    const { near, remote } = pairOf(nearOptions, farOptions)
    await near.greeted
    const wrong = { name: 'a', data: 'AA=A' as unknown as Uint8Array }
    await expect(remote.echo(wrong)).rejects.toMatchObject({
      code: errorCodes.invalidParams,
      message: expect.stringContaining('params.data must be bytes'),
    })
    await expect(remote.lie()).rejects.toMatchObject({ code: errorCodes.encoding })
    await near.close()
  })

  test('bytes where the contract says something else are refused', async () => {
    const { near, remote } = pairOf(nearOptions, farOptions)
    await near.greeted
    const said = { name: Uint8Array.of(1) as unknown as string, data: Uint8Array.of(2) }
    await expect(remote.echo(said)).rejects.toMatchObject({ method: 'echo' })
    await near.close()
  })
})

test('what leaves is base64 without a codec at the other end, and never with one', async () => {
  const data = Uint8Array.of(1, 2, 3)
  const plain = pairOf({ codec: messagePack() }, {})
  await plain.near.greeted
  await plain.remote.echo({ name: 'a', data })
  expect(plain.left.at(-1)).toContain('"data":"AQID"')
  const packed = pairOf({ codec: messagePack() }, { codec: messagePack() })
  await packed.near.greeted
  await packed.remote.echo({ name: 'a', data })
  expect(packed.left.some((frame) => String(frame).includes('AQID'))).toBe(false)
})

test('a foreign client sends and is sent base64', async () => {
  const [one, other] = memoryPair()
  files.serve(new Peer(one), { ...handlers(), echo: (said) => said })
  const raw = new Raw(other)
  const params = { name: 'a', data: '//4=' }
  raw.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'echo', params }))
  expect(await raw.next()).toMatchObject({ id: 1, result: params })
  for (const data of ['//4', '//5=', '//4=\n', '_-4=', 7, null]) {
    raw.send(JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'echo', params: { name: 'a', data } }))
    expect(await raw.next()).toMatchObject({
      id: 2,
      error: { code: errorCodes.invalidParams, data: { path: '/data' } },
    })
  }
})

function handlers() {
  const never = () => {
    throw new Error('not asked')
  }
  return {
    echo: never,
    short: never,
    any: never,
    either: never,
    chunks: never,
    tell: never,
    told: never,
    lie: never,
  }
}

test('bytes in a union with a string are refused where the contract is made', () => {
  expect(() => union([bytes(), string()])).toThrow('bytes() in a union with string()')
})

test('350,000 empty bytes are read in a time that grows with their number', async () => {
  const many = contract('many', '1.0.0', {
    service: { count: request({ params: object({ list: array(bytes()) }), result: number() }) },
  })
  const [one, other] = memoryPair()
  many.serve(new Peer(one), { count: ({ list }) => list.length })
  const raw = new Raw(other)
  const list = new Array(300_000).fill('')
  raw.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'count', params: { list } }))
  expect(await raw.next()).toMatchObject({ result: 300_000 })
}, 30_000)

test('base64 is that of RFC 4648, and anything else is none', () =>
  holds(
    fc.property(fc.uint8Array({ maxLength: 100 }), (some) => {
      const text = btoa(String.fromCharCode(...some))
      expect(base64Of(some)).toBe(text)
      expect(bytesIn(text)).toEqual(some)
    }),
  ))

test.each([
  'A',
  'AA',
  'AAA',
  'AB==',
  'AAB=',
  'A===',
  '====',
  'AA=A',
  'AAAA=',
  'A A=',
  'é===',
  'éééé',
  'AA==AA==',
  '-_==',
  'A\nAA',
  'AA=\u0000',
])('%j is no base64', (text) => expect(bytesIn(text)).toBeUndefined())
