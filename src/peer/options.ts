// Whoever compiles for an older target has no types for `using` otherwise.
/// <reference lib="esnext.disposable" preserve="true" />

import type { Codec } from '../protocol/codec.js'
import type { Dialect } from '../protocol/dialect.js'
import type { RpcError } from '../protocol/error.js'
import type { Limits } from '../protocol/limits.js'
import type { Meta, Params } from '../protocol/message.js'
import type { Runtime } from '../runtime.js'
import type { Context } from './context.js'
import type { Schedule } from './lane.js'

/**
 * Answers a request, or takes a notification. What it returns or resolves to is the result; what it throws is the
 * error: an `RpcError` as it is, anything else as −32603 with its message. An async iterable, such as an async generator
 * makes, is a stream: its items go out as far as they are read, and what it returns is the result.
 */
// biome-ignore lint/suspicious/noExplicitAny: what arrives is unknown until a contract has checked it; a handler says what it expects.
export type Handler = (params: any, context: Context) => unknown

/** How the calls of one method are handled. */
export interface HandleOptions {
  /** When its calls start. Default `concurrent`. Answers never wait, so that a handler may call its caller back. */
  readonly schedule?: Schedule | undefined
}

/** One call on its way in, as an interceptor sees it. */
export interface InboundCall {
  readonly method: string
  readonly params: unknown
  readonly context: Context
}

/** One call on its way out, as an interceptor sees it. */
export interface OutboundCall {
  readonly kind: Context['kind']
  readonly method: string
  readonly params: Params | undefined
  /** How it is made; of a notification, `meta` alone counts. */
  readonly options: StreamOptions
  /** Whether the other end takes `meta`; what is put into `options.meta` for one that does not is refused. */
  readonly takesMeta: boolean
}

/**
 * Stands around every call one way. `next` goes on with the call it is given, changed or not, and returns what comes of it:
 * inbound what the handler returns, outbound a promise, a `RemoteStream` or nothing, by kind. What it returns or throws in its place counts.
 * One that is async has its failure told to `onDiagnostic` where it stands around a notification, and makes a stream throw.
 */
export type Interceptor<Call> = (call: Call, next: (call: Call) => unknown) => unknown

/** What `Peer` is made with. Every member has a default. */
export interface PeerOptions {
  /** Handlers that are there before anything arrives. */
  readonly handlers?: Readonly<Record<string, Handler>>
  readonly limits?: Partial<Limits>
  /** Milliseconds after which a request without a `timeout` of its own rejects. Default: none. */
  readonly timeout?: number
  /** Stand around every handler and listener, the first outermost. */
  readonly inbound?: readonly Interceptor<InboundCall>[]
  /** Stand around every request, stream and notification of this end, the first outermost. */
  readonly outbound?: readonly Interceptor<OutboundCall>[]
  /** Is given every request and notification that nothing handles: for gateways and proxies. Default: −32601. */
  readonly onUnhandled?: Handler
  /** Is told what a caller cannot be told, such as an answer to nothing. The library itself never logs. */
  readonly onDiagnostic?: (event: Diagnostic) => void
  /**
   * Whether this end says `rpc.hello` first, so that two bothways peers use what both can. Default false; `connect` and
   * `join` do. An object adds to what is said and to how it is answered.
   */
  readonly hello?: boolean | HelloOptions
  /**
   * How the other end says what JSON-RPC 2.0 says: one of `bothways/dialects`. There is no `rpc.hello` then, and neither
   * streams nor frames; a batch leaves call by call. Default: JSON-RPC 2.0.
   */
  readonly dialect?: Dialect
  /**
   * Carries bytes as they are, where the other end said hello and has one too: `messagePack()` of `bothways/msgpack`.
   * Without it a `Uint8Array` is refused with `encoding`, but where a contract says `bytes()`.
   */
  readonly codec?: Codec
  /** Tells callers "Internal error" in place of the message of whatever a handler threw. Default false. */
  readonly redactErrors?: boolean
  /** Clock and timers. Default: those of the process. */
  readonly runtime?: Runtime
}

/** What an end adds to `rpc.hello`. */
export interface HelloOptions {
  /** Whether this end says hello first. Default true. */
  readonly dial?: boolean
  /** Members to say beside the features, such as `auth`. */
  readonly say?: () => Record<string, unknown> | Promise<Record<string, unknown>>
  /** Members to answer beside the features. Throws an `RpcError` to refuse. */
  readonly answer?: (
    params: Record<string, unknown>,
  ) => Record<string, unknown> | Promise<Record<string, unknown>>
  /** Is told of a refusal once it has been sent. */
  readonly refused?: (error: RpcError) => void
}

/** How `rpc.hello` went. */
export interface Greeting {
  /** True when the other end does not know `rpc.hello`: it is spoken to in plain JSON-RPC. */
  readonly foreign: boolean
  /** What the other end answered, empty where it is foreign. */
  readonly said: Readonly<Record<string, unknown>>
  /** Why it is foreign, or refused. */
  readonly error?: RpcError
}

/** How one request is made. */
export interface RequestOptions {
  /** Aborting rejects the request at once with `signal.reason` and tells the other end to stop. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds after which the request rejects with `timeout`. Default: the peer's `timeout`. */
  readonly timeout?: number | undefined
  /** What travels beside the params; refused with `unavailable` where the other end does not take it. */
  readonly meta?: Meta | undefined
  /** Is told of the progress that the handler tells of, before the answer. */
  readonly onProgress?: ((value: unknown) => void) | undefined
  /** Whether each progress, and each item of a stream, starts `timeout` anew. Default false. */
  readonly progressExtends?: boolean | undefined
}

/** How one stream is asked for. `timeout` is for the whole of it, and has no default. */
export interface StreamOptions extends RequestOptions {
  /** What this end streams to the handler at the same time, as far as that reads it. */
  readonly input?: AsyncIterable<unknown> | undefined
}

/** One call of a batch. Without `id` to come back for, a notification: `{ method, params, notify: true }`. */
export interface Call {
  readonly method: string
  readonly params?: Params
  readonly notify?: boolean
}

/** How one call of a batch ended; a notification ends `sent`. */
export type Outcome =
  | { readonly status: 'fulfilled'; readonly value: unknown }
  | { readonly status: 'rejected'; readonly reason: unknown }
  | { readonly status: 'sent' }

/** What can be undone. */
export interface Registration extends Disposable {
  dispose(): void
}

/** Something that happened and has no caller to be told. */
export interface Diagnostic {
  readonly kind:
    | 'unknownResponse'
    | 'malformedResponse'
    | 'unheardNotification'
    | 'errorWithoutId'
    | 'invalidMessage'
    | 'handlerFailed'
    | 'listenerFailed'
    | 'undelivered'
  readonly message: string
  readonly method?: string
  readonly cause?: unknown
}
