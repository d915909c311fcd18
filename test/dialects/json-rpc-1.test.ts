import { errorCodes } from 'bothways'
import { jsonRpc1 } from 'bothways/dialects'
import { expect, test } from 'vitest'
import { converse } from './support.js'

test('every answer has result and error, one of them null, and every request its params', async () => {
  const { peer, say, heard } = converse(jsonRpc1)
  say({ id: 1, method: 'echo', params: [1] })
  expect(await heard()).toEqual({ id: 1, result: { params: [1], meta: {} }, error: null })
  say({ id: 2, method: 'fail', params: [] })
  expect(await heard()).toEqual({
    id: 2,
    result: null,
    error: { code: errorCodes.internal, message: 'bad id 7' },
  })
  const call = peer.request('list_dbs')
  expect(await heard()).toEqual({ id: 1, method: 'list_dbs', params: [] })
  say({ id: 1, result: ['Open_vSwitch'], error: null })
  expect(await call).toEqual(['Open_vSwitch'])
})

test('a notification has id null, both ways, and is not answered', async () => {
  const { peer, say, heard } = converse(jsonRpc1)
  const told = new Promise((resolve) => peer.on('update', resolve))
  say({ id: null, method: 'update', params: [null, {}] })
  expect(await told).toEqual([null, {}])
  peer.notify('locked', ['a'])
  expect(await heard()).toEqual({ id: null, method: 'locked', params: ['a'] })
})

test('the liveness probe, whose id is always "echo", is answered each time', async () => {
  const { peer, say, heard } = converse(jsonRpc1, {})
  peer.handle('probe', (params) => params)
  for (const _ of [1, 2, 3]) {
    say({ id: 'echo', method: 'probe', params: [] })
    expect(await heard()).toEqual({ id: 'echo', result: [], error: null })
  }
})

test.each([
  ['unknown method', 'unknown method'],
  [{ error: 'constraint violation', details: 'two rows' }, 'constraint violation'],
  [{ message: 'no' }, 'no'],
  [7, 'it failed'],
])('the error %j rejects with its words, and is in the data', async (error, message) => {
  const { peer, say, heard } = converse(jsonRpc1)
  const call = peer.request('transact', [])
  await heard()
  say({ id: 1, result: null, error })
  await expect(call).rejects.toMatchObject({ code: errorCodes.internal, message, data: error })
})

test('an answer of two nulls is null, and one with neither is no answer', async () => {
  const { peer, say, heard } = converse(jsonRpc1)
  const calls = [peer.request('a'), peer.request('b')]
  await heard()
  await heard()
  say({ id: 1, result: null, error: null })
  say({ id: 2 })
  expect(await calls[0]).toBeNull()
  await expect(calls[1]).rejects.toMatchObject({ code: errorCodes.protocol })
})

test('params by name, and meta, fail at the call', async () => {
  const { peer } = converse(jsonRpc1)
  await expect(peer.request('a', { b: 1 })).rejects.toMatchObject({
    code: errorCodes.unavailable,
    message: '"a" was not sent: the dialect "jsonRpc1" has params by position only',
  })
  expect(() => peer.notify('a', [], { meta: { b: 1 } })).toThrow('carries no meta')
})

test('what is cancelled rejects here, and the other end is not told', async () => {
  const { peer, heard } = converse(jsonRpc1)
  const call = peer.request('lock', ['a'], { signal: AbortSignal.abort('enough') })
  await expect(call).rejects.toBe('enough')
  const late = peer.request('lock', ['b'], { timeout: 1 })
  await expect(late).rejects.toMatchObject({ code: errorCodes.timeout })
  peer.notify('left')
  expect(await heard()).toMatchObject({ method: 'lock', params: ['b'] })
  expect(await heard()).toMatchObject({ method: 'left' })
})
