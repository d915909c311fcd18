import { expect, test } from 'vitest'
import { messagesIn } from '../../playground/wire/message.js'

const request = { jsonrpc: '2.0', id: 4, method: 'add', params: [1] }

test('the messages of a run are shown one by one, each with what it took of the frame', () => {
  const frame = [
    [request, [20], null],
    { jsonrpc: '2.0', method: 'note' },
    [{ jsonrpc: '2.0', id: 7, result: null }, { a: 1 }],
    [{ jsonrpc: '2.0', method: 'tick', params: { n: 1 } }, { n: 2 }],
  ]
  expect(messagesIn(JSON.stringify(frame))).toMatchObject([
    {
      kind: 'request',
      id: 4,
      method: 'add',
      value: request,
      bytes: JSON.stringify(request).length,
    },
    { kind: 'request', id: 5, method: 'add', value: { ...request, id: 5, params: [20] }, bytes: 4 },
    { kind: 'request', id: 6, method: 'add', value: { params: undefined }, bytes: 4 },
    { kind: 'notification', method: 'note' },
    { kind: 'result', id: 7, value: { result: null } },
    { kind: 'result', id: 8, value: { jsonrpc: '2.0', id: 8, result: { a: 1 } }, bytes: 7 },
    { kind: 'notification', method: 'tick', value: { params: { n: 1 } } },
    { kind: 'notification', method: 'tick', value: { params: { n: 2 } } },
  ])
})

test('what is no run, and no message, is unreadable and does no harm', () => {
  expect(messagesIn('[[], [7, 8], [null], 9]').map(({ kind }) => kind)).toEqual(
    Array(5).fill('unreadable'),
  )
})
