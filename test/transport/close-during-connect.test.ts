import { errorCodes, memoryPair, Peer, type Transport } from 'bothways'
import { messagePortTransport } from 'bothways/message-port'
import { expect, test } from 'vitest'

const pairs: Readonly<Record<string, () => [Transport, Transport]>> = {
  memory: memoryPair,
  MessageChannel: () => {
    const { port1, port2 } = new MessageChannel()
    return [messagePortTransport(port1), messagePortTransport(port2)]
  },
}

test.each(Object.entries(pairs))(
  'a peer that closes in the turn it was made in takes both ends down (%s)',
  async (_, makePair) => {
    const [one, other] = makePair()
    const near = new Peer(one, { hello: true })
    const far = new Peer(other)
    const call = expect(near.request('echo')).rejects.toMatchObject({ code: errorCodes.closed })
    await near.close({ code: 4321, reason: 'at once' })
    await call
    expect(await far.closed).toEqual({ code: 4321, reason: 'at once' })
    expect(await near.greeted).toMatchObject({ foreign: true })
  },
)

test.each(Object.entries(pairs))(
  'what was sent before a close arrives (%s)',
  async (_, makePair) => {
    const [one, other] = makePair()
    const near = new Peer(one)
    const far = new Peer(other)
    const heard: unknown[] = []
    far.on('note', ([number]) => heard.push(number))
    for (const number of [1, 2, 3]) near.notify('note', [number])
    await near.close()
    await far.closed
    expect(heard).toEqual([1, 2, 3])
  },
)

test('calls that waited before the start leave, though their transport drained before it', async () => {
  const [one, other] = memoryPair()
  const near = new Peer(one, { limits: { unsent: 1_000 } })
  const far = new Peer(other, { handlers: { echo: (params) => params } })
  near.notify('note', ['x'.repeat(2_000)])
  expect(await near.request('echo', [1])).toEqual([1])
  await far.close()
})
