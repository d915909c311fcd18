import type { Remote as Caller, Context } from '../peer/context.js'
import type { Handler, Registration, RequestOptions, StreamOptions } from '../peer/options.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import type { Params } from '../protocol/message.js'
import type { Explain } from './drift.js'
import { invalidParams, invalidResult } from './fault.js'
import type {
  Fault,
  Handlers,
  Message,
  Messages,
  Parts,
  PartsAsked,
  Remote,
  Side,
} from './shape.js'
import { arrived, checkedInput, checkedStream, leaving, leavingItems } from './streaming.js'

/** Where handlers and listeners are registered: a peer. */
export interface Host {
  handle(method: string, handler: Handler): Registration
  on(method: string, listener: Handler): Registration
}

/** How a method of a contract is called on the wire: as it is between two peers, `<service>.<method>` through a hub. */
export type Naming = (method: string) => string

export const verbatim: Naming = (method) => method

/** The way that calls of a contract take: their names on the wire, and what looks into those that failed. */
export interface Way {
  readonly naming: Naming
  readonly explain?: Explain | undefined
}

export type Send = (params?: unknown, options?: RequestOptions) => unknown

/** What is sent: how, to whom, and whether that is the end of the contract rather than somebody behind a hub. */
type Sending = (
  wire: string,
  message: Message,
  caller: Caller,
  isDirect: boolean,
  reasons?: Reasons,
) => Send

/** A plain object with one function a message, which calls or tells whoever is behind `caller`. */
export function remoteOf<S extends Side>(messages: Messages, caller: Caller, way: Way): Remote<S> {
  const members = Object.entries(messages).map(([method, message]): [string, Send] => [
    method,
    sending[message.kind](
      way.naming(method),
      message,
      caller,
      way.naming === verbatim,
      reasonsFor(method, way),
    ),
  ])
  return Object.fromEntries(members) as Remote<S>
}

/**
 * Registers a handler for every message of one side. Throws where one is missing, or is for no message, naming it.
 * `callerSide` are the messages of whoever calls: each handler can call those back.
 */
export function serveOn<S extends Side, C extends Side>(
  host: Host,
  messages: Messages,
  callerSide: Messages,
  handlers: Handlers<S, C>,
  way: Way,
): Registration {
  const given = new Map(Object.entries(handlers as unknown as Record<string, Handler>))
  checkComplete(messages, given)
  const registrations: Registration[] = []
  const dispose = () => {
    for (const registration of registrations.splice(0)) registration.dispose()
  }
  try {
    for (const [method, handler] of given) {
      registrations.push(
        register(host, method, messages[method] as Message, handler, callerSide, way),
      )
    }
  } catch (reason) {
    dispose()
    throw reason
  }
  return { dispose, [Symbol.dispose]: dispose }
}

/** Registers the handler of one message. */
export function register(
  host: Host,
  method: string,
  message: Message,
  handler: Handler,
  callerSide: Messages,
  way: Way,
): Registration {
  const { bytes, inParts } = message
  const handled: Handler = (received, context) => {
    const params = paramsOf(method, message, received)
    const own = contextWith(context, message, callerSide, way)
    return handler(params, inParts ? withParts(own, params, inParts) : own)
  }
  const checked: Handler =
    bytes?.result === undefined && bytes?.item === undefined
      ? handled
      : (params, context) => leaving(bytes, handled(params, context))
  if (message.kind === 'notification' || message.kind === 'event')
    return host.on(way.naming(method), checked)
  const subscribed =
    way.naming === verbatim ? message.subscription?.serve(host, method, checked) : undefined
  return subscribed ?? host.handle(way.naming(method), checked)
}

function contextWith(context: Context, message: Message, callerSide: Messages, way: Way): Context {
  let caller: Remote<Side> | undefined
  // A getter, for most handlers never call back. The prototype keeps the getters of the context itself.
  return Object.create(context, {
    input: { value: checkedInput(context.method, message, context.input) },
    signal: { get: () => context.signal },
    remote: { get: () => context.remote },
    timeLeft: { get: () => context.timeLeft },
    progress: { value: (value: unknown) => context.progress(value) },
    afterResponse: { value: (action: () => unknown) => context.afterResponse(action) },
    caller: { get: () => (caller ??= remoteOf(callerSide, context.remote, way)) },
  })
}

function withParts(context: Context, params: unknown, parts: Parts): Context {
  return Object.assign(context, { part: parts.tell(params, () => context.remote) })
}

/** What is said of a failed call of one method: what it failed with, or more. Rejects with it. */
export type Reasons = (reason: unknown, signal: AbortSignal | undefined) => Promise<never>

function reasonsFor(method: string, { explain }: Way): Reasons | undefined {
  return explain && ((reason, signal) => explain(reason, method, signal))
}

/** What asks one method. */
export function asking(
  wire: string,
  message: Message,
  caller: Caller,
  _isDirect: boolean,
  reasons?: Reasons,
): Send {
  const { result: check, bytes: { result: convert } = {}, inParts } = message
  const ask = async (params: unknown, options: PartsAsked) => {
    const asked = sent(params, message)
    return inParts && options.onPart
      ? inParts.ask(caller, wire, message, asked, options)
      : caller.request(wire, asked, options)
  }
  return (params, options: PartsAsked = {}) => {
    const answer = ask(params, options)
    const checked =
      check === undefined && convert === undefined
        ? answer
        : answer.then((received) => {
            const result = arrived(received, convert)
            const fault = check?.(result)
            if (fault !== undefined) throw invalidResult(wire, fault)
            return result
          })
    return reasons ? checked.catch((reason) => reasons(reason, options.signal)) : checked
  }
}

/** What asks for one stream. */
export function streaming(
  wire: string,
  message: Message,
  caller: Caller,
  isDirect: boolean,
  reasons?: Reasons,
): Send {
  const { bytes, subscription } = message
  return (params, options: StreamOptions = {}) => {
    const input = options.input && leavingItems(options.input, bytes?.input)
    const [asked, own] = [sent(params, message), { ...options, input }]
    const stream =
      subscription && isDirect
        ? subscription.ask(caller, wire, asked, own)
        : caller.stream(wire, asked, own)
    const expected = subscription?.expected(message, params) ?? message
    return checkedStream(
      wire,
      expected,
      stream,
      reasons && ((reason) => reasons(reason, options.signal)),
    )
  }
}

/** What tells one notification or event. */
export function telling(wire: string, message: Message, caller: Caller): Send {
  return (params) => caller.notify(wire, sent(params, message))
}

const sending: Readonly<Record<Message['kind'], Sending>> = {
  request: asking,
  stream: streaming,
  notification: telling,
  event: telling,
}

/** Params as they go on the wire. By position, what was left out in the middle is null, and at the end nothing. */
function sent(given: unknown, { positions, bytes }: Message): Params | undefined {
  const params = bytes?.params === undefined ? given : bytes.params(given, true)
  if (positions === undefined || params === undefined) return params as Params | undefined
  const values = positions.map((name) => ownValue(params as object, name) ?? null)
  while (
    values.length > 0 &&
    ownValue(params as object, positions[values.length - 1] ?? '') === undefined
  )
    values.pop()
  return values
}

/** Params as a handler takes them: one object, whichever way they came. */
function paramsOf(method: string, message: Message, received: unknown): unknown {
  const { positions, params: check } = message
  const byPosition = positions !== undefined && Array.isArray(received)
  if (byPosition && received.length > positions.length) throw surplus(method, received, positions)
  // A method whose params may all be left out is called without any; one that need not have any, with nothing.
  const said = byPosition ? named(received, positions) : check ? given(received) : [received]
  const candidates = said.map((params) => arrived(params, message.bytes?.params))
  const faults = candidates.map((candidate) => check?.(candidate))
  const valid = faults.indexOf(undefined)
  if (valid !== -1) return candidates[valid]
  throw invalidParams(method, faults[0] as Fault)
}

function given(received: unknown): unknown[] {
  return received === undefined ? [{}, undefined] : [received ?? {}]
}

function surplus(method: string, received: readonly unknown[], { length }: readonly string[]) {
  const fault = { path: `/${length}`, expected: 'nothing here', value: received[length] }
  return invalidParams(method, fault)
}

/** What an array by position may mean: with its nulls as they are, and with its nulls as holes. */
function named(values: readonly unknown[], positions: readonly string[]): unknown[] {
  const entries = positions.flatMap((name, index): [string, unknown][] =>
    index < values.length ? [[name, values[index]]] : [],
  )
  const filled = entries.filter(([, value]) => value !== null)
  return filled.length === entries.length
    ? [Object.fromEntries(entries)]
    : [Object.fromEntries(entries), Object.fromEntries(filled)]
}

function ownValue(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined
}

/** Those of `messages` that `handlers` are for. */
export function messagesFor(messages: Messages, handlers: object): Messages {
  return Object.fromEntries(
    Object.entries(messages).filter(([method]) => ownValue(handlers, method) !== undefined),
  )
}

function checkComplete(messages: Messages, given: ReadonlyMap<string, unknown>): void {
  const missing = Object.keys(messages).filter((method) => typeof given.get(method) !== 'function')
  const unknown = [...given.keys()].filter((method) => !Object.hasOwn(messages, method))
  if (missing.length === 0 && unknown.length === 0) return
  const parts = [
    missing.length > 0 ? `no handler for ${missing.join(', ')}` : '',
    unknown.length > 0 ? `not in the contract: ${unknown.join(', ')}` : '',
  ]
  throw new RpcError(errorCodes.invalidRequest, parts.filter(Boolean).join('; '))
}
