import { errorCodes } from 'bothways'
import { acp, cdp, lsp } from 'bothways/dialects'
import { describe, expect, test } from 'vitest'
import { converse } from './support.js'

describe('lsp', () => {
  test('takes messages with and without jsonrpc, and writes it', async () => {
    const { peer, say, heard } = converse(lsp)
    say({ id: 1, method: 'echo', params: [1] })
    expect(await heard()).toEqual({ jsonrpc: '2.0', id: 1, result: { params: [1], meta: {} } })
    say({ jsonrpc: '2.0', id: 'a', method: 'echo' })
    expect(await heard()).toMatchObject({ id: 'a' })
    say({ jsonrpc: '1.0', id: 2, method: 'echo' })
    expect(await heard()).toMatchObject({ id: 2, error: { code: errorCodes.invalidRequest } })
    const call = peer.request('initialize', { processId: null })
    expect(await heard()).toEqual({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { processId: null },
    })
    say({ id: 1, result: { capabilities: {} } })
    expect(await call).toEqual({ capabilities: {} })
  })

  test('cancels by $/cancelRequest, both ways, and a cancelled request is answered with -32800', async () => {
    const { peer, say, heard } = converse(lsp)
    const controller = new AbortController()
    const call = peer.request('slow', [], { signal: controller.signal })
    call.catch(() => {})
    expect(await heard()).toMatchObject({ id: 1 })
    controller.abort()
    expect(await heard()).toEqual({
      jsonrpc: '2.0',
      method: '$/cancelRequest',
      params: { id: 1 },
    })
    say({ jsonrpc: '2.0', id: 5, method: 'never' })
    say({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 5 } })
    expect(await heard()).toMatchObject({ id: 5, error: { code: -32800 } })
  })

  test('leaves progress, with its tokens, to the application', async () => {
    const { peer, say, heard } = converse(lsp)
    const told = new Promise((resolve) => peer.on('$/progress', resolve))
    say({
      jsonrpc: '2.0',
      method: '$/progress',
      params: { token: 'index', value: { kind: 'end' } },
    })
    expect(await told).toEqual({ token: 'index', value: { kind: 'end' } })
    peer.notify('$/progress', { token: 'index', value: 1 })
    expect(await heard()).toMatchObject({ method: '$/progress', params: { token: 'index' } })
    peer.handle('work', (_, context) => context.progress(50))
    say({ jsonrpc: '2.0', id: 1, method: 'work' })
    expect(await heard()).toMatchObject({ id: 1, result: null })
  })

  test('an array is no batch: it is refused as a whole', async () => {
    const { say, heard } = converse(lsp)
    say([{ jsonrpc: '2.0', id: 1, method: 'echo' }])
    expect(await heard()).toMatchObject({ id: null, error: { code: errorCodes.invalidRequest } })
  })
})

describe('acp', () => {
  test('cancels by $/cancel_request, both ways, and a cancelled request is answered with -32800', async () => {
    const { peer, say, heard } = converse(acp)
    peer.request('session/prompt', {}, { timeout: 1 }).catch(() => {})
    expect(await heard()).toMatchObject({ id: 1, method: 'session/prompt' })
    expect(await heard()).toEqual({
      jsonrpc: '2.0',
      method: '$/cancel_request',
      params: { requestId: 1 },
    })
    say({ jsonrpc: '2.0', id: 0, method: 'never' })
    say({ jsonrpc: '2.0', method: '$/cancel_request', params: { requestId: 0 } })
    expect(await heard()).toMatchObject({ id: 0, error: { code: -32800 } })
  })

  test('refuses messages without jsonrpc', async () => {
    const { say, heard } = converse(acp)
    say({ id: 0, method: 'echo' })
    expect(await heard()).toMatchObject({ id: 0, error: { code: errorCodes.invalidRequest } })
  })
})

describe('cdp', () => {
  test('writes no jsonrpc and reads none, and sessionId is meta, both ways', async () => {
    const { peer, say, heard } = converse(cdp)
    const call = peer.request('Page.enable', {}, { meta: { sessionId: 'S1' } })
    expect(await heard()).toEqual({ id: 1, method: 'Page.enable', params: {}, sessionId: 'S1' })
    say({ id: 1, result: {}, sessionId: 'S1' })
    expect(await call).toEqual({})
    const told = new Promise((resolve) =>
      peer.on('Page.loaded', (params, { meta }) => resolve({ params, meta })),
    )
    say({ method: 'Page.loaded', params: { at: 1 }, sessionId: 'S1' })
    expect(await told).toEqual({ params: { at: 1 }, meta: { sessionId: 'S1' } })
    peer.notify('Page.left', undefined, { meta: { sessionId: 'S2' } })
    expect(await heard()).toEqual({ method: 'Page.left', sessionId: 'S2' })
  })

  test('an answer carries the sessionId of its request', async () => {
    const { say, heard } = converse(cdp)
    say({ id: 7, method: 'echo', params: {}, sessionId: 'S1' })
    expect(await heard()).toEqual({
      id: 7,
      result: { params: {}, meta: { sessionId: 'S1' } },
      sessionId: 'S1',
    })
    say({ id: 8, method: 'nobody', sessionId: 'S1' })
    expect(await heard()).toMatchObject({ id: 8, error: { code: -32601 }, sessionId: 'S1' })
  })

  test.each([
    { jsonrpc: '2.0', id: 1, method: 'echo' },
    { id: 'a', method: 'echo' },
    { id: 1.5, method: 'echo' },
    { id: null, method: 'echo' },
    [],
    7,
  ])('%j is answered with an error without id', async (message) => {
    const { say, heard } = converse(cdp)
    say(message)
    expect(await heard()).toEqual({
      error: { code: errorCodes.invalidRequest, message: expect.any(String) },
    })
  })

  test('an error without id rejects the only request that waits', async () => {
    const { peer, say, heard, diagnostics } = converse(cdp)
    const only = peer.request('Page.enable')
    await heard()
    say({ error: { code: -32600, message: 'Message has property other than these' } })
    await expect(only).rejects.toMatchObject({ code: -32600, remote: true, method: 'Page.enable' })
    expect(diagnostics).toEqual([])
  })

  test('an error without id is told to onDiagnostic where two requests wait, or none', async () => {
    const { peer, say, heard, diagnostics } = converse(cdp)
    const calls = [peer.request('Page.enable'), peer.request('DOM.enable')]
    await heard()
    await heard()
    say({ error: { code: -32700, message: 'no JSON' } })
    say({ id: 1, result: 'a' })
    say({ id: 2, result: 'b' })
    expect(await Promise.all(calls)).toEqual(['a', 'b'])
    expect(diagnostics).toMatchObject([{ kind: 'errorWithoutId', message: '-32700: no JSON' }])
  })

  test('what is cancelled rejects here, and the other end is not told', async () => {
    const { peer, say, heard } = converse(cdp)
    const controller = new AbortController()
    const call = peer.request('Page.navigate', {}, { signal: controller.signal })
    controller.abort('enough')
    await expect(call).rejects.toBe('enough')
    peer.notify('Page.left')
    expect(await heard()).toMatchObject({ id: 1 })
    expect(await heard()).toEqual({ method: 'Page.left' })
    say({ id: 1, result: 'late' })
  })

  test('meta other than sessionId is refused at the call', async () => {
    const { peer } = converse(cdp)
    await expect(peer.request('a', {}, { meta: { trace: 1 } })).rejects.toMatchObject({
      code: errorCodes.unavailable,
      message: '"a" was not sent: the dialect "cdp" carries no meta "trace"',
      delivery: 'unsent',
    })
  })
})
