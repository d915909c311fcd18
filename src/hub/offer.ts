import { isServiceName } from '../contract/contract.js'
import type { Description } from '../contract/describe.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import { characters, methods, services } from './limits.js'

/** What somebody asks to provide. */
export interface Offer {
  readonly service: string
  readonly version: string
  readonly instance?: string | undefined
  readonly description: Description
}

/** What one session may provide in all. */
const most = { services, methods, characters }

/** What an offer, or all that a session provides, takes of the hub. */
export interface Weight {
  readonly services: number
  readonly methods: number
  /** Of the descriptions, as JSON. */
  readonly characters: number
}

export function weightOf({ description }: Offer): Weight {
  return {
    services: 1,
    methods: description.methods.length,
    characters: JSON.stringify(description).length,
  }
}

/** Throws `limitExceeded` where a session that provides `weights` would provide more than one may. */
export function checkWeights(weights: readonly Weight[]): void {
  for (const unit of ['services', 'methods', 'characters'] as const) {
    const sum = weights.reduce((total, weight) => total + weight[unit], 0)
    if (sum <= most[unit]) continue
    const what = unit === 'characters' ? 'characters of description' : unit
    throw new RpcError(
      errorCodes.limitExceeded,
      `${sum} ${what} are over the limit of ${most[unit]} a member`,
    )
  }
}

/** Names that are the hub's own. */
const ownNames: ReadonlySet<string> = new Set(['hub', 'rpc'])

/** Throws `invalidParams` where nothing can be provided under `name`. What is kept under a name is bounded by it. */
export function checkServiceName(name: string): void {
  if (isServiceName(name) && !ownNames.has(name.split('.')[0] ?? '')) return
  throw new RpcError(
    errorCodes.invalidParams,
    `${JSON.stringify(name.slice(0, 64))} cannot name a service`,
    {
      hint: 'use letters, digits, - and _ in tokens separated by dots, the first of them not hub or rpc',
    },
  )
}
