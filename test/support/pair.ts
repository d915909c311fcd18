import { type CloseReason, memoryPair, Peer, type PeerOptions, type Transport } from 'bothways'
import { messagePortTransport } from 'bothways/message-port'

/** Two joined ends. */
export interface Pair {
  readonly near: Peer
  /** The other end; none where it lives in another thread, with the handlers of responder.ts. */
  readonly far: Peer | undefined
  /** Ends the connection without a word from either end. */
  drop(): void
  /** Ends what the pair was made of, peers and all. */
  dispose(): Promise<unknown> | unknown
}

/** Makes two joined ends over one kind of transport. */
export type MakePair = (near: PeerOptions, far: PeerOptions) => Promise<Pair>

/** A raw end, joined with a peer. */
export interface RawPair {
  readonly transport: Transport
  readonly peer: Peer
  dispose(): Promise<unknown> | unknown
}

/** Makes a peer whose other end is raw. */
export type MakeRawPair = (options: PeerOptions) => Promise<RawPair>

export const dropped: CloseReason = { code: 1006, reason: 'dropped' }

export const memoryPeers: MakePair = async (nearOptions, farOptions) => {
  const [one, other] = memoryPair()
  const near = new Peer(one, nearOptions)
  const far = new Peer(other, farOptions)
  return { near, far, drop: () => other.close(dropped), dispose: () => near.close() }
}

export const messageChannelPeers: MakePair = async (nearOptions, farOptions) => {
  const { port1, port2 } = new MessageChannel()
  const near = new Peer(messagePortTransport(port1), nearOptions)
  const transport = messagePortTransport(port2)
  const far = new Peer(transport, farOptions)
  return { near, far, drop: () => transport.close(dropped), dispose: () => near.close() }
}

export const memoryRaw: MakeRawPair = async (options) => {
  const [transport, other] = memoryPair()
  const peer = new Peer(other, options)
  return { transport, peer, dispose: () => peer.close() }
}
