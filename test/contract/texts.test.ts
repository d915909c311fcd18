import { errorCodes, memoryPair, Peer, type RpcError } from 'bothways'
import {
  array,
  boolean,
  type Check,
  contract,
  defineContract,
  enums,
  integer,
  literal,
  nullable,
  object,
  optional,
  type Request,
  request,
  string,
  union,
} from 'bothways/contract'
import { min, nonempty, pattern, refine, size } from 'superstruct'
import { expect, test } from 'vitest'

const shape = object({
  name: optional(size(string(), 2, 4)),
  tag: optional(pattern(string(), /^#/)),
  age: optional(min(integer(), 18)),
  words: optional(nonempty(string())),
  even: optional(refine(integer(), 'even', (value) => value % 2 === 0)),
  kind: optional(enums(['open', 'paid'])),
  one: optional(literal(1)),
  flag: optional(boolean()),
  either: optional(union([string(), integer()])),
  maybe: optional(nullable(string())),
  list: optional(array(object({ line: integer() }))),
  'odd key/~': optional(string()),
})

const texts = contract('texts', '1.0.0', { service: { take: request({ params: shape }) } })

async function refusalOf(params: object) {
  const [near, far] = memoryPair()
  texts.serve(new Peer(far), { take: () => 'taken' })
  const caller = new Peer(near)
  const reason = await caller.request('take', params).then(
    () => undefined,
    (error: RpcError) => error,
  )
  expect(reason).toMatchObject({ code: errorCodes.invalidParams })
  const { message = '', data } = reason ?? {}
  return { text: message, path: (data as { path: string }).path }
}

test.each([
  [{ name: 7 }, 'params.name must be a string, got the number 7'],
  [{ name: 'x' }, 'params.name must be a string with a length between 2 and 4, got the string "x"'],
  [{ tag: 'x' }, 'params.tag must be a string matching /^#/, got the string "x"'],
  [{ age: 3 }, 'params.age must be an integer greater than or equal to 18, got the number 3'],
  [{ age: 1.5 }, 'params.age must be an integer, got the number 1.5'],
  [{ words: '' }, 'params.words must be a nonempty string, got the string ""'],
  [{ even: 3 }, 'params.even must be an integer with refinement even, got the number 3'],
  [{ kind: 'lost' }, 'params.kind must be one of "open","paid", got the string "lost"'],
  [{ one: 2 }, 'params.one must be the literal 1, got the number 2'],
  [{ flag: 'yes' }, 'params.flag must be a boolean, got the string "yes"'],
  [{ either: true }, 'params.either must be a union of string | integer, got the boolean true'],
  [{ maybe: [] }, 'params.maybe must be a string, got an array of 0'],
  [{ list: {} }, 'params.list must be an array, got an object'],
  [{ list: [{ line: 1 }, { line: null }] }, 'params.list[1].line must be an integer, got null'],
  [{ list: [{}] }, 'params.list[0].line must be an integer, got nothing'],
  [{ more: 1 }, 'params.more must be nothing here, got the number 1'],
  [{ 'odd key/~': 1 }, 'params["odd key/~"] must be a string, got the number 1'],
  [['x'], 'params must be an object, got an array of 1'],
])('%j is refused in plain words', async (params, expected) => {
  expect((await refusalOf(params)).text).toBe(`take: ${expected}`)
})

test.each([
  [{ name: { toString: 1 } }, 'params.name must be a string, got an object'],
  [
    { list: [{ line: 1 }, { line: { valueOf: 1, toString: null } }] },
    'params.list[1].line must be an integer, got an object',
  ],
  [{ name: { a: { toString: {} } } }, 'params.name must be a string, got an object'],
  [{ toString: 1 }, 'params.toString must be nothing here, got the number 1'],
  [JSON.parse('{"__proto__":{"name":7}}'), 'params.__proto__ must be nothing here, got an object'],
  [{ kind: { toString: 'x' } }, 'params.kind must be one of "open","paid", got an object'],
])(
  '%j, which cannot be written into a message, is refused by its path',
  async (params, expected) => {
    expect((await refusalOf(params)).text).toBe(`take: ${expected}`)
  },
)

test('of a long value, and of a long key, no more than the beginning is repeated', async () => {
  expect((await refusalOf({ flag: 'x'.repeat(1_000) })).text).toBe(
    `take: params.flag must be a boolean, got the string "${'x'.repeat(20)}…"`,
  )
  const { text, path } = await refusalOf({ ['k'.repeat(100_000)]: 1 })
  expect(text.length).toBeLessThan(300)
  expect(path.length).toBeLessThan(300)
})

const isText: Check = (value, path = '') =>
  typeof value === 'string' ? undefined : { path, expected: 'a string', value }
const isFind: Check = (value) => {
  const { text, limit } = value as { text: unknown; limit?: unknown }
  if (limit === null) return { path: '/limit', expected: 'an integer', value: limit }
  return isText(text, '/text')
}

interface Service {
  find: Request<{ text: string; limit?: number; word?: boolean }, string>
}

const positional = defineContract<Service, Record<never, never>>('finder', '1.0.0', {
  service: {
    find: { kind: 'request', params: isFind, positions: ['text', 'limit', 'word'] },
  },
  client: {},
})

function finder() {
  const [near, far] = memoryPair()
  const server = new Peer(far)
  const seen: unknown[] = []
  positional.serve(server, {
    find: (params) => {
      seen.push(params)
      return 'found'
    },
  })
  const caller = new Peer(near)
  return { caller, remote: positional.remote(caller), seen }
}

test('params by position leave as an array, with nulls for holes, and arrive as an object', async () => {
  const { remote, seen } = finder()
  const [near, far] = memoryPair()
  const raw: unknown[] = []
  new Peer(far, { onUnhandled: (params) => void raw.push(params) })
  const other = positional.remote(new Peer(near))
  const sent = [{ text: 'a' }, { text: 'a', word: true }, { text: 'a', limit: 3 }]
  for (const params of sent) {
    await remote.find(params)
    await other.find(params)
  }
  expect(raw).toEqual([['a'], ['a', null, true], ['a', 3]])
  expect(seen).toEqual(sent)
})

test('a method by position takes names as well, and no more than it has', async () => {
  const { caller, seen } = finder()
  await caller.request('find', { text: 'named', limit: 1 })
  expect(seen).toEqual([{ text: 'named', limit: 1 }])
  await expect(caller.request('find', ['a', 1, true, 'more'])).rejects.toMatchObject({
    code: errorCodes.invalidParams,
    message: 'find: params[3] must be nothing here, got the string "more"',
  })
  await expect(caller.request('find', [7])).rejects.toMatchObject({
    message: 'find: params.text must be a string, got the number 7',
  })
})
