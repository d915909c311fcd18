import { errorCodes, type Peer } from 'bothways'
import { connect } from 'bothways/websocket'
import { describe, expect, test } from 'vitest'
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

    test('an attempt that is aborted rejects with the reason at once', async () => {
      const controller = new AbortController()
      const attempt = connect(silent(), { signal: controller.signal })
      controller.abort('changed my mind')
      await expect(attempt).rejects.toBe('changed my mind')
      const again = connect(silent(), { signal: AbortSignal.abort('before') })
      await expect(again).rejects.toBe('before')
    })

    test('a server that never answers is given up after connectTimeout', async () => {
      const attempt = connect(silent(), { connectTimeout: 50 })
      await expect(attempt).rejects.toMatchObject({
        code: errorCodes.unavailable,
        message: expect.stringContaining('no answer in 50 ms'),
      })
    })

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
