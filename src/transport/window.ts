import { errorCodes, RpcError } from '../protocol/error.js'
import { messagePortTransport, type PortLike } from './message-port.js'
import type { Transport } from './transport.js'

/** Who is at the other end of a window transport. */
export interface WindowOptions {
  /** The one origin that is spoken to and listened to, such as `https://editor.example`. */
  readonly origin: string
}

/** What is used of another window: of an iframe, an opener, a popup. */
interface OtherWindow {
  postMessage(message: unknown, targetOrigin: string): void
}

/**
 * Text and bytes between this page and another window, such as `iframe.contentWindow` or `window.parent`: both ends are of this kind,
 * and name the origin of the other. What is sent before the other page is there waits. It ends when the other page is left
 * or loaded again. Throws where `origin` is no origin: `*` would let every page read and write.
 */
export function windowTransport(other: OtherWindow, { origin }: WindowOptions): Transport {
  checkOrigin(origin)
  return messagePortTransport(new WindowPort(other, origin))
}

/** How one window posts to another: `from` tells a page from the one that was loaded in its place. */
interface Posted {
  readonly bothways: 'window'
  readonly from: string
  readonly message?: unknown
}

type PortListener = (event: Event) => void

/** Another window as if it were a port. */
class WindowPort implements PortLike {
  readonly #other: OtherWindow
  readonly #origin: string
  readonly #id = crypto.getRandomValues(new Uint32Array(4)).join('-')
  readonly #listeners = new Map<string, PortListener>()
  #held: unknown[] = []
  /** The page at the other end, once it was heard of. */
  #met: string | undefined

  constructor(other: OtherWindow, origin: string) {
    this.#other = other
    this.#origin = origin
  }

  postMessage(message: unknown): void {
    if (this.#met === undefined) this.#held.push(message)
    else this.#post({ message })
  }

  addEventListener(type: string, listener: PortListener): void {
    this.#listeners.set(type, listener)
  }

  removeEventListener(type: string): void {
    this.#listeners.delete(type)
  }

  start(): void {
    addEventListener('message', this.#arrived)
    addEventListener('pagehide', this.#left)
    this.#post({})
  }

  close(): void {
    removeEventListener('message', this.#arrived)
    removeEventListener('pagehide', this.#left)
  }

  #post(content: { readonly message?: unknown }): void {
    const posted: Posted = { bothways: 'window', from: this.#id, ...content }
    this.#other.postMessage(posted, this.#origin)
  }

  readonly #arrived = ({ data, source, origin }: MessageEvent): void => {
    if (source !== (this.#other as unknown) || origin !== this.#origin || !isPosted(data)) return
    if (this.#met === undefined) this.#meet(data.from)
    if (data.from !== this.#met) return this.#tell('close')
    if (Object.hasOwn(data, 'message')) this.#tell('message', data.message)
  }

  /** Heard of the other page: it is told of this one, which it may have missed, and what waited for it. */
  #meet(from: string): void {
    this.#met = from
    this.#post({})
    for (const message of this.#held.splice(0)) this.#post({ message })
  }

  readonly #left = (): void => {
    this.#post({ message: { bothways: 'close', code: 4001, reason: 'the page was left' } })
    this.#tell('close')
  }

  #tell(type: 'message' | 'close', data?: unknown): void {
    this.#listeners.get(type)?.(new MessageEvent(type, { data }))
  }
}

function isPosted(data: unknown): data is Posted {
  if (typeof data !== 'object' || data === null) return false
  const { bothways, from } = data as Partial<Posted>
  return bothways === 'window' && typeof from === 'string' && from.length <= 64
}

function checkOrigin(origin: string): void {
  try {
    if (new URL(origin).origin === origin) return
  } catch {
    // Told below, like an address that is more than an origin.
  }
  throw new RpcError(errorCodes.invalidRequest, `${JSON.stringify(origin)} is no origin`, {
    hint: 'name the one page you speak to, such as "https://editor.example", without a path',
  })
}
