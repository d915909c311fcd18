import { errorCodes, memoryPair, Peer } from 'bothways'
import {
  contract,
  integer,
  notification,
  number,
  object,
  optional,
  request,
  stream,
  type Validation,
  validating,
} from 'bothways/contract'
import { expect, test } from 'vitest'

const orders = contract('orders', '1.0.0', {
  service: {
    double: request({ params: object({ n: integer() }), result: number() }),
    all: request({ params: object({ n: optional(integer()) }), result: number() }),
    count: stream({ params: object({ to: integer() }), item: integer(), result: number() }),
    note: notification({ params: object({ n: integer() }) }),
  },
})

/** A remote whose service answers what it is told to, and how often that was asked. */
function pair(validation: Validation, answer: unknown = 2) {
  const [near, far] = memoryPair()
  const asked: unknown[] = []
  const own = validating(orders, validation)
  const wrong = answer as number
  own.serve(new Peer(far), {
    double: (params) => {
      asked.push(params)
      return wrong
    },
    all: async () => wrong,
    async *count() {
      yield wrong
      return 1
    },
    note: (params) => void asked.push(params),
  })
  return { remote: own.remote(new Peer(near)), asked }
}

const wrongParams = { n: 'a' } as unknown as { n: number }

test('both: params that do not fit are not sent', async () => {
  const { remote, asked } = pair('both')
  await expect(remote.double(wrongParams)).rejects.toMatchObject({
    code: errorCodes.invalidParams,
    message: 'double: params.n must be an integer, got the string "a"',
    remote: false,
  })
  expect(() => remote.note(wrongParams)).toThrow('note: params.n must be an integer')
  expect(await remote.double({ n: 1 })).toBe(2)
  expect(await remote.all()).toBe(2)
  expect(asked).toEqual([{ n: 1 }])
})

test('both: a result or an item that does not fit is a fault of its handler', async () => {
  const { remote } = pair('both', 'two')
  for (const call of [remote.double({ n: 1 }), remote.all()])
    await expect(call).rejects.toMatchObject({
      code: errorCodes.internal,
      message: expect.stringContaining('result must be a number, got the string "two"'),
      remote: true,
    })
  const read = async () => {
    for await (const _ of remote.count({ to: 1 }));
  }
  await expect(read()).rejects.toMatchObject({
    code: errorCodes.internal,
    message: 'count: item must be an integer, got the string "two"',
  })
})

test('inbound: the other end finds it', async () => {
  const { remote, asked } = pair('inbound', 'two')
  await expect(remote.double(wrongParams)).rejects.toMatchObject({
    code: errorCodes.invalidParams,
    remote: true,
  })
  await expect(remote.double({ n: 1 })).rejects.toMatchObject({ code: errorCodes.encoding })
  expect(asked).toEqual([{ n: 1 }])
})

test('off: nobody does', async () => {
  const { remote, asked } = pair('off', 'two')
  expect(await remote.double(wrongParams)).toBe('two')
  expect(asked).toEqual([wrongParams])
})
