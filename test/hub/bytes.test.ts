import { errorCodes, type PeerOptions } from 'bothways'
import { bytes, contract, event, object, request, stream } from 'bothways/contract'
import { Hub } from 'bothways/hub'
import { messagePack } from 'bothways/msgpack'
import { describe, expect, test } from 'vitest'
import { deferred, enterWire } from './support.js'

const blobs = contract('blobs', '1.0.0', {
  service: {
    echo: request({ params: object({ data: bytes() }), result: bytes() }),
    ask: request({ params: object({ data: bytes() }), result: bytes() }),
    chunks: stream({ item: bytes(), result: bytes(), input: bytes() }),
  },
  client: {
    confirm: request({ params: object({ data: bytes() }), result: bytes() }),
    changed: event({ data: object({ data: bytes() }) }),
  },
})

const some = Uint8Array.of(0, 1, 254, 255)
const codec = messagePack()
const [packs, plain]: readonly PeerOptions[] = [{ codec }, {}]

/** What the hub, the provider and the caller have. */
const members = [
  ['all have a codec', { codec }, packs, packs],
  ['the provider has none', { codec }, plain, packs],
  ['the caller has none', { codec }, packs, plain],
  ['only the hub has one', { codec }, plain, plain],
  ['the hub has none', {}, packs, packs],
] as const

describe.each(members)('through a hub, where %s', (_, hubOptions, providing, calling) => {
  async function enterBoth() {
    const hub = new Hub(hubOptions)
    const { member: provider } = await enterWire(hub, 'provider', 'provider', providing)
    const { member: caller } = await enterWire(hub, 'caller', 'caller', calling)
    const user = await provider.provide(blobs, {
      echo: ({ data }) => data,
      ask: ({ data }, { caller: asked }) => asked.confirm({ data }),
      chunks: async function* (_params, { input }) {
        for await (const chunk of input ?? []) yield chunk
        return some
      },
    })
    return { hub, provider, caller, user }
  }

  test('bytes are passed on in requests, calls back, events and streams', async () => {
    const { hub, caller, user } = await enterBoth()
    const told = deferred<Uint8Array>()
    const service = caller.service(blobs, {
      confirm: ({ data }) => data.subarray(1),
      changed: ({ data }) => told.resolve(data),
    })
    expect(await service.echo({ data: some })).toEqual(some)
    expect(await service.ask({ data: some })).toEqual(some.subarray(1))
    user.users.changed({ data: some })
    expect(await told.promise).toEqual(some)
    async function* input() {
      for (let n = 0; n < 50; n++) yield new Uint8Array(10_000).fill(n)
    }
    const chunks = service.chunks(undefined, { input: input() })
    let count = 0
    for await (const chunk of chunks) if (chunk.length === 10_000 && chunk[9] === count) count++
    expect(count).toBe(50)
    expect(await chunks.result).toEqual(some)
    await hub.close()
  })
})

test('bytes without a contract reach a member with a codec as bytes, and any other as base64', async () => {
  const hub = new Hub({ codec })
  const { member: one } = await enterWire(hub, 'one', 'one', packs)
  const { member: other } = await enterWire(hub, 'other', 'other', plain)
  const { member: caller } = await enterWire(hub, 'caller', 'caller', packs)
  for (const [member, service] of [
    [one, 'packed'],
    [other, 'text'],
  ] as const) {
    const description = { methods: [{ name: 'echo', params: [] }] }
    await member.peer.request('hub.provide', { service, version: '1', description })
    member.peer.handle(`${service}.echo`, (params) => params)
  }
  expect(await caller.peer.request('packed.echo', [some])).toEqual([some])
  expect(await caller.peer.request('text.echo', [some])).toEqual(['AAH+/w=='])
  await expect(other.peer.request('packed.echo', [some])).rejects.toMatchObject({
    code: errorCodes.encoding,
    delivery: 'unsent',
  })
  await hub.close()
})

test('a process that is a hub takes and gives bytes as any member does', async () => {
  const hub = new Hub({ codec })
  await hub.provide(blobs, {
    echo: ({ data }) => data,
    ask: ({ data }) => data,
    chunks: () => some,
  })
  const { member } = await enterWire(hub, 'caller', 'caller', packs)
  const user = { confirm: () => some, changed: () => {} }
  expect(await member.service(blobs, user).echo({ data: some })).toEqual(some)
  expect(await hub.service(blobs, user).echo({ data: some })).toEqual(some)
  await hub.close()
})
