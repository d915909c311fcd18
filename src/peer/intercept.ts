import type { Interceptor, OutboundCall } from './options.js'

/** A call of this end, as it is before interceptors stand around it. */
export type Asking = Omit<OutboundCall, 'takesMeta'>

/** `last`, with `interceptors` around it, the first outermost; `last` itself where there are none. */
export function around<Call>(
  interceptors: readonly Interceptor<Call>[] = [],
  last: (call: Call) => unknown,
): (call: Call) => unknown {
  return interceptors.reduceRight<(call: Call) => unknown>(
    (next, interceptor) => (call) => interceptor(call, next),
    last,
  )
}
