import { type Dialect, errorCodes, memoryPair, Peer } from 'bothways'
import * as entry from 'bothways/dialects'
import { describe, expect, test } from 'vitest'
import { converse } from './support.js'

const { acp, cdp, ekko, jsonRpc1, lsp, mcp, ripple } = entry
const dialects: readonly Dialect[] = [acp, cdp, ekko, jsonRpc1, lsp, mcp, ripple]

describe.each(dialects.map((dialect) => [dialect.name, dialect] as const))('%s', (_, dialect) => {
  const params = dialect === mcp ? { a: 1 } : [1]

  test('two peers that speak it call, tell and fail one another', async () => {
    const [one, other] = memoryPair()
    const near = new Peer(one, { dialect, handlers: { double: () => 'near' } })
    const far = new Peer(other, { dialect })
    const told = new Promise((resolve) => far.on('tell', resolve))
    far.handle('echo', async (given, { remote }) => [given, await remote.request('double')])
    near.notify('tell', params)
    expect(await near.request('echo', params)).toEqual([params, 'near'])
    expect(await told).toEqual(params)
    await expect(near.request('nobody')).rejects.toMatchObject({
      code: errorCodes.methodNotFound,
      remote: true,
    })
    expect(await near.batch([{ method: 'echo', params }])).toMatchObject([{ status: 'fulfilled' }])
    await near.close()
  })

  test('says no hello, and answers none', async () => {
    expect(() => new Peer(memoryPair()[0], { dialect, hello: true })).toThrow(
      `hello: the dialect "${dialect.name}" has no rpc.hello`,
    )
    const [one, other] = memoryPair()
    const near = new Peer(one, { dialect })
    new Peer(other, { dialect })
    await expect(near.request('rpc.hello', params)).rejects.toMatchObject({ code: -32601 })
    await near.close()
  })

  test('asking for a stream fails at the call, saying why', async () => {
    const { peer } = converse(dialect)
    await expect(peer.stream('count').result).rejects.toMatchObject({
      code: errorCodes.unavailable,
      message: `"count" was not sent: the dialect "${dialect.name}" has no streams`,
      method: 'count',
      delivery: 'unsent',
    })
  })

  test('one that is used for two connections keeps them apart', async () => {
    const ends = await Promise.all(
      ['first', 'second'].map(async (name) => {
        const [one, other] = memoryPair()
        const near = new Peer(one, { dialect })
        new Peer(other, { dialect, handlers: { who: () => name } })
        const answer = await near.request('who', params)
        await near.close()
        return answer
      }),
    )
    expect(ends).toEqual(['first', 'second'])
  })
})
