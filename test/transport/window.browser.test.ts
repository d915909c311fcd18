import { errorCodes, Peer, type PeerOptions } from 'bothways'
import { windowTransport } from 'bothways/message-port'
import { expect, onTestFinished, test } from 'vitest'
import { conformance } from '../suites/conformance.js'

const { origin } = location

const script = `<script type="module" src="${new URL('../support/frame.ts', import.meta.url)}"></script>`

/** A frame whose page runs frame.ts, from the same server as this one. */
function open(): HTMLIFrameElement {
  const frame = document.createElement('iframe')
  frame.srcdoc = script
  document.body.append(frame)
  return frame
}

function windowOf(frame: HTMLIFrameElement): Window {
  if (frame.contentWindow === null) throw new Error('the frame has no window')
  return frame.contentWindow
}

async function pair(options: PeerOptions = {}) {
  const frame = open()
  const near = new Peer(windowTransport(windowOf(frame), { origin }), options)
  return { frame, near, far: undefined, drop: () => frame.remove(), dispose: () => frame.remove() }
}

conformance('iframe', pair)

test.each(['*', 'null', '', 'https://example.org/', 'example.org', 'https://example.org/app'])(
  '%j is refused as an origin, saying what one is',
  (wrong) => {
    expect(() => windowTransport(window, { origin: wrong })).toThrow(
      expect.objectContaining({
        code: errorCodes.invalidRequest,
        hint: expect.stringContaining('https://'),
      }),
    )
  },
)

test('what another window or another origin posts is not listened to', async () => {
  const { near, frame } = await pair()
  onTestFinished(() => frame.remove())
  expect(await near.request('echo', [1])).toEqual([1])
  const seen: unknown[] = []
  near.on('forged', (params) => seen.push(params))
  const message = '{"jsonrpc":"2.0","method":"forged"}'
  // From this window, not from the frame; and the frame's own, but as if it came from elsewhere.
  window.postMessage({ bothways: 'window', from: 'me', message }, origin)
  const forged = { data: { bothways: 'window', from: 'me', message }, source: frame.contentWindow }
  dispatchEvent(new MessageEvent('message', { ...forged, origin: 'https://evil.example' }))
  dispatchEvent(new MessageEvent('message', { ...forged, data: message, origin }))
  expect(await near.request('echo', [2])).toEqual([2])
  expect(seen).toEqual([])
})

test('a page that is loaded again is another one: the conversation with the first has ended', async () => {
  const { near, frame } = await pair()
  onTestFinished(() => frame.remove())
  await near.request('echo', [1])
  const waiting = near.request('never')
  windowOf(frame).location.reload()
  await expect(waiting).rejects.toMatchObject({ code: errorCodes.closed })
  await near.closed
})

test('a window that was opened is spoken to like a frame, and its end is noticed', async () => {
  const popup = window.open('about:blank')
  if (popup === null) throw new Error('no window was opened')
  onTestFinished(() => popup.close())
  const near = new Peer(windowTransport(popup, { origin }), { hello: true })
  near.handle('confirm', ({ name }) => name === 'Ada')
  popup.document.write(script)
  popup.document.close()
  expect(await near.request('greet', { name: 'Ada' })).toBe('Hello Ada')
  const waiting = near.request('never')
  await near.request('started')
  popup.close()
  await expect(waiting).rejects.toMatchObject({ code: errorCodes.closed, delivery: 'unknown' })
})

test('two frames are two conversations', async () => {
  const [one, two] = [await pair(), await pair()]
  onTestFinished(() => {
    one.frame.remove()
    two.frame.remove()
  })
  expect(await Promise.all([one.near.request('echo', [1]), two.near.request('echo', [2])])).toEqual(
    [[1], [2]],
  )
  one.frame.remove()
  await one.near.closed
  expect(await two.near.request('echo', [3])).toEqual([3])
})
