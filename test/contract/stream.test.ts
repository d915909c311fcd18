import { errorCodes, memoryPair, Peer } from 'bothways'
import { contract, integer, number, object, stream, string } from 'bothways/contract'
import { Hub } from 'bothways/hub'
import { expect, expectTypeOf, test } from 'vitest'
import { deferred, enter, enterWire } from '../hub/support.js'

const index = contract('index', '1.0.0', {
  service: {
    search: stream({
      params: object({ text: string() }),
      item: object({ line: integer() }),
      result: object({ files: integer() }),
    }),
    sum: stream({ input: number(), result: number() }),
    endless: stream({ item: integer() }),
  },
  client: {
    lines: stream({ params: object({ path: string() }), item: string() }),
  },
})

const handlers = {
  search: async function* () {
    yield { line: 1 }
    yield { line: 2 }
    return { files: 1 }
  },
  sum: async (_params: undefined, { input }: { input: AsyncIterable<number> | undefined }) => {
    let sum = 0
    for await (const item of input ?? []) sum += item
    return sum
  },
  endless: async function* () {
    for (let n = 0; ; n++) yield n
  },
}
const client = {
  lines: async function* () {
    yield 'one'
    yield 'two'
  },
}

function direct() {
  const [near, far] = memoryPair()
  return { editor: new Peer(near, { hello: true }), extension: new Peer(far) }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = []
  for await (const item of items) seen.push(item)
  return seen
}

async function* numbers(...values: number[]) {
  yield* values
}

test('a stream of a contract is typed, on both sides and both ways', async () => {
  const { editor, extension } = direct()
  index.serve(extension, handlers)
  const service = index.remote(editor, client)
  const found = service.search({ text: 'a' })
  expectTypeOf(found.result).resolves.toEqualTypeOf<{ files: number }>()
  for await (const item of found) expectTypeOf(item).toEqualTypeOf<{ line: number }>()
  expect(await found.result).toEqual({ files: 1 })
  expect(await all(service.search({ text: 'a' }))).toEqual([{ line: 1 }, { line: 2 }])
  expect(await service.sum(undefined, { input: numbers(1, 2, 3) }).result).toBe(6)
})

test('an item that does not fit ends the stream where it is read, naming the place', async () => {
  const { editor, extension } = direct()
  const stopped = deferred()
  index.serve(extension, {
    ...handlers,
    search: async function* (_params, { signal }) {
      signal.addEventListener('abort', () => stopped.resolve())
      yield { line: 1 }
      yield { line: 'two' as never }
      await new Promise(() => {})
      return { files: 1 }
    },
  })
  const seen: unknown[] = []
  const reading = async () => {
    for await (const item of index.remote(editor, client).search({ text: 'a' })) seen.push(item)
  }
  await expect(reading()).rejects.toMatchObject({
    code: errorCodes.encoding,
    message: 'search: item.line must be an integer, got the string "two"',
  })
  expect(seen).toEqual([{ line: 1 }])
  await stopped.promise
})

test('a result of a stream that does not fit is refused', async () => {
  const { editor, extension } = direct()
  const search = () => ({ files: 'one' as never })
  index.serve(extension, { ...handlers, search })
  await expect(index.remote(editor, client).search({ text: 'a' }).result).rejects.toMatchObject({
    code: errorCodes.encoding,
    message: 'search: result.files must be an integer, got the string "one"',
  })
})

test('what a caller streams is checked by the service', async () => {
  const { editor, extension } = direct()
  index.serve(extension, handlers)
  const input = numbers(1, 'two' as never)
  await expect(index.remote(editor, client).sum(undefined, { input }).result).rejects.toMatchObject(
    {
      code: errorCodes.invalidParams,
      message: 'sum: input must be a number, got the string "two"',
    },
  )
})

test('leaving a checked stream ends it at once, also while the next item is awaited', async () => {
  const { editor, extension } = direct()
  const stopped = deferred()
  index.serve(extension, {
    ...handlers,
    endless: async function* (_params, { signal }) {
      signal.addEventListener('abort', () => stopped.resolve())
      yield 1
      await new Promise(() => {})
    },
  })
  const items = index.remote(editor, client).endless()[Symbol.asyncIterator]()
  await items.next()
  const waiting = items.next()
  await items.return?.()
  expect(await waiting).toMatchObject({ done: true })
  await stopped.promise
})

test('a stream goes through the hub, item by item as it is read, and so does one that calls back', async () => {
  const hub = new Hub()
  const [extension, page] = [await enter(hub, 'extension'), await enter(hub, 'page')]
  let made = 0
  await extension.provide(index, {
    ...handlers,
    search: async function* (_params, { caller }) {
      for await (const line of caller.lines({ path: 'a' })) yield { line: line.length }
      return { files: 7 }
    },
    endless: async function* () {
      for (;;) yield made++
    },
  })
  const service = page.service(index, client)
  const found = service.search({ text: 'a' })
  expect(await all(found)).toEqual([{ line: 3 }, { line: 3 }])
  expect(await found.result).toEqual({ files: 7 })
  expect(await service.sum(undefined, { input: numbers(4, 5) }).result).toBe(9)
  const items = service.endless()[Symbol.asyncIterator]()
  await items.next()
  for (let n = 0; n < 100; n++) await page.peer.request('rpc.discover')
  expect(made).toBeLessThanOrEqual(2 * 4_096)
  await items.return?.()
})

test('leaving a stream behind the hub runs the finally of its provider', async () => {
  const hub = new Hub()
  const [extension, page] = [await enter(hub, 'extension'), await enter(hub, 'page')]
  const cleaned = deferred()
  await extension.provide(index, {
    ...handlers,
    endless: async function* () {
      try {
        for (let n = 0; ; n++) yield n
      } finally {
        cleaned.resolve()
      }
    },
  })
  for await (const _ of page.service(index, client).endless()) break
  await cleaned.promise
})

test('a provider that leaves while it streams fails the stream with calleeLost, after what came', async () => {
  const hub = new Hub()
  const { member: extension, cut } = await enterWire(hub, 'extension')
  const page = await enter(hub, 'page')
  await extension.provide(index, {
    ...handlers,
    endless: async function* () {
      yield 1
      await new Promise(() => {})
    },
  })
  const items = page.service(index, client).endless()[Symbol.asyncIterator]()
  expect(await items.next()).toEqual({ done: false, value: 1 })
  cut()
  await expect(items.next()).rejects.toMatchObject({
    code: errorCodes.calleeLost,
    delivery: 'unknown',
  })
})

test('progress goes through the hub', async () => {
  const hub = new Hub()
  const [extension, page] = [await enter(hub, 'extension'), await enter(hub, 'page')]
  await extension.provide(index, {
    ...handlers,
    search: (_params, context) => {
      context.progress({ done: 1 })
      return { files: 0 }
    },
  })
  const seen: unknown[] = []
  const onProgress = (value: unknown) => seen.push(value)
  await page.service(index, client).search({ text: 'a' }, { onProgress }).result
  expect(seen).toEqual([{ done: 1 }])
})
