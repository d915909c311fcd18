import { errorCodes, memoryPair, Peer, type PeerOptions } from 'bothways'
import { expect, test } from 'vitest'
import { Raw } from '../support/raw.js'
import { tap } from '../support/tap.js'

/** Two peers that have greeted one another, and what each sent from then on. */
async function greeted(options: PeerOptions = {}) {
  const nearLeft: string[] = []
  const farLeft: string[] = []
  const [one, other] = memoryPair()
  const near = new Peer(tap(one, nearLeft), { hello: true })
  const far = new Peer(tap(other, farLeft), options)
  await near.greeted
  // So that what comes next is not the first of a turn after one with a lone message.
  for (const peer of [near, near]) peer.notify('warm')
  await near.flush()
  nearLeft.length = 0
  return { near, far, nearLeft, farLeft }
}

/** A peer that said hello to bare text, and takes runs. */
async function raw(features = ['frames', 'runs', 'meta'], options: PeerOptions = {}) {
  const [near, far] = memoryPair()
  const peer = new Peer(near, options)
  const other = new Raw(far)
  const params = { protocol: 1, features }
  other.send(JSON.stringify({ jsonrpc: '2.0', id: 'hello', method: 'rpc.hello', params }))
  await other.next()
  return { peer, raw: other }
}

const adding = { handlers: { add: ([one, other]: number[]) => (one ?? 0) + (other ?? 0) } }
const call = (id: unknown, params: unknown, method = 'add') => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
})
const noRun =
  'invalid request: a run begins with a request or a result whose id is a whole number, or with a notification'
const invalid = (message: string) => ({ code: errorCodes.invalidRequest, message })

test('calls that are alike leave as one entry, and so do their answers', async () => {
  const { near, nearLeft, farLeft } = await greeted(adding)
  farLeft.length = 0
  const sums = [1, 2, 3].map((number) => near.request('add', [number, 1]))
  expect(await Promise.all(sums)).toEqual([2, 3, 4])
  expect(nearLeft).toEqual([
    '[[{"jsonrpc":"2.0","id":2,"method":"add","params":[1,1]},[2,1],[3,1]]]',
  ])
  expect(farLeft.join()).toMatch(/\[\[\{"jsonrpc":"2.0","id":\d,"result":\d\},\d/)
})

test('what is not alike begins anew: another method, other meta, no next id, params that are long', async () => {
  const { near, far, nearLeft } = await greeted(adding)
  const heard: unknown[] = []
  far.on('one', (params) => heard.push(params))
  far.on('other', (params) => heard.push(params))
  const long = 'x'.repeat(2_000)
  near.notify('one', [1])
  near.notify('one', [2])
  near.notify('other')
  near.notify('other')
  near.notify('one', [3], { meta: { a: 1 } })
  near.notify('one', [4], { meta: { a: 1 } })
  near.notify('one', [long])
  near.notify('one', [5])
  void near.request('add', [1, 1])
  near.notify('one', [6])
  await near.request('add', [1, 1])
  const note = (method: string, params: unknown, meta?: object) => ({
    jsonrpc: '2.0',
    method,
    params,
    meta,
  })
  expect(nearLeft.flatMap((frame) => JSON.parse(frame))).toEqual([
    [note('one', [1]), [2]],
    [note('other', undefined), null],
    [note('one', [3], { a: 1 }), [4]],
    note('one', [long]),
    note('one', [5]),
    call(2, [1, 1]),
    note('one', [6]),
    call(3, [1, 1]),
  ])
  expect(heard).toEqual([[1], [2], undefined, undefined, [3], [4], [long], [5], [6]])
})

test('each call of a run has the meta of the first, and its own answer', async () => {
  const { near, far } = await greeted()
  const seen: unknown[] = []
  far.handle('ask', async ([number], { meta, timeLeft }) => {
    seen.push([number, meta.timeoutMs, timeLeft !== undefined])
    if (number === 2) throw new Error('not two')
    return number
  })
  const asked = [1, 2, 3].map((number) => near.request('ask', [number], { timeout: 9_000 }))
  expect(await Promise.allSettled(asked)).toMatchObject([
    { value: 1 },
    { reason: { code: errorCodes.internal, message: 'not two' } },
    { value: 3 },
  ])
  expect(seen).toEqual([1, 2, 3].map((number) => [number, 9_000, true]))
})

test.each([
  [['frames', 'meta'], 'frames but no runs'],
  [['runs', 'meta'], 'no frames'],
])(
  'an end that announced %j is sent none, and no frames of more than 128 messages',
  async (features) => {
    const { peer, raw: other } = await raw(features)
    const numbers = Array.from({ length: 300 }, (_, index) => index)
    for (const number of numbers) peer.notify('note', [number])
    await peer.flush()
    const frames: unknown[][] = []
    while (frames.flat().length < 300) frames.push([await other.next()].flat())
    expect(frames.flat()).toEqual(
      numbers.map((number) => ({ jsonrpc: '2.0', method: 'note', params: [number] })),
    )
    const most = features.includes('frames') ? 128 : 1
    expect(Math.max(...frames.map(({ length }) => length))).toBe(most)
  },
)

test('an array in a frame is no message where runs were not announced', async () => {
  const { raw: other } = await raw(['frames', 'meta'], adding)
  other.send(JSON.stringify([[call(1, [1, 1]), [2, 2]]]))
  expect(await other.next()).toMatchObject({
    id: null,
    error: invalid('invalid request: a message is a JSON object'),
  })
})

test.each([
  [[call(1, [1, 1]), [2, 2], 7], 3, invalid('invalid request: params are an object or an array')],
  [[call('1', [1, 1]), [2, 2]], null, invalid(noRun)],
  [[call(null, [1, 1]), [2, 2]], null, invalid(noRun)],
  [[call(Number.MAX_SAFE_INTEGER, [1, 1]), [2, 2]], null, invalid(noRun)],
  [[call(1.5, [1, 1]), [2, 2]], null, invalid(noRun)],
  [[{ jsonrpc: '2.0', id: 1, error: { code: 1, message: 'no' } }, [2, 2]], null, invalid(noRun)],
  [[7, [2, 2]], null, invalid(noRun)],
  [[], null, invalid('invalid request: a message is a JSON object')],
  [[[call(1, [1, 1])], [2, 2]], null, invalid('invalid request: a message is a JSON object')],
  [
    [call(1, [1, 1]), JSON.parse(`${'['.repeat(64)}${']'.repeat(64)}`)],
    2,
    { code: errorCodes.limitExceeded },
  ],
])('the run %j is told of as request %j', async (run, id, error) => {
  const { raw: other } = await raw(undefined, adding)
  other.send(JSON.stringify([run]))
  const answers: { id: unknown; error?: unknown }[] = []
  other.send(JSON.stringify(call('fence', [0, 0])))
  while (!answers.some(({ id }) => id === 'fence'))
    answers.push(...([await other.next()].flat(2) as never[]))
  expect(answers.filter((answer) => answer.error !== undefined)).toContainEqual(
    expect.objectContaining({ id, error: expect.objectContaining(error) }),
  )
})

test('a run of one id twice: the second is refused, and each answer is for its own', async () => {
  const { peer, raw: other } = await raw()
  let go: (value: unknown) => void = () => {}
  peer.handle('wait', () => new Promise((resolve) => (go = resolve)))
  other.send(JSON.stringify([[call(1, [], 'wait')], [call(0, [], 'wait'), []]]))
  expect(await other.next()).toMatchObject({ id: null, error: { code: errorCodes.invalidRequest } })
  go('done')
  expect(await other.next()).toMatchObject({ result: 'done' })
})

test('results of a run settle the calls they are for, and one that nobody asked for is told', async () => {
  const diagnostics: string[] = []
  const { peer, raw: other } = await raw(undefined, {
    onDiagnostic: ({ kind }) => diagnostics.push(kind),
  })
  const asked = [1, 2].map((number) => peer.request('ask', [number]))
  await other.next()
  other.send('[[{"jsonrpc":"2.0","id":1,"result":"a"},null,"c"]]')
  expect(await Promise.all(asked)).toEqual(['a', null])
  await other.fence()
  expect(diagnostics).toEqual(['unknownResponse'])
})

test('a frame of runs has no more messages than any other', async () => {
  const { peer, raw: other } = await raw()
  let heard = 0
  peer.on('note', () => heard++)
  const runOf = (length: number) => [
    { jsonrpc: '2.0', method: 'note' },
    ...Array(length - 1).fill(null),
  ]
  other.send(JSON.stringify([runOf(100), runOf(28)]))
  await other.fence()
  expect(heard).toBe(128)
  for (const frame of [[runOf(129)], [runOf(100), runOf(29)], [[], ...Array(128).fill([1])]]) {
    other.send(JSON.stringify(frame))
    expect(await other.next()).toMatchObject({
      error: invalid('invalid request: a frame has at most 128 messages'),
    })
  }
  expect(heard).toBe(128)
})

test('what the first of a run does to the connection counts for the rest', async () => {
  const { peer, raw: other } = await raw()
  let heard = 0
  peer.on('leave', () => {
    heard++
    void peer.close()
  })
  other.send(JSON.stringify([[{ jsonrpc: '2.0', method: 'leave' }, null, null]]))
  await peer.closed
  expect(heard).toBe(1)
})
