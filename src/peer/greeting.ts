import { errorCodes, RpcError } from '../protocol/error.js'
import { defaultLimits, type Limits } from '../protocol/limits.js'
import { type Feature, features, protocolVersion } from '../protocol/reserved.js'

/** What this end says of itself in `rpc.hello`, as the dialling end and as the answering one. */
export function introduction(limits: Limits): Record<string, unknown> {
  const { message, nesting, inbound } = limits
  return { protocol: protocolVersion, features, limits: { message, nesting, inbound } }
}

/** What the other end said of itself. */
export interface Introduction {
  has(feature: Feature): boolean
  /** Bytes of one message that it takes. */
  readonly message: number
  /** Requests that it handles at once. */
  readonly inbound: number
}

/** Reads the params or the result of an `rpc.hello`. Throws `invalidParams` where they are none. */
export function introductionIn(said: unknown): Introduction {
  const members = membersOf(said)
  const named = members.get('features')
  const limits = membersOf(members.get('limits') ?? {})
  if (members.get('protocol') !== protocolVersion)
    throw badHello(`protocol must be ${protocolVersion}`)
  if (!Array.isArray(named)) throw badHello('features must be an array')
  return {
    has: (feature) => named.includes(feature),
    message: numberIn(limits.get('message'), defaultLimits.message),
    inbound: numberIn(limits.get('inbound'), defaultLimits.inbound),
  }
}

function membersOf(value: unknown): Map<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badHello('params must be an object')
  return new Map(Object.entries(value))
}

function numberIn(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : otherwise
}

function badHello(what: string): RpcError {
  return new RpcError(errorCodes.invalidParams, `rpc.hello: ${what}`)
}
