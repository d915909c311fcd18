import { errorCodes } from 'bothways'
import { mcp } from 'bothways/dialects'
import { expect, test } from 'vitest'
import { converse } from './support.js'

const cancelled = (requestId: unknown) => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId, reason: 'the user left' },
})

test('a cancelled request is never answered, and its handler is told to stop', async () => {
  const { peer, say, heard } = converse(mcp)
  const stopped = new Promise((resolve) => {
    peer.handle('slow', (_, { signal }) => {
      signal.addEventListener('abort', () => resolve(signal.reason))
      return new Promise(() => {})
    })
  })
  say({ jsonrpc: '2.0', id: 5, method: 'slow' })
  say(cancelled(5))
  expect(await stopped).toMatchObject({ code: errorCodes.cancelled })
  say({ jsonrpc: '2.0', id: 6, method: 'echo' })
  expect(await heard()).toMatchObject({ id: 6 })
  say({ jsonrpc: '2.0', id: 5, method: 'echo' })
  expect(await heard()).toMatchObject({ id: 5 })
})

test('a cancellation of what is not open is ignored, and does not silence a later request', async () => {
  const { say, heard } = converse(mcp)
  for (const id of [1, 'a', null, undefined, {}]) say(cancelled(id))
  say({ jsonrpc: '2.0', id: 1, method: 'echo' })
  expect(await heard()).toMatchObject({ id: 1 })
})

test('aborting tells the other end by notifications/cancelled, but never about initialize', async () => {
  const { peer, heard } = converse(mcp)
  const controller = new AbortController()
  const options = { signal: controller.signal }
  const calls = [
    peer.request('initialize', {}, options),
    peer.request('tools/call', { name: 'a' }, options),
  ]
  await heard()
  expect(await heard()).toEqual({
    jsonrpc: '2.0',
    id: 2,
    method: 'tools/call',
    params: { name: 'a' },
  })
  controller.abort('enough')
  for (const call of calls) await expect(call).rejects.toBe('enough')
  expect(await heard()).toEqual({
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    params: { requestId: 2 },
  })
})

test('onProgress asks by _meta.progressToken and is told until the answer', async () => {
  const { peer, say, heard } = converse(mcp)
  const told: unknown[] = []
  const onProgress = (value: unknown) => told.push(value)
  const call = peer.request('tools/call', { name: 'a' }, { onProgress, meta: { trace: 't' } })
  expect(await heard()).toMatchObject({
    params: { name: 'a', _meta: { trace: 't', progressToken: 1 } },
  })
  const progress = { progressToken: 1, progress: 1, total: 2, message: 'half' }
  say({ jsonrpc: '2.0', method: 'notifications/progress', params: progress })
  say({ jsonrpc: '2.0', id: 1, result: {} })
  await call
  say({ jsonrpc: '2.0', method: 'notifications/progress', params: progress })
  say({ jsonrpc: '2.0', id: 1, method: 'echo' })
  await heard()
  expect(told).toEqual([{ progress: 1, total: 2, message: 'half' }])
})

test('context.progress goes to the token of the caller, and nowhere without one', async () => {
  const { peer, say, heard } = converse(mcp)
  peer.handle('work', (_, context) => {
    context.progress(1)
    context.progress({ progress: 2, total: 2, message: 'done' })
    return context.meta
  })
  const _meta = { progressToken: 'p', trace: 't' }
  say({ jsonrpc: '2.0', id: 1, method: 'work', params: { _meta } })
  const progressed = { jsonrpc: '2.0', method: 'notifications/progress' }
  expect(await heard()).toEqual({ ...progressed, params: { progressToken: 'p', progress: 1 } })
  expect(await heard()).toEqual({
    ...progressed,
    params: { progressToken: 'p', progress: 2, total: 2, message: 'done' },
  })
  expect(await heard()).toEqual({ jsonrpc: '2.0', id: 1, result: _meta })
  say({ jsonrpc: '2.0', id: 1, method: 'work' })
  expect(await heard()).toEqual({ jsonrpc: '2.0', id: 1, result: {} })
})

test('progress that is no number fails where it is told', async () => {
  const { peer, say, heard } = converse(mcp)
  peer.handle('work', (_, context) => context.progress('half'))
  say({ jsonrpc: '2.0', id: 1, method: 'work' })
  expect(await heard()).toMatchObject({ id: 1, error: { code: errorCodes.encoding } })
})

test('params by position fail at the call', async () => {
  const { peer } = converse(mcp)
  await expect(peer.request('tools/call', ['a'])).rejects.toMatchObject({
    code: errorCodes.unavailable,
    message: '"tools/call" was not sent: the dialect "mcp" has params by name only',
    delivery: 'unsent',
  })
  expect(() => peer.notify('a', [1])).toThrow('params by name only')
})

test('an id that is null or no integer is refused', async () => {
  const { say, heard } = converse(mcp)
  for (const id of [null, 1.5]) {
    say({ jsonrpc: '2.0', id, method: 'echo' })
    expect(await heard()).toMatchObject({ id: null, error: { code: errorCodes.invalidRequest } })
  }
})
