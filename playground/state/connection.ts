import { signal } from '@preact/signals'
import { type CloseReason, errorCodes, Peer, RpcError } from 'bothways'
import { greetHub, type Membership } from 'bothways/client'
import { webSocketTransport } from 'bothways/websocket'
import type { FrameObserver } from '../wire/tapped.js'
import { tapped } from '../wire/tapped.js'

/** How the connection to the hub is. `refused`: a hub is there and does not let this page in. */
export type ConnectionState =
  | { readonly status: 'connecting' }
  | { readonly status: 'open'; readonly session: string }
  | { readonly status: 'closed'; readonly end: CloseReason }
  | { readonly status: 'refused'; readonly error: RpcError; readonly hasToken: boolean }

/** Whoever looks on, and is told how a connection goes. */
export interface ConnectionListener {
  /** Sees the frames of a new connection. */
  observe(): FrameObserver & { ended(): void }
  opened(membership: Membership): Promise<void>
  closed(): void
}

/** The connection of this page to the hub that served it. */
export class Connection {
  readonly state = signal<ConnectionState>({ status: 'connecting' })
  readonly #url: string
  readonly #listener: ConnectionListener
  #peer: Peer | undefined
  #attempt = 0

  constructor(url: string, listener: ConnectionListener) {
    this.#url = url
    this.#listener = listener
  }

  /** Connects, in place of the connection there is. */
  async connect(token: string | undefined): Promise<void> {
    const attempt = ++this.#attempt
    await this.#peer?.close()
    // Whoever asked once more meanwhile brings the newer token.
    if (attempt !== this.#attempt) return
    this.state.value = { status: 'connecting' }
    const observer = this.#listener.observe()
    const transport = webSocketTransport(new WebSocket(this.#url))
    const say = () => ({ name: 'playground', ...(token !== undefined && { auth: { token } }) })
    const peer = new Peer(tapped(transport, observer), { hello: { say } })
    this.#peer = peer
    void peer.closed.then(() => observer.ended())
    try {
      const membership = await greetHub(peer)
      const { said } = await peer.greeted
      this.state.value = { status: 'open', session: String(said['session']) }
      void peer.closed.then((end) => this.#closed(peer, end))
      await this.#listener.opened(membership)
    } catch (reason) {
      await this.#failed(peer, RpcError.from(reason), token !== undefined)
    }
  }

  async #failed(peer: Peer, error: RpcError, hasToken: boolean): Promise<void> {
    const end = await peer.closed
    if (peer !== this.#peer) return
    const isRefusal = refusals.has(error.code)
    this.state.value = isRefusal
      ? { status: 'refused', error, hasToken }
      : { status: 'closed', end }
  }

  #closed(peer: Peer, end: CloseReason): void {
    if (peer !== this.#peer) return
    this.state.value = { status: 'closed', end }
    this.#listener.closed()
  }
}

const refusals: ReadonlySet<number> = new Set([
  errorCodes.unauthenticated,
  errorCodes.forbidden,
  errorCodes.rateLimited,
])
