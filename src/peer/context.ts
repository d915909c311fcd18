import type { Meta, Params } from '../protocol/message.js'
import type { RemoteStream } from '../stream/remote-stream.js'
import type { RequestOptions, StreamOptions } from './options.js'

/** Whom a handler can call back. */
export interface Remote {
  request<R = unknown>(method: string, params?: Params, options?: RequestOptions): Promise<R>
  notify(method: string, params?: Params, options?: { readonly meta?: Meta }): void
  stream<T = unknown, R = unknown>(
    method: string,
    params?: Params,
    options?: StreamOptions,
  ): RemoteStream<T, R>
}

/** What a handler is given beside the params. */
export interface Context {
  readonly method: string
  /** Whether somebody waits for an answer, and reads items that come before it. */
  readonly kind: 'request' | 'stream' | 'notification'
  /** Aborts when the caller cancels, and when the connection ends. */
  readonly signal: AbortSignal
  /** What travelled beside the params; `from` is to be believed only where the other end is a hub. */
  readonly meta: Meta
  /** Milliseconds that the caller still waits, where it said so; never below 0. What is asked through `remote` waits no longer. */
  readonly timeLeft: number | undefined
  /** The caller: the other end, or for a call that a hub routed the caller behind the hub. */
  readonly remote: Remote
  /** What the caller streams: read it once. Undefined where it streams nothing, which is not the same as no items. */
  readonly input: AsyncIterable<unknown> | undefined
  /**
   * Tells the caller how far the work is, until the answer. While too much waits to leave, only the newest value is kept.
   * Throws `encoding` where it cannot be sent.
   */
  readonly progress: (value: unknown) => void
  /**
   * Runs `action` when the answer has been handed on to leave; never, where the connection ends first. That it throws, or
   * rejects, is told to `onDiagnostic`.
   */
  readonly afterResponse: (action: () => unknown) => void
}
