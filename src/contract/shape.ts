import type { Remote as Caller, Context } from '../peer/context.js'
import type { Handler, Registration, RequestOptions, StreamOptions } from '../peer/options.js'
import type { Params } from '../protocol/message.js'
import type { RemoteStream } from '../stream/remote-stream.js'
import type { Shape } from './describe.js'

/** A method that is asked and answers. Exists only as a type. */
export interface Request<Params = undefined, Result = unknown, Failed = never, Part = never> {
  readonly kind: 'request'
  readonly params: Params
  readonly result: Result
  readonly failure: Failed
  readonly part: Part
}

/** What an error of a method carries beside its message. Exists only as a type. */
export interface Failure<Code extends number = number, Data = unknown> {
  readonly code: Code
  readonly data: Data
}

/** The errors that a method of a side is known to answer with. */
export type FailureOf<S extends Side, Method extends keyof S> =
  MessageOf<S, Method> extends { readonly failure: infer Failed } ? Failed : never

/** A method of a side, whether or not every end serves it. */
export type MessageOf<S extends Side, Method extends keyof S> = Exclude<S[Method], undefined>

/** A method that answers with items, one after the other, and may take such from its caller. Exists only as a type. */
export interface Stream<Params = undefined, Item = unknown, Result = void, Input = never> {
  readonly kind: 'stream'
  readonly params: Params
  readonly item: Item
  readonly result: Result
  readonly input: Input
}

/**
 * A method whose items depend on what is asked for: a `Stream` for each, the first that fits the params counts. Exists
 * only as a type.
 */
export interface Streams<Each extends readonly unknown[]> {
  readonly kind: 'stream'
  readonly each: Each
}

/** How a stream of a contract is asked for. */
export interface StreamArguments<Input> extends Omit<StreamOptions, 'input'> {
  /** What is streamed to the service at the same time. */
  readonly input?: AsyncIterable<Input> | undefined
}

/** A method that is told and never answers. Exists only as a type. */
export interface Notification<Params = undefined> {
  readonly kind: 'notification'
  readonly params: Params
}

/** Something a service tells its client. Exists only as a type. */
export interface Event<Data = undefined> {
  readonly kind: 'event'
  readonly params: Data
}

/** What one side of a contract answers and is told: method names to `Request`, `Stream`, `Notification` and `Event`. */
export type Side = object

/** Where and how a value differs from what was agreed. `path` is a JSON pointer, `""` for the value itself. */
export interface Fault {
  readonly path: string
  /** What was expected there, in words: `a string`, `one of "open", "paid"`. */
  readonly expected: string
  /** What was found there. */
  readonly value: unknown
}

/** Looks a value through and returns its first fault, or nothing. Never throws and never changes the value. */
export type Check = (value: unknown, path?: string) => Fault | undefined

/**
 * Changes the bytes in a value into their form on the wire, or back, and leaves what does not fit to the check. Throws only where
 * what leaves is checked as well.
 */
export type Convert = (value: unknown, isLeaving: boolean) => unknown

/** The run-time half of one method: how it is sent and what is checked. */
export interface Message {
  readonly kind: 'request' | 'stream' | 'notification' | 'event'
  /** Checks params (for an event: its data). */
  readonly params?: Check
  /** Checks the result of a request or of a stream. */
  readonly result?: Check
  /** Checks each item of a stream. */
  readonly item?: Check
  /** Checks each item in place of `item`, where the param `by` has one of these values. */
  readonly kinds?: { readonly by: string; readonly items: Readonly<Record<string, Check>> }
  /** Checks each item that the caller of a stream streams. */
  readonly input?: Check
  /** For those of the above that describe bytes. */
  readonly bytes?: Partial<Readonly<Record<'params' | 'result' | 'item' | 'input', Convert>>>
  /** How the result of a request may come in parts, where its caller asks for them. */
  readonly inParts?: Parts
  /** Checks each of these parts. */
  readonly part?: Check
  /** How a stream is subscribed to, where the protocol has no streams of its own. */
  readonly subscription?: Subscribing
  /** The names of the params in order, where the wire carries them by position. */
  readonly positions?: readonly string[]
  /** What the contract knows of it, in the way of OpenRPC; schemas that have names are put into `named`. */
  readonly describe?: (named: Record<string, unknown>) => object
}

/** How a result comes in parts: asked for at one end, told at the other. */
export interface Parts {
  ask(
    caller: Caller,
    method: string,
    message: Message,
    params: Params | undefined,
    options: PartsAsked,
  ): Promise<unknown>
  /** What a handler tells parts by; nothing where its caller did not ask for them. */
  tell(params: unknown, remote: () => Caller): ((part: unknown) => void) | undefined
}

/** How a stream is carried by a protocol that has none: subscribed to at one end, notified of at the other. */
export interface Subscribing {
  /** What a description says of it. */
  readonly described: object
  /** What is expected of what `params` ask for, where its items depend on them. */
  expected(message: Message, params: unknown): Message
  ask(
    caller: Caller,
    method: string,
    params: Params | undefined,
    options: StreamOptions,
  ): RemoteStream
  /** Nothing where `host` is not the connection itself. */
  serve(host: object, method: string, handler: Handler): Registration | undefined
}

/** What a caller that wants the result in parts may say. */
export interface PartsAsked extends RequestOptions {
  readonly onPart?: ((part: never) => void) | undefined
}

/** The run-time half of one side: method names to messages. */
export type Messages = Readonly<Record<string, Message>>

/** The messages of a side as they are written down: a request need not say that it is one. */
export type Declared = Readonly<
  Record<string, Omit<Message, 'kind'> & { readonly kind?: Message['kind'] }>
>

/** The run-time half of a contract. */
export interface Sides<Written = Messages> {
  readonly service: Written
  readonly client: Written
  /** Whether either end may serve a part of its side; what it does not is answered −32601. */
  readonly partial?: boolean
  /** Loads what describes both sides, to answer `rpc.discover`, and what tells where the other end differs from it. */
  readonly shape?: (() => Promise<Shape>) | undefined
}

/** What the handlers of a contract are given beside their params. */
export interface ContractContext<Caller extends Side> extends Context {
  /** The caller's side of the contract: calls and tells whoever made this call, direct or behind a hub. */
  readonly caller: Remote<Caller>
}

/** How a request of a contract is asked; one whose result may come in parts, with who takes these. */
export type RequestArguments<Part> = [Part] extends [never]
  ? RequestOptions
  : RequestOptions & { readonly onPart?: ((part: Part) => void) | undefined }

/** What the handler of a request is given beside its params; `part` tells a part, where the caller asked for them. */
export type RequestContext<Caller extends Side, Part> = [Part] extends [never]
  ? ContractContext<Caller>
  : ContractContext<Caller> & { readonly part: ((part: Part) => void) | undefined }

/** What the handler of a stream returns: items, or its result alone where it has none. */
export type Streamed<Item, Result> = AsyncIterable<Item, Result> | Result

/** What the handler of a stream is given beside its params. */
export interface StreamContext<Caller extends Side, Input> extends ContractContext<Caller> {
  readonly input: AsyncIterable<Input> | undefined
}

/** The callable form of one side: a plain object with one function a method. */
export type Remote<S extends Side> = {
  readonly [Method in keyof S]-?: Send<MessageOf<S, Method>>
}

type Send<Shape> = Shape extends Streams<infer Each> ? SendEach<Each> : SendOne<Shape>

/** One overload for each. */
type SendEach<Each extends readonly unknown[]> = Each extends readonly [infer First, ...infer Rest]
  ? SendOne<First> & SendEach<Rest>
  : unknown

/** How a message of one form is called. */
export type SendOne<Shape> =
  Shape extends Request<infer Params, infer Result, infer _Failed, infer Part>
    ? (...args: Arguments<Params, RequestArguments<Part>>) => Promise<Result>
    : Shape extends Stream<infer Params, infer Item, infer Result, infer Input>
      ? (...args: Arguments<Params, StreamArguments<Input>>) => RemoteStream<Item, Result>
      : Shape extends { readonly params: infer Params }
        ? (...args: Arguments<Params, never>) => void
        : never

/** One handler for each method of a side; of one that may be served in part, for those that are. */
export type Handlers<S extends Side, Caller extends Side> = {
  readonly [Method in keyof S]: Handle<MessageOf<S, Method>, Caller>
}

/** How a message is handled. */
export type Handle<Shape, Caller extends Side> =
  Shape extends Streams<infer Each> ? HandleEach<Each[number], Caller> : HandleOne<Shape, Caller>

/** One handler for all, which yields what any of them does. */
type HandleEach<Each, Caller extends Side> = [Each] extends [
  { readonly params: infer Params; readonly item: infer Item },
]
  ? HandleOne<Stream<Params, Item>, Caller>
  : never

type HandleOne<Shape, Caller extends Side> =
  Shape extends Request<infer Params, infer Result, infer _Failed, infer Part>
    ? (params: Params, context: RequestContext<Caller, Part>) => Result | Promise<Result>
    : Shape extends Stream<infer Params, infer Item, infer Result, infer Input>
      ? (
          params: Params,
          context: StreamContext<Caller, Input>,
        ) => Streamed<Item, Result> | Promise<Streamed<Item, Result>>
      : Shape extends { readonly params: infer Params }
        ? (params: Params, context: ContractContext<Caller>) => void | Promise<void>
        : never

type Arguments<Params, Options> = [Options] extends [never]
  ? undefined extends Params
    ? [params?: Params]
    : [params: Params]
  : undefined extends Params
    ? [params?: Params, options?: Options]
    : Record<never, never> extends Params
      ? [params?: Params, options?: Options]
      : [params: Params, options?: Options]
