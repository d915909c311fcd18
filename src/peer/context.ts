import type { Meta, Params } from '../protocol/message.js'
import type { RequestOptions } from './options.js'

/** Whom a handler can call back. */
export interface Remote {
  request<R = unknown>(method: string, params?: Params, options?: RequestOptions): Promise<R>
  notify(method: string, params?: Params, options?: { readonly meta?: Meta }): void
}

/** What a handler is given beside the params. */
export interface Context {
  readonly method: string
  /** Whether somebody waits for an answer. */
  readonly kind: 'request' | 'notification'
  /** Aborts when the caller cancels, and when the connection ends. */
  readonly signal: AbortSignal
  /** What travelled beside the params; `from` is to be believed only where the other end is a hub. */
  readonly meta: Meta
  /** The caller: the other end, or for a call that a hub routed the caller behind the hub. */
  readonly remote: Remote
}
