import type { Peer } from '../peer/peer.js'
import { reserved } from '../protocol/reserved.js'
import { type Describable, type Description, describe } from './describe.js'

/** What one end can describe: the contracts that it serves, and those whose other side it calls and answers for. */
interface Described {
  readonly byName: Map<string, () => Promise<Description>>
  served?: (() => Promise<Description>) | undefined
}

const describedOver = new WeakMap<Peer, Described>()

/**
 * Answers `rpc.discover` over `peer`, unless something does already: with the contract that is named, else with the one
 * that is served first, else with the first.
 */
export function discoverable(
  peer: Peer,
  contract: Describable,
  isServed: boolean,
  description?: Description,
): void {
  const say = async () => description ?? describe(contract)
  const known = describedOver.get(peer) ?? begin(peer)
  if (isServed || !known.byName.has(contract.name)) known.byName.set(contract.name, say)
  if (isServed) known.served ??= say
}

function begin(peer: Peer): Described {
  const known: Described = { byName: new Map() }
  describedOver.set(peer, known)
  const answer = (params: unknown) => {
    const named = known.byName.get(Object(params).service)
    const [first] = known.byName.values()
    return (named ?? known.served ?? first)?.()
  }
  try {
    peer.handle(reserved.discover, answer)
  } catch {
    // The application answers it itself.
  }
  return known
}
