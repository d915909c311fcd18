import type { Remote as Caller } from '../peer/context.js'
import type { Handler, Registration } from '../peer/options.js'
import type { Peer } from '../peer/peer.js'
import {
  asking,
  type Host,
  type Reasons,
  register,
  type Send,
  streaming,
  telling,
  verbatim,
} from './bind.js'
import type { Shape } from './describe.js'
import { explained } from './drift.js'
import type { Handle, Message, MessageOf, SendOne, Side, Streams } from './shape.js'

// One method at a time, so that a page which uses one carries one: each of these is called by a constant of its own in
// what is generated, and what no constant uses is left out by the bundler.

/** Calls, or tells, one method of a side over whatever it is given: a peer, or who called a handler. */
export type Call<S extends Side, Method extends keyof S> = CallOf<MessageOf<S, Method>>

type CallOf<Shape> = Shape extends Streams<infer Each> ? CallEach<Each> : CallOne<Shape>

/** One overload for each. */
type CallEach<Each extends readonly unknown[]> = Each extends readonly [infer First, ...infer Rest]
  ? CallOne<First> & CallEach<Rest>
  : unknown

type CallOne<Shape> = (
  caller: Caller,
  ...args: Parameters<SendOne<Shape>>
) => ReturnType<SendOne<Shape>>

/** Handles one method of a side over a peer. Params that do not fit never reach the handler. */
export type Answer<S extends Side, Method extends keyof S> = (
  peer: Host,
  handler: Handle<MessageOf<S, Method>, Record<never, never>>,
) => Registration

type Written = Omit<Message, 'kind'>

/** Loads what tells that the other end has another version. */
type Load = () => Promise<Shape>

// Their types are those of what they are given to: what is generated says them, and what is written out twice can differ.

/** What asks `method`. */
export function asks<C>(method: string, message: Written = {}, shape?: Load): C {
  return calling(method, { ...message, kind: 'request' }, asking, shape)
}

/** What asks for the stream of `method`. */
export function streams<C>(method: string, message: Written = {}, shape?: Load): C {
  return calling(method, { ...message, kind: 'stream' }, streaming, shape)
}

/** What tells `method`. */
export function tells<C>(method: string, message: Written = {}): C {
  return calling(method, { ...message, kind: 'event' }, telling)
}

/** What answers `method`, with a result or with a stream. */
export function answers<A>(method: string, message: Written = {}): A {
  return handling(method, { ...message, kind: 'request' })
}

/** What listens to `method`, a notification or an event. */
export function listens<A>(method: string, message: Written = {}): A {
  return handling(method, { ...message, kind: 'event' })
}

function calling<C>(method: string, message: Message, send: typeof asking, shape?: Load): C {
  const sends = new WeakMap<Caller, Send>()
  const call = (caller: Caller, ...args: [params?: unknown, options?: object]) => {
    let own = sends.get(caller)
    if (own === undefined) {
      // Whoever is no peer has said no hello, and what it fails with is as it is.
      const stubs = { peer: caller as Peer, contract: { shape } }
      const reasons: Reasons | undefined =
        shape && ((reason, signal) => explained(reason, method, stubs, shape, signal))
      own = send(method, message, caller, true, reasons)
      sends.set(caller, own)
    }
    return own(...args)
  }
  return call as C
}

function handling<A>(method: string, message: Message): A {
  const handle = (peer: Host, handler: Handler) =>
    register(peer, method, message, handler, {}, { naming: verbatim })
  return handle as A
}
