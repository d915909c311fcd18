import { errorCodes, memoryPair, Peer } from 'bothways'
import { type Check, defineContract, inParts, type Request } from 'bothways/contract'
import { lsp } from 'bothways/dialects'
import { expect, test } from 'vitest'

interface Service {
  find?: Request<{ text: string }, number[], never, number[]>
  ping?: Request<undefined, string>
}
interface Client {
  ask?: Request<{ question: string }, boolean>
}

const isNumbers: Check = (value, path = '') =>
  Array.isArray(value) && value.every((item) => typeof item === 'number')
    ? undefined
    : { path, expected: 'numbers', value }

const contract = defineContract<Service, Client>('search', '1.0.0', {
  service: {
    find: { kind: 'request', inParts, part: isNumbers, result: isNumbers },
    ping: { kind: 'request' },
  },
  client: { ask: { kind: 'request' } },
  partial: true,
})

function pair() {
  const [near, far] = memoryPair()
  return [new Peer(near, { dialect: lsp }), new Peer(far, { dialect: lsp })] as const
}

test('either end of a partial contract serves what it can, and the rest is answered as not found', async () => {
  const [near, far] = pair()
  const client = contract.serve(far, { ping: () => 'pong' })
  const service = contract.remote(near)
  expect(await service.ping()).toBe('pong')
  const missing = { code: errorCodes.methodNotFound, remote: true }
  await expect(service.find({ text: 'a' })).rejects.toMatchObject(missing)
  await expect(client.ask({ question: 'Go on?' })).rejects.toMatchObject(missing)
})

test('a handler that is for no message of a partial contract is refused by name', () => {
  const [near] = pair()
  const handlers = { pong: () => 'ping' } as object
  expect(() => contract.serve(near, handlers)).toThrow('not in the contract: pong')
})

test('parts arrive in order before the result, and only where they are asked for', async () => {
  const [near, far] = pair()
  contract.serve(far, {
    find: (_params, { part }) => {
      if (part === undefined) return [1, 2]
      part([1])
      part([2])
      return []
    },
  })
  const { find } = contract.remote(near)
  const parts: number[][] = []
  expect(await find({ text: 'a' }, { onPart: (part) => parts.push(part) })).toEqual([])
  expect(parts).toEqual([[1], [2]])
  expect(await find({ text: 'a' })).toEqual([1, 2])
})

test('a part that does not fit rejects the request and cancels it', async () => {
  const [near, far] = pair()
  const cancelled = new Promise((resolve) => {
    contract.serve(far, {
      find: (_params, { part, signal }) => {
        part?.(['one' as never])
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            resolve(true)
            reject(signal.reason)
          })
        })
      },
    })
  })
  const { find } = contract.remote(near)
  await expect(find({ text: 'a' }, { onPart: () => {} })).rejects.toMatchObject({
    code: errorCodes.encoding,
    message: 'find: part must be numbers, got an array of 1',
  })
  expect(await cancelled).toBe(true)
})

test('a request in parts is cancelled by its own signal', async () => {
  const [near, far] = pair()
  const asked = new Promise<void>((resolve) => {
    contract.serve(far, {
      find: (_params, { signal }) => {
        resolve()
        return new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason)),
        )
      },
    })
  })
  const controller = new AbortController()
  const { find } = contract.remote(near)
  const found = find({ text: 'a' }, { onPart: () => {}, signal: controller.signal })
  await asked
  controller.abort('enough')
  await expect(found).rejects.toBe('enough')
})
