import { errorCodes, type Limits, memoryPair, Peer, RpcError } from 'bothways'
import { expect, test } from 'vitest'
import { Clock } from '../support/clock.js'
import { Raw } from '../support/raw.js'

const { NaN: notANumber, POSITIVE_INFINITY: endless } = Number

const made = (options: object) => () => new Peer(memoryPair()[0], options)

test.each([
  [{ limits: { message: notANumber } }, 'limits.message is NaN: it must be a number of 0 or more'],
  [{ limits: { held: -1 } }, 'limits.held is -1: it must be a number of 0 or more'],
  [{ limits: { unsent: '1mb' } }, 'limits.unsent is "1mb": it must be a number of 0 or more'],
  [{ limits: { hello: null } }, 'limits.hello is null: it must be a number of 0 or more'],
  [
    { limits: { nesting: endless } },
    'limits.nesting is Infinity: it must be a number from 0 to 1000',
  ],
  [{ limits: { mesage: 1_000 } }, 'limits.mesage: there is no such limit'],
  [{ limits: { constructor: 1_000 } }, 'limits.constructor: there is no such limit'],
  [{ timeout: notANumber }, 'timeout is NaN: it must be a number of 0 or more'],
  [{ timeout: -1 }, 'timeout is -1: it must be a number of 0 or more'],
  [{ timeout: '10s' }, 'timeout is "10s": it must be a number of 0 or more'],
])('a peer made with %j is refused, saying what is allowed', (options, message) => {
  expect(made(options)).toThrow(RpcError)
  expect(made(options)).toThrow(expect.objectContaining({ message }))
})

test('a limit that does not exist is told beside those that do', () => {
  const hint = expect.stringMatching(/message, nesting, .*, silence$/)
  expect(made({ limits: { mesage: 1 } })).toThrow(expect.objectContaining({ hint }))
})

test('a limit that is left open has its default, and one without bound has none', async () => {
  const [one, other] = memoryPair()
  const open = { message: undefined, method: endless } as unknown as Partial<Limits>
  const peer = new Peer(one, { limits: open, timeout: endless, runtime: new Clock() })
  const raw = new Raw(other)
  const call = peer.request('echo')
  raw.send(`{"jsonrpc":"2.0","id":7,"method":"${'m'.repeat(1_000)}"}`)
  expect(await raw.fence()).toMatchObject([
    { method: 'echo' },
    { id: 7, error: { code: errorCodes.methodNotFound } },
  ])
  await expect(peer.request('echo', ['x'.repeat(1_048_576)])).rejects.toMatchObject({
    data: { limit: 'message', value: 1_048_576 },
  })
  raw.send('{"jsonrpc":"2.0","id":1,"result":"late"}')
  expect(await call).toBe('late')
})

test.each([notANumber, -1, '10', null])(
  'a call with the timeout %j rejects before it is sent, saying what is allowed',
  async (timeout) => {
    const clock = new Clock()
    const [one, other] = memoryPair()
    const peer = new Peer(one, { runtime: clock })
    const raw = new Raw(other)
    await expect(peer.request('echo', [], { timeout: timeout as number })).rejects.toMatchObject({
      code: errorCodes.invalidRequest,
      message: expect.stringMatching(/^timeout is .*: it must be a number of 0 or more$/),
      method: 'echo',
      delivery: 'unsent',
    })
    expect(await raw.fence()).toEqual([])
    expect(clock.timers).toBe(0)
  },
)

test('an end without bounds says so in numbers that JSON has', async () => {
  const [one, other] = memoryPair()
  const { POSITIVE_INFINITY: message, MAX_SAFE_INTEGER } = Number
  const near = new Peer(one, { hello: true, limits: { message, inbound: 2.5 } })
  const raw = new Raw(other)
  const limits = { message: MAX_SAFE_INTEGER, nesting: 64, inbound: 2 }
  expect(await raw.next()).toMatchObject({ method: 'rpc.hello', params: { limits } })
  await near.close()
})
