import { type Diagnostic, type Dialect, memoryPair, Peer, type PeerOptions } from 'bothways'
import { Raw } from '../support/raw.js'

/** A peer that speaks `dialect`, and the raw other end of it. */
export interface Conversation {
  readonly peer: Peer
  readonly diagnostics: Diagnostic[]
  /** Sends one message to the peer. */
  say(message: unknown): void
  /** The next message of the peer. */
  heard(): Promise<unknown>
}

/** A peer with the handlers that the tests call, and its other end. */
export function converse(dialect: Dialect, options: PeerOptions = {}): Conversation {
  const [near, far] = memoryPair()
  const diagnostics: Diagnostic[] = []
  const onDiagnostic = (event: Diagnostic) => diagnostics.push(event)
  const peer = new Peer(near, { dialect, onDiagnostic, ...options })
  peer.handle('echo', (params, { meta }) => ({ params, meta }))
  peer.handle('never', () => new Promise(() => {}))
  peer.handle('fail', () => {
    throw new TypeError('bad id 7')
  })
  const raw = new Raw(far)
  return {
    peer,
    diagnostics,
    say: (message) => raw.send(JSON.stringify(message)),
    heard: () => raw.next(),
  }
}
