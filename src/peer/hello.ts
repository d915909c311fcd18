import { errorCodes, RpcError } from '../protocol/error.js'
import { defaultLimits, type Limits } from '../protocol/limits.js'
import { type Feature, features, protocolVersion } from '../protocol/reserved.js'

/** What this end says of itself in `rpc.hello`, as the dialling end and as the answering one. */
export function introduction({ message, nesting, inbound }: Limits, members: object): object {
  return { protocol: protocolVersion, features, limits: { message, nesting, inbound }, ...members }
}

/** What the other end said of itself. */
export interface Introduction {
  readonly features: readonly Feature[]
  /** Bytes of one message that it takes. */
  readonly message: number
  /** Requests that it handles at once. */
  readonly inbound: number
}

/** Reads the params or the result of an `rpc.hello`. Throws `invalidParams` where they are none. */
export function introductionIn(said: unknown): Introduction {
  const { protocol, features: named, limits } = membersOf(said)
  if (protocol !== protocolVersion || !Array.isArray(named)) {
    throw new RpcError(
      errorCodes.invalidParams,
      `rpc.hello: protocol must be ${protocolVersion}, and features an array`,
    )
  }
  const { message, inbound } = membersOf(limits)
  return {
    features: named,
    message: countIn(message) ?? defaultLimits.message,
    inbound: countIn(inbound) ?? defaultLimits.inbound,
  }
}

/** The own members of whatever was said: a polluted prototype says nothing. */
function membersOf(value: unknown): Record<string, unknown> {
  return Object.assign(Object.create(null), value)
}

function countIn(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined
}
