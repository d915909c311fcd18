import type { RpcError } from './error.js'
import type { Id } from './message.js'

/** How another family of peers says what JSON-RPC 2.0 says. The entry `bothways/dialects` has them, and makes new ones. */
export interface Dialect {
  readonly name: string
  /** Begins one conversation, and with it what the dialect remembers of a message until that is answered. */
  begin(end: Speaker): Wording
}

/** The end of a conversation that speaks a dialect. */
export interface Speaker {
  /** Whether it would say `rpc.hello`, which no dialect has: `begin` throws then. */
  readonly saysHello: boolean
  /** The requests of this end that wait for an answer. */
  waiting(): Iterable<{ readonly id: number }>
}

/**
 * How messages leave, as text, and how they are read. Params, results and `meta` come as JSON text, empty where there are
 * none. Text that is empty does not leave: there is nothing to say. What cannot be said throws an `RpcError`.
 */
export interface Wording {
  /** A request; of one for a stream, `method` is `rpc.stream`. `isFollowed` says that its progress is wanted. */
  request(id: number, method: string, params: string, meta: string, isFollowed: boolean): string
  /** A notification; of one that cancels a request of this end, `method` is `$/cancelRequest`. */
  notification(method: string, params: string, meta: string): string
  result(id: Id, result: string): string
  error(id: Id, error: RpcError): string
  /** How far request `id` of the other end is; `params` are those of `$/progress`. */
  progress(id: Id, params: string): string
  /**
   * The JSON-RPC 2.0 message that `value`, parsed JSON of the other end, stands for. It is looked at as any other is, so it
   * need not be valid; an array is a batch. Throws `invalidRequest` for what stands for none.
   */
  read(value: unknown): unknown
}
