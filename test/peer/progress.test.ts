import {
  type Context,
  errorCodes,
  memoryPair,
  Peer,
  type PeerOptions,
  type TransportListener,
} from 'bothways'
import { expect, test } from 'vitest'
import { Raw } from '../support/raw.js'

function pair(options: PeerOptions = {}) {
  const [near, far] = memoryPair()
  return { caller: new Peer(near, options), callee: new Peer(far, options) }
}

test('progress reaches whoever asked, in order, and before the answer', async () => {
  const { caller, callee } = pair()
  callee.handle('work', async (_params, context: Context) => {
    for (const done of [1, 2, 3]) context.progress({ done })
    await null
    context.progress('nearly')
    return 'done'
  })
  const seen: unknown[] = []
  const onProgress = (value: unknown) => seen.push(value)
  seen.push(await caller.request('work', [], { onProgress }))
  expect(seen).toEqual([{ done: 1 }, { done: 2 }, { done: 3 }, 'nearly', 'done'])
})

test('a stream tells of progress beside its items', async () => {
  const { caller, callee } = pair()
  callee.handle('search', async function* (_params, context: Context) {
    context.progress('half')
    yield 1
  })
  const seen: unknown[] = []
  const onProgress = (value: unknown) => seen.push(value)
  for await (const item of caller.stream('search', [], { onProgress })) seen.push(item)
  expect(seen).toEqual(['half', 1])
})

test('progress after the answer, of a notification, or to nobody is nothing', async () => {
  const { caller, callee } = pair()
  let late = () => {}
  callee.handle('work', (_params, context: Context) => {
    context.progress('unheard')
    late = () => context.progress('late')
    return 1
  })
  const seen: unknown[] = []
  const onProgress = (value: unknown) => seen.push(value)
  caller.notify('work')
  expect(await caller.request('work')).toBe(1)
  expect(await caller.request('work', [], { onProgress })).toBe(1)
  late()
  expect(await caller.request('work')).toBe(1)
  expect(seen).toEqual(['unheard'])
})

test('progress with a token of somebody else reaches the listeners to $/progress', async () => {
  const [near, far] = memoryPair()
  const peer = new Peer(near)
  const raw = new Raw(far)
  const seen: unknown[] = []
  peer.on('$/progress', (params) => seen.push(params))
  raw.send('{"jsonrpc":"2.0","method":"$/progress","params":{"token":"index","value":7}}')
  await raw.fence()
  expect(seen).toEqual([{ token: 'index', value: 7 }])
})

test('while too much waits to leave, only the newest progress is kept, and it arrives', async () => {
  const { caller, callee } = pair()
  const value = 'x'.repeat(400_000)
  callee.handle('work', async (_params, context: Context) => {
    for (let n = 0; n < 100; n++) context.progress({ n, value })
    await new Promise((resolve) => callee.on('go on', resolve))
    return 'done'
  })
  const seen: number[] = []
  const call = caller.request('work', [], {
    onProgress: (progress) => {
      const { n } = progress as { n: number }
      seen.push(n)
      if (n === 99) caller.notify('go on')
    },
  })
  expect(await call).toBe('done')
  expect(seen.length).toBeLessThan(10)
})

test('while too much waits to leave, no progress leaves behind what others say', async () => {
  let listener: TransportListener | undefined
  const left: string[] = []
  const transport = {
    buffered: 0,
    start: (told: TransportListener) => {
      listener = told
    },
    send: (frame: string | Uint8Array) => {
      left.push(String(frame))
    },
    close: () => {},
  }
  const callee = new Peer(transport)
  const contexts: Context[] = []
  let finish: (value: unknown) => void = () => {}
  callee.handle('work', (_params, context: Context) => {
    contexts.push(context)
    return new Promise((resolve) => (finish = resolve))
  })
  await expect.poll(() => listener).toBeDefined()
  for (const id of [1, 2])
    listener?.frame(JSON.stringify({ jsonrpc: '2.0', id, method: 'work', params: [] }))
  transport.buffered = 2_000_000
  for (const value of [1, 2]) contexts[0]?.progress(value)
  finish('done')
  await expect.poll(() => left.length).toBeGreaterThan(0)
  for (let turn = 0; turn < 100; turn++) await Promise.resolve()
  expect(left.map((text) => JSON.parse(text))).toEqual([{ jsonrpc: '2.0', id: 2, result: 'done' }])
  transport.buffered = 0
  listener?.writable()
  await expect.poll(() => left.length).toBe(2)
  expect(JSON.parse(left[1] ?? '')).toMatchObject({ params: { token: 1, value: 2 } })
})

test('progress that cannot cross the wire throws at the handler that tells it', async () => {
  const { caller, callee } = pair()
  callee.handle('work', (_params, context: Context) => {
    context.progress({ size: 1n })
  })
  await expect(caller.request('work')).rejects.toMatchObject({
    message: expect.stringContaining('/value/size is a bigint'),
  })
})

test('what is to run after the response runs when it has left, and may fail', async () => {
  const diagnosed: unknown[] = []
  const { caller, callee } = pair({ onDiagnostic: ({ kind }) => diagnosed.push(kind) })
  const order: string[] = []
  callee.handle('restart', (_params, context: Context) => {
    context.afterResponse(() => {
      order.push('after')
      callee.notify('restarted')
    })
    context.afterResponse(() => {
      throw new Error('boom')
    })
    order.push('handling')
    return 'restarting'
  })
  caller.on('restarted', () => order.push('restarted'))
  order.push(await caller.request('restart'))
  await caller.request('nobody').catch(() => {})
  expect(order).toEqual(['handling', 'after', 'restarting', 'restarted'])
  expect(diagnosed).toEqual(['handlerFailed'])
})

test('it never runs where the connection ends first, also while the answer is written', async () => {
  const { caller, callee } = pair()
  let ran = 0
  callee.handle('restart', (_params, { afterResponse }: Context) => {
    afterResponse(() => ran++)
    return { toJSON: () => void callee.close() }
  })
  await expect(caller.request('restart')).rejects.toMatchObject({ code: errorCodes.closed })
  expect(ran).toBe(0)
})

test('of a batch, it runs when the one answer to all of it has left', async () => {
  const [near, far] = memoryPair()
  const raw = new Raw(near)
  const callee = new Peer(far)
  let finish: () => void = () => {}
  callee.handle('restart', (_params, { afterResponse }: Context) =>
    afterResponse(() => callee.notify('restarted')),
  )
  callee.handle('later', () => new Promise<void>((resolve) => (finish = resolve)))
  raw.send(
    '[{"jsonrpc":"2.0","id":1,"method":"restart"},{"jsonrpc":"2.0","id":2,"method":"later"}]',
  )
  raw.send('{"jsonrpc":"2.0","id":3,"method":"restart"}')
  expect([await raw.next(), await raw.next()]).toMatchObject([{ id: 3 }, { method: 'restarted' }])
  finish()
  expect(await raw.next()).toMatchObject([{ id: 1 }, { id: 2 }])
  expect(await raw.next()).toMatchObject({ method: 'restarted' })
})

test('a notification has no response to wait for', async () => {
  const told: unknown[] = []
  const { caller, callee } = pair({ onDiagnostic: ({ cause }) => told.push(cause) })
  callee.on('log', (_params, context: Context) => context.afterResponse(() => {}))
  caller.notify('log')
  await caller.request('nobody').catch(() => {})
  expect(told).toEqual([
    expect.objectContaining({
      code: errorCodes.invalidRequest,
      message: '"log" is a notification: it has no response',
    }),
  ])
})

test('an onProgress that throws is told to onDiagnostic, and costs no other message', async () => {
  const told: unknown[] = []
  const { caller, callee } = pair({
    hello: true,
    onDiagnostic: ({ kind, cause }) => told.push([kind, cause]),
  })
  callee.handle('work', (_params, context: Context) => {
    context.progress('half')
    return 'done'
  })
  callee.handle('other', () => 'done too')
  await caller.greeted
  const fault = new Error('not mine')
  const onProgress = () => {
    throw fault
  }
  // Progress, its answer and another answer leave in one frame.
  const answers = [caller.request('work', [], { onProgress }), caller.request('other')]
  expect(await Promise.all(answers)).toEqual(['done', 'done too'])
  expect(told).toEqual([['listenerFailed', fault]])
})

test('a handler takes its context apart, and uses the parts', async () => {
  const { caller, callee } = pair()
  const done: unknown[] = []
  const seen: unknown[] = []
  callee.handle('work', (_params, { progress, afterResponse }) => {
    progress('half')
    afterResponse(() => done.push('after'))
  })
  await caller.request('work', undefined, { onProgress: (value) => seen.push(value) })
  expect({ seen, done }).toEqual({ seen: ['half'], done: ['after'] })
})
