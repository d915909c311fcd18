import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import type { Interceptor, OutboundCall, PeerOptions } from './peer/options.js'
import { RpcError } from './protocol/error.js'
import type { RemoteStream } from './stream/remote-stream.js'

/**
 * Options of a peer whose calls are spans, one at either end, of one trace: W3C trace context travels in `meta`, where the
 * other end takes that: once `peer.greeted` has resolved. Without a registered OpenTelemetry SDK, nothing is recorded and nothing travels. Spans are as
 * OpenTelemetry's semantic conventions for JSON-RPC have them. Needs `@opentelemetry/api`.
 */
export function tracing(): Required<Pick<PeerOptions, 'inbound' | 'outbound'>> {
  return { inbound: [traceInbound], outbound: [traceOutbound] }
}

const traceOutbound: Interceptor<OutboundCall> = (call, next) => {
  const span = start(call.method, SpanKind.CLIENT, context.active())
  const inside = trace.setSpan(context.active(), span)
  const { options, takesMeta } = call
  // What it has in mind for the other end stays here where that takes no meta: the call is made all the same.
  const meta = takesMeta ? { ...carrierOf(inside), ...options.meta } : options.meta
  return watch(span, inside, () => next({ ...call, options: { ...options, meta } }))
}

const traceInbound: NonNullable<PeerOptions['inbound']>[number] = (call, next) => {
  const { method, meta } = call.context
  const caller = propagation.extract(ROOT_CONTEXT, meta)
  const span = start(method, SpanKind.SERVER, caller)
  return watch(span, trace.setSpan(caller, span), () => next(call))
}

function start(method: string, kind: SpanKind, parent: Context): Span {
  const attributes = {
    'rpc.system.name': 'jsonrpc',
    'rpc.method': method,
    'jsonrpc.protocol.version': '2.0',
  }
  return trace.getTracer('bothways').startSpan(method, { kind, attributes }, parent)
}

function carrierOf(inside: Context): Record<string, string> {
  const carrier = {}
  propagation.inject(inside, carrier)
  return carrier
}

/** Runs `action` inside `span`, and ends the span when what comes of it has ended: a value, a promise, or a stream. */
function watch(span: Span, inside: Context, action: () => unknown): unknown {
  try {
    const outcome = context.with(inside, action)
    if (isRemoteStream(outcome)) {
      outcome.closed.then(
        () => span.end(),
        (reason) => fail(span, reason),
      )
      return outcome
    }
    if (isStream(outcome)) return watchItems(span, inside, outcome)
    if (outcome instanceof Promise) return watchPromise(span, inside, outcome)
    span.end()
    return outcome
  } catch (reason) {
    fail(span, reason)
    throw reason
  }
}

async function watchPromise(
  span: Span,
  inside: Context,
  outcome: Promise<unknown>,
): Promise<unknown> {
  try {
    const value = await outcome
    if (isStream(value)) return watchItems(span, inside, value)
    span.end()
    return value
  } catch (reason) {
    fail(span, reason)
    throw reason
  }
}

/** What a handler streams, each step of it inside `span`. */
async function* watchItems(span: Span, inside: Context, stream: AsyncIterable<unknown>) {
  const items = stream[Symbol.asyncIterator]()
  const next = context.bind(inside, () => items.next())
  let step: IteratorResult<unknown> = { value: undefined, done: false }
  try {
    for (step = await next(); !step.done; step = await next()) yield step.value
    return step.value
  } catch (reason) {
    step = { value: undefined, done: true }
    fail(span, reason)
    throw reason
  } finally {
    // Left early: what it streams is told to clean up.
    if (!step.done) await context.with(inside, () => items.return?.())
    span.end()
  }
}

function fail(span: Span, reason: unknown): void {
  const { code, message } = RpcError.from(reason)
  const isOwn = reason instanceof RpcError
  span.setAttribute('error.type', isOwn ? String(code) : nameOf(reason))
  if (isOwn && reason.remote) span.setAttribute('rpc.response.status_code', String(code))
  span.setStatus({ code: SpanStatusCode.ERROR, message })
  span.end()
}

function nameOf(reason: unknown): string {
  return reason instanceof Error ? reason.name : typeof reason
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

function isRemoteStream(value: unknown): value is RemoteStream<unknown, unknown> {
  return isStream(value) && 'closed' in value && value.closed instanceof Promise
}
