import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { memoryPair, Peer, RpcError } from 'bothways'
import { tracing } from 'bothways/opentelemetry'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })

beforeAll(() => {
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
})

beforeEach(() => exporter.reset())

afterAll(async () => {
  for (const api of [trace, context, propagation]) api.disable()
  await provider.shutdown()
})

async function pair(hello = true) {
  const [one, other] = memoryPair()
  const callee = new Peer(other, tracing())
  const caller = new Peer(one, { ...tracing(), hello })
  if (hello) await caller.greeted
  return { caller, callee }
}

/** The spans that have ended, by kind. */
function spans() {
  const all = exporter.getFinishedSpans()
  return {
    client: all.filter(({ kind }) => kind === SpanKind.CLIENT),
    server: all.filter(({ kind }) => kind === SpanKind.SERVER),
  }
}

test('a call, and what its handler calls back, are one trace across both ends', async () => {
  const { caller, callee } = await pair()
  callee.handle('write', (_, { remote }) => remote.request('confirm'))
  caller.handle('confirm', () => true)
  await trace.getTracer('app').startActiveSpan('click', async (click) => {
    expect(await caller.request('write')).toBe(true)
    click.end()
  })
  const { client, server } = spans()
  const byName = (list: typeof client, name: string) => list.find((span) => span.name === name)
  const chain = [
    byName(client, 'write'),
    byName(server, 'write'),
    byName(client, 'confirm'),
    byName(server, 'confirm'),
  ]
  let parent = exporter.getFinishedSpans().find(({ name }) => name === 'click')
  for (const span of chain) {
    expect(span?.parentSpanContext?.spanId).toBe(parent?.spanContext().spanId)
    expect(span?.spanContext().traceId).toBe(parent?.spanContext().traceId)
    expect(span?.attributes).toMatchObject({
      'rpc.system.name': 'jsonrpc',
      'rpc.method': span?.name,
    })
    parent = span
  }
})

test('what travels is the traceparent and tracestate of W3C, beside what the caller says', async () => {
  const { caller, callee } = await pair()
  callee.handle('meta', (_, { meta }) => meta)
  const state = {
    tracestate: 'vendor=opaque',
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  }
  const came = propagation.extract(context.active(), state)
  const meta = await context.with(came, () =>
    caller.request<{ traceparent: string }>('meta', undefined, { meta: { tenant: 'x' } }),
  )
  expect(meta).toEqual({
    tenant: 'x',
    tracestate: 'vendor=opaque',
    traceparent: `00-${'a'.repeat(32)}-${spans().client[0]?.spanContext().spanId}-01`,
  })
})

test('an error is told in the spans of both ends', async () => {
  const { caller, callee } = await pair()
  callee.handle('fail', () => {
    throw new RpcError(-32058, 'not for you')
  })
  await expect(caller.request('fail')).rejects.toMatchObject({ code: -32058 })
  const { client, server } = spans()
  const failed = { status: { code: SpanStatusCode.ERROR, message: 'not for you' } }
  expect(client).toMatchObject([
    { ...failed, attributes: { 'error.type': '-32058', 'rpc.response.status_code': '-32058' } },
  ])
  expect(server).toMatchObject([{ ...failed, attributes: { 'error.type': '-32058' } }])
})

test('a stream is one span at either end, until its end, and its items are the same', async () => {
  const { caller, callee } = await pair()
  let active: (string | undefined)[] = []
  callee.handle('count', async function* () {
    for (let n = 0; n < 3; n++) {
      active.push(trace.getActiveSpan()?.spanContext().spanId)
      yield n
    }
    return 'done'
  })
  const stream = caller.stream<number, string>('count')
  const items: number[] = []
  for await (const item of stream) items.push(item)
  expect([items, await stream.result]).toEqual([[0, 1, 2], 'done'])
  const { client, server } = spans()
  expect([client, server]).toMatchObject([[{ name: 'count' }], [{ name: 'count' }]])
  expect(new Set(active)).toEqual(new Set([server[0]?.spanContext().spanId]))
  active = []
  for await (const item of caller.stream('count')) if (item === 0) break
  expect(spans().client[1]?.status.code).toBe(SpanStatusCode.ERROR)
})

test('a notification is a span at either end', async () => {
  const { caller, callee } = await pair()
  const heard = new Promise((resolve) => callee.on('changed', resolve))
  caller.notify('changed', { file: 'a.ts' })
  expect(await heard).toEqual({ file: 'a.ts' })
  expect(spans()).toMatchObject({ client: [{ name: 'changed' }], server: [{ name: 'changed' }] })
})

test('each call and notification of a batch is a span at either end', async () => {
  const { caller, callee } = await pair(false)
  callee.handle('double', ([n]) => n * 2)
  callee.on('changed', () => {})
  await caller.batch([
    { method: 'double', params: [21] },
    { method: 'changed', notify: true },
    { method: 'missing' },
  ])
  const { client, server } = spans()
  expect(client.map(({ name, status }) => [name, status.code])).toEqual([
    ['changed', SpanStatusCode.UNSET],
    ['double', SpanStatusCode.UNSET],
    ['missing', SpanStatusCode.ERROR],
  ])
  expect(server.map(({ name }) => name).sort()).toEqual(['changed', 'double'])
})

test('an end that takes no meta is called all the same, without', async () => {
  const { caller, callee } = await pair(false)
  callee.handle('meta', (_, { meta }) => meta)
  expect(await caller.request('meta')).toEqual({})
  expect(spans().client).toHaveLength(1)
})

test('the promise that a caller forgot is still heard of', async () => {
  const { caller } = await pair()
  const unhandled = new Promise((resolve) => process.once('unhandledRejection', resolve))
  void caller.request('missing')
  expect(await unhandled).toMatchObject({ code: -32601 })
})
