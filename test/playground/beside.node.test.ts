import { expect, test } from 'vitest'
import { progressText, shareIn } from '../../playground/state/progress.js'
import { Timeline } from '../../playground/state/timeline.js'
import { Conversation } from '../../playground/wire/conversation.js'

/** A conversation, and its rows as `direction kind items/messages`, with what was consumed. */
function converse() {
  const timeline = new Timeline()
  // Nobody looks at it: what is shown is asked for below, and not once a frame of a screen.
  timeline.pause(true)
  const names = { serviceOf: () => 'lab', providerOf: () => 'lab bench' }
  const conversation = new Conversation(timeline, names)
  const rows = () => {
    timeline.pause(false)
    timeline.pause(true)
    return timeline.rows.value.map(({ direction, kind, items, messages, consumed }) =>
      [`${direction} ${kind} ${items}/${messages}`, consumed].filter(Boolean).join(' consumed '),
    )
  }
  const told = (method: string, params: object) => JSON.stringify({ method, params })
  return {
    timeline,
    rows,
    sent: (method: string, params: object) => conversation.sent(told(method, params)),
    received: (method: string, params: object) => conversation.received(told(method, params)),
    open: (id: number) =>
      conversation.sent(JSON.stringify({ id, method: 'rpc.stream', params: { method: 'mix' } })),
    answer: (id: number) => conversation.received(JSON.stringify({ id, result: null })),
  }
}

test('a stream both ways has a row for each way, and credit counts towards its row', () => {
  const { open, sent, received, answer, rows } = converse()
  open(1)
  for (let n = 0; n < 100; n++) {
    sent('rpc.input', { id: 1, values: [n] })
    received('rpc.output', { id: 1, values: [n, n] })
  }
  received('rpc.window', { id: 1, of: 'input', consumed: 64 })
  sent('rpc.window', { id: 1, of: 'output', consumed: 128 })
  sent('rpc.input', { id: 1, done: true })
  answer(1)
  expect(rows()).toEqual([
    'out stream 0/1',
    'out items 100/102 consumed 64',
    'in items 200/101 consumed 128',
    'in result 0/1',
  ])
})

test('the end of the items is no news, and why they ended is', () => {
  const { open, sent, timeline, rows } = converse()
  open(1)
  const latest = () => {
    rows()
    return timeline.rows.value.at(-1)?.value
  }
  sent('rpc.input', { id: 1, values: [1] })
  sent('rpc.input', { id: 1, done: true })
  expect(latest()).toMatchObject({ params: { values: [1] } })
  sent('rpc.input', { id: 1, error: { code: 1, message: 'ran dry' } })
  expect(latest()).toMatchObject({ params: { error: { message: 'ran dry' } } })
})

test('streams at once have rows of their own, and so has what is beside no call', () => {
  const { open, received, answer, rows } = converse()
  open(1)
  open(2)
  received('rpc.output', { id: 1, values: [1] })
  received('rpc.output', { id: 2, values: [1, 2] })
  answer(1)
  received('rpc.output', { id: 1, values: [1] })
  expect(rows()).toEqual([
    'out stream 0/1',
    'out stream 0/1',
    'in items 1/1',
    'in items 2/1',
    'in result 0/1',
    'in notification 0/1',
  ])
})

test('a timeline that is cleared meanwhile goes on with what comes then', () => {
  const { open, sent, received, timeline, rows } = converse()
  open(1)
  received('rpc.output', { id: 1, values: [1, 2, 3] })
  timeline.clear()
  sent('rpc.window', { id: 1, of: 'output', consumed: 3 })
  expect(rows()).toEqual([])
  received('rpc.output', { id: 1, values: [4] })
  expect(rows()).toEqual(['in items 1/1'])
  expect(timeline.dropped.value).toBe(0)
})

test.for<[value: unknown, done: number, total: number, text: string]>([
  [{ done: 1, total: 4 }, 1, 4, '1 of 4'],
  [{ progress: 1_000, total: 2_000 }, 1_000, 2_000, '1,000 of 2,000'],
  [{ kind: 'report', percentage: 42 }, 42, 100, '42 of 100'],
])('%j is a share', ([value, done, total, text]) => {
  expect(shareIn(value)).toEqual({ done, total })
  expect(progressText(value)).toBe(text)
})

test.for<[value: unknown, text: string]>([
  ['packing', 'packing'],
  [{ done: 1 }, '{"done":1}'],
  [{ done: -1, total: 4 }, '{"done":-1,"total":4}'],
  ['x'.repeat(200), `${'x'.repeat(99)}…`],
  [null, 'null'],
])('%j is words', ([value, text]) => {
  expect(shareIn(value)).toBeUndefined()
  expect(progressText(value)).toBe(text)
})
