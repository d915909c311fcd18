import type { Peer } from '../peer/peer.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import type { Describable } from './describe.js'

/** The stubs that a call is made with, and over which peer. */
export interface Stubs {
  readonly peer: Peer
  readonly contract: Describable
  /** The side that is called. */
  readonly side: 'service' | 'client'
  /** The name of the service, where a hub is in between. */
  readonly service?: string
}

/** Rejects with `reason`, which says what changed at the other end where that is why. Waits no longer than until `signal`. */
export type Explain = (
  reason: unknown,
  method: string,
  signal: AbortSignal | undefined,
) => Promise<never>

/** Explains the failures of calls that are made with `stubs`, where their contract has what can tell, which is loaded then. */
export function explaining(stubs: Stubs): Explain | undefined {
  const { peer, contract } = stubs
  const { shape } = contract
  return (
    shape &&
    (async (reason, method, signal) => {
      // Foreign ends are not asked: nothing is loaded for them.
      if (!(peer.takesMeta || peer.isGreeting) || !mayBeDrift(reason)) throw reason
      const { explain } = await shape().catch(() => Promise.reject(reason))
      throw await explain(reason, method, stubs, signal)
    })
  )
}

/** Whether an error is one that another contract at the other end would cause. */
function mayBeDrift(reason: unknown): reason is RpcError {
  if (!(reason instanceof RpcError)) return false
  const { code, remote, delivery } = reason
  return remote
    ? code === errorCodes.methodNotFound || code === errorCodes.invalidParams
    : code === errorCodes.encoding && delivery === 'accepted'
}
