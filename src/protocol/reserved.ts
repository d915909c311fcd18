/** The methods that belong to the protocol itself. JSON-RPC 2.0 section 4 reserves `rpc.`, LSP `$/`. */
export const reserved = {
  hello: 'rpc.hello',
  discover: 'rpc.discover',
  ping: 'rpc.ping',
  cancel: '$/cancelRequest',
  progress: '$/progress',
  stream: 'rpc.stream',
  output: 'rpc.output',
  input: 'rpc.input',
  window: 'rpc.window',
} as const

/** The version of what bothways adds to JSON-RPC, as told in `rpc.hello`. */
export const protocolVersion = 1

/** What an end can do beyond plain JSON-RPC, told in `rpc.hello`; used only where both ends named it. */
export type Feature = 'frames' | 'runs' | 'meta' | 'bytes'

/** What every end can do; `bytes` needs a codec. */
export const features: readonly Feature[] = ['frames', 'runs', 'meta']

/** Whether `method` belongs to the protocol, so that an application cannot register it. */
export function isReserved(method: string): boolean {
  return method.startsWith('rpc.') || method.startsWith('$/')
}
