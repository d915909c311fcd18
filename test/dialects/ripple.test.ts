import { errorCodes, RpcError } from 'bothways'
import { ripple } from 'bothways/dialects'
import { describe, expect, test } from 'vitest'
import { converse } from './support.js'

const uuid = expect.stringMatching(
  /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
)
const ts = expect.any(Number)

const asked = {
  requestor: 'ripple:main:internal:rpc',
  target: '"device_info"',
  target_id: '',
  payload: { Device: 'Make' },
}

describe('extensions', () => {
  interface Asking {
    readonly params: { readonly id: string }
  }

  test('a service.request is answered by the service.response that has method and result', async () => {
    const { peer, say, heard } = converse(ripple)
    peer.handle('service.request', ({ payload }) => ({ Value: payload }))
    say({ jsonrpc: '2.0', method: 'service.request', params: { ...asked, id: 'a-1', ts: 5 } })
    expect(await heard()).toEqual({
      jsonrpc: '2.0',
      method: 'service.response',
      result: { ...asked, id: 'a-1', ts, payload: { Value: { Device: 'Make' } } },
    })
  })

  test('an id outside, as the design has it, comes back outside', async () => {
    const { peer, say, heard } = converse(ripple)
    peer.handle('service.request', ({ a }) => a)
    say({ jsonrpc: '2.0', id: 1, method: 'service.request', params: { a: 2 } })
    expect(await heard()).toMatchObject({
      id: 1,
      method: 'service.response',
      result: { payload: 2 },
    })
    const call = peer.request('service.request', { a: 2 })
    const { id } = (await heard()) as { id: string }
    say({ jsonrpc: '2.0', id, method: 'service.response', result: { b: 3 } })
    expect(await call).toEqual({ b: 3 })
  })

  test('a call resolves with the payload of its response', async () => {
    const { peer, say, heard } = converse(ripple)
    const call = peer.request('service.request', asked)
    const heardOne = (await heard()) as Asking
    expect(heardOne).toEqual({
      jsonrpc: '2.0',
      id: uuid,
      method: 'service.request',
      params: { ...asked, id: uuid, ts },
    })
    const result = { ...asked, id: heardOne.params.id, payload: { Value: 'Acme' } }
    say({ jsonrpc: '2.0', method: 'service.response', result })
    expect(await call).toEqual({ Value: 'Acme' })
  })

  test.each([
    ['InvalidInput', 'InvalidInput'],
    [{ BrokerError: 'no rule' }, 'no rule'],
    [{ Permission: 7 }, 'the extension failed'],
  ])(
    'the Error %j of a payload rejects with its words, and is in the data',
    async (fault, words) => {
      const { peer, say, heard } = converse(ripple)
      const call = peer.request('service.request', asked)
      const { params } = (await heard()) as Asking
      const result = { ...asked, id: params.id, payload: { Error: fault } }
      say({ jsonrpc: '2.0', method: 'service.response', result })
      await expect(call).rejects.toMatchObject({
        code: errorCodes.internal,
        message: words,
        data: fault,
      })
    },
  )

  test('what a handler throws is in the payload, and whole beside it', async () => {
    const { peer, say, heard } = converse(ripple)
    peer.handle('service.request', () => {
      throw new RpcError(4001, 'no rule', { data: 1 })
    })
    say({ jsonrpc: '2.0', method: 'service.request', params: { ...asked, id: 'a' } })
    const answer = await heard()
    expect(answer).toMatchObject({
      method: 'service.response',
      error: { code: 4001, message: 'no rule', data: 1 },
      result: { id: 'a', payload: { Error: { BrokerError: 'no rule' } } },
    })
    const call = peer.request('service.request', asked)
    const { params } = (await heard()) as Asking
    say({ ...(answer as object), result: { id: params.id } })
    await expect(call).rejects.toMatchObject({ code: 4001, message: 'no rule', data: 1 })
  })

  test('a service.event arrives as a notification, and leaves with an id', async () => {
    const { peer, say, heard } = converse(ripple)
    const told = new Promise((resolve) => peer.on('service.event', resolve))
    say({ jsonrpc: '2.0', method: 'service.event', params: { ...asked, id: 'e' } })
    expect(await told).toEqual({ ...asked, id: 'e' })
    peer.notify('service.event', asked)
    expect(await heard()).toEqual({
      jsonrpc: '2.0',
      method: 'service.event',
      params: { ...asked, id: uuid, ts },
    })
  })

  test('a service.request without any id is refused', async () => {
    const { say, heard } = converse(ripple)
    say({ jsonrpc: '2.0', method: 'service.request', params: asked })
    expect(await heard()).toMatchObject({ id: null, error: { code: errorCodes.invalidRequest } })
  })
})

describe('services', () => {
  interface Enveloped {
    readonly message: { readonly id: string }
    readonly context: { readonly context: readonly string[] }
  }

  test('a request in an envelope is answered in one, with its context', async () => {
    const { say, heard } = converse(ripple)
    const context = { session_id: 's', context: ['u', 'ripple:channel:device:a'] }
    say({ message: { jsonrpc: '2.0', id: 42, method: 'echo', params: [1] }, context })
    expect(await heard()).toEqual({
      message: { jsonrpc: '2.0', id: 42, result: { params: [1], meta: context } },
      context,
    })
    say({ message: { jsonrpc: '2.0', id: 43, method: 'nobody' }, context })
    expect(await heard()).toMatchObject({
      message: { id: 43, error: { code: errorCodes.methodNotFound } },
      context,
    })
  })

  test('an answer settles by the id in its context, whatever the id of the message', async () => {
    const { peer, say, heard } = converse(ripple)
    const meta = { session_id: 's', context: 'ripple:channel:device:a' }
    const calls = [peer.request('device.make', { a: 1 }, { meta }), peer.request('device.sku')]
    const [first, second] = [(await heard()) as Enveloped, (await heard()) as Enveloped]
    expect(first).toEqual({
      message: { jsonrpc: '2.0', id: uuid, method: 'device.make', params: { a: 1 } },
      context: { session_id: 's', context: [first.message.id, 'ripple:channel:device:a'] },
    })
    say({ message: { jsonrpc: '2.0', id: 7, result: 'Acme' }, context: first.context })
    const error = { code: -32001, message: 'no such service' }
    say({ message: { jsonrpc: '2.0', id: second.message.id, error } })
    expect(await calls[0]).toBe('Acme')
    await expect(calls[1]).rejects.toMatchObject({ ...error, remote: true })
  })

  test('a notification goes in an envelope, and its context is meta', async () => {
    const { peer, say, heard } = converse(ripple)
    const told = new Promise((resolve) =>
      peer.on('ripple.onTick', (params, { meta }) => resolve([params, meta])),
    )
    say({
      message: { jsonrpc: '2.0', method: 'ripple.onTick', params: { n: 1 } },
      context: { a: 1 },
    })
    expect(await told).toEqual([{ n: 1 }, { a: 1 }])
    peer.notify('ripple.onTick', { n: 2 }, { meta: { b: 1 } })
    expect(await heard()).toEqual({
      message: { jsonrpc: '2.0', method: 'ripple.onTick', params: { n: 2 } },
      context: { b: 1 },
    })
  })

  test('an answer to nobody is told to onDiagnostic', async () => {
    const { peer, say, heard, diagnostics } = converse(ripple)
    const call = peer.request('device.make')
    const { message } = (await heard()) as Enveloped
    for (const id of [1, '1', null]) say({ message: { jsonrpc: '2.0', id, result: 1 } })
    say({ message: { jsonrpc: '2.0', id: message.id, result: 2 } })
    expect(await call).toBe(2)
    expect(diagnostics.map(({ kind }) => kind)).toEqual(Array(3).fill('unknownResponse'))
  })
})

test('what arrives without an envelope is JSON-RPC 2.0, and answered as such', async () => {
  const { say, heard } = converse(ripple)
  say({ jsonrpc: '2.0', id: 0, method: 'echo', params: [1] })
  expect(await heard()).toEqual({ jsonrpc: '2.0', id: 0, result: { params: [1], meta: {} } })
  say({ id: 1, method: 'echo' })
  expect(await heard()).toMatchObject({ id: 1, error: { code: errorCodes.invalidRequest } })
})
