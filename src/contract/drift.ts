import type { Peer } from '../peer/peer.js'
import { errorCodes, type RpcError } from '../protocol/error.js'
import type { Describable, Shape } from './describe.js'

/** The stubs that a call is made with, and over which peer. */
export interface Stubs {
  readonly peer: Peer
  /** What is known of the contract beside what it loads, such as that of functions of one method each. */
  readonly contract: Partial<Describable>
  /** The side that is called. Default: the one that the description says. */
  readonly side?: 'service' | 'client'
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
  const { shape } = stubs.contract
  return shape && ((reason, method, signal) => explained(reason, method, stubs, shape, signal))
}

/** Rejects as `Explain` does, by what `shape` loads. */
export async function explained(
  reason: unknown,
  method: string,
  stubs: Stubs,
  shape: () => Promise<Shape>,
  signal: AbortSignal | undefined,
): Promise<never> {
  // Whatever another contract at the other end would cause is one of these.
  const { methodNotFound, invalidParams, encoding } = errorCodes
  const { code } = Object(reason)
  // Foreign ends are not asked: nothing is loaded for them.
  if (
    (code === methodNotFound || code === invalidParams || code === encoding) &&
    (stubs.peer.takesMeta || stubs.peer.isGreeting)
  )
    throw await shape().then(
      ({ explain }) => explain(reason as RpcError, method, stubs, signal),
      () => reason,
    )
  throw reason
}
