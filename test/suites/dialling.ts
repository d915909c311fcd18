import { errorCodes, Peer, RpcError } from 'bothways'
import { connect, type WebSocketLike, webSocketTransport } from 'bothways/websocket'
import WebSocket from 'isomorphic-ws'
import { describe, expect, test } from 'vitest'
import { Clock } from '../support/clock.js'
import type { MakePair } from '../support/pair.js'

/** Addresses to dial in vain. */
export interface Addresses {
  /** Takes the TCP connection and never answers. */
  readonly silent: () => string
  /** Takes no connection, or hangs up on it. */
  readonly refused: () => string
}

/** What must hold of `connect` before there is a connection, and of how one ends, in Node and in a browser. */
export function dialling(name: string, { silent, refused }: Addresses, makePair: MakePair): void {
  describe(`dialling from ${name}`, () => {
    test('a server that is not there is unavailable, and its address is told without secrets', async () => {
      const url = refused().replace('//', '//user:hunter2@')
      const attempt = connect(`${url}/path?token=hunter2`)
      await expect(attempt).rejects.toMatchObject({ code: errorCodes.unavailable })
      await expect(attempt).rejects.not.toThrow('hunter2')
      await expect(connect('ftp://nowhere')).rejects.toMatchObject({ code: errorCodes.unavailable })
    })

    test.each([
      (url: string) => url.replace('//', '//hunter2:hunter2@'),
      (url: string) => `${url}/?token=hunter2&hunter2`,
      (url: string) => `${url.replace('//', '//hunter2@')}/#hunter2`,
      () => 'ws://user:hunter2@no host/?token=hunter2',
      () => 'ftp://user:hunter2@127.0.0.1:1/?token=hunter2#hunter2',
      () => '//user:hunter2@127.0.0.1:1',
      () => 'hunter2',
    ])('no part of why it failed quotes the secrets of an address (%#)', async (addressFrom) => {
      const reason = await connect(addressFrom(refused())).catch((reason: RpcError) => reason)
      expect(reason).toBeInstanceOf(RpcError)
      const { code, message, hint, data, cause, stack } = reason as RpcError
      expect(code).toBe(errorCodes.unavailable)
      const parts = [message, hint, JSON.stringify(data), String(cause), stack].join()
      expect(parts.toLowerCase()).not.toContain('hunter2')
    })

    test('a socket that was closed before it had a peer is told as closed', async () => {
      const socket = new WebSocket(refused())
      await new Promise((resolve) => {
        socket.onerror = () => {}
        socket.onclose = resolve
      })
      const peer = new Peer(webSocketTransport(socket as unknown as WebSocketLike))
      const call = expect(peer.request('echo')).rejects.toMatchObject({ code: errorCodes.closed })
      expect(await peer.closed).toMatchObject({ code: 1006 })
      await call
    })

    test('options that make no sense are refused before anything is dialled', async () => {
      const attempts = [
        connect(refused(), { limits: { message: Number.NaN } }),
        connect(refused(), { timeout: -1 }),
        connect(refused(), { connectTimeout: Number.NaN }),
      ]
      for (const attempt of attempts) {
        const { invalidRequest: code } = errorCodes
        await expect(attempt).rejects.toMatchObject({ code })
        await expect(attempt).rejects.toThrow(/ is (NaN|-1): it must be a number of 0 or more$/)
      }
    })

    test('an attempt that is aborted rejects with the reason at once', async () => {
      const controller = new AbortController()
      const attempt = connect(silent(), { signal: controller.signal })
      controller.abort('changed my mind')
      await expect(attempt).rejects.toBe('changed my mind')
      const again = connect(silent(), { signal: AbortSignal.abort('before') })
      await expect(again).rejects.toBe('before')
    })

    test('a server that never answers is given up after connectTimeout', async () => {
      const clock = new Clock()
      const attempt = connect(silent(), { connectTimeout: 50, runtime: clock })
      clock.advance(49)
      expect(clock.timers).toBe(1)
      clock.advance(1)
      await expect(attempt).rejects.toMatchObject({
        code: errorCodes.unavailable,
        message: expect.stringContaining('no answer in 50 ms'),
      })
    })

    test.each(['near', 'far'] as const)(
      'closing waits for the other end by the clock that the %s end was given',
      async (end) => {
        const clock = new Clock()
        const pair = await makePair({ runtime: clock }, { runtime: clock })
        const before = clock.timers
        const closing = pair[end]?.close()
        expect(clock.timers).toBe(before + 1)
        await closing
        await Promise.all([pair.near.closed, pair.far?.closed])
        expect(clock.timers).toBe(0)
        await pair.dispose()
      },
    )

    test('messages over the default limit are taken where the limit was raised', async () => {
      const limits = { message: 4_194_304 }
      const { near, far, dispose } = await makePair({ limits }, { limits })
      far?.handle('echo', (params) => params)
      const long = 'x'.repeat(2_097_152)
      expect(await near.request('echo', [long])).toEqual([long])
      await dispose()
    })

    test.each([
      [1000, 1000],
      [1005, 1000],
      [1006, 4000],
      [4321, 4321],
    ])(
      'closing with what another peer ended with (%i) ends this one with %i',
      async (code, seen) => {
        const { near, far, dispose } = await makePair({}, {})
        await near.close({ code, reason: 'passed on' })
        expect(await (far as Peer).closed).toMatchObject({ code: seen })
        await dispose()
      },
    )
  })
}
