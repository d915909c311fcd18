/** What every service object has beside the methods of its service. */
export const serviceWords = [
  'call',
  'connect',
  'disconnect',
  'getMethodInfo',
  'getServiceInfo',
  'isConnected',
  'onDiagnostic',
  'onState',
  'publish',
  'subscribe',
  'unsubscribe',
] as const

export type ServiceWord = (typeof serviceWords)[number]

/** Why the method is no member of the service object, and is reached by `call`; undefined where it is one. */
export function takenBy(method: string): string | undefined {
  if (method === 'then') return 'await takes an object with a function "then" for a promise'
  return serviceWords.some((word) => word === method)
    ? `every service object has a "${method}" of its own`
    : undefined
}
