import {
  type Context,
  errorCodes,
  memoryPair,
  Peer,
  type PeerOptions,
  type Schedule,
} from 'bothways'
import { expect, test } from 'vitest'

function pair(options: PeerOptions = {}) {
  const [near, far] = memoryPair()
  return { caller: new Peer(near, options), callee: new Peer(far, options) }
}

/** Handlers of "work" that end when they are told to, and what happened in which order. */
function worker(callee: Peer, schedule: Schedule, method = 'work') {
  const log: string[] = []
  const finish = new Map<string, () => void>()
  const handler = ({ name }: { name: string }, { signal }: Context) => {
    log.push(`${name} starts`)
    signal.addEventListener('abort', () => log.push(`${name} is stopped`))
    return new Promise((resolve) => finish.set(name, () => resolve(name)))
  }
  const registration = callee.handle(method, handler, { schedule })
  const end = (name: string) => {
    log.push(`${name} ends`)
    finish.get(name)?.()
  }
  return { log, end, registration }
}

/** Resolves when all that was sent before has been handled. */
const settled = (caller: Peer) => caller.request('nobody').catch(() => {})

function abortable() {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}

test('without a schedule, calls run beside one another', async () => {
  const { caller, callee } = pair()
  const { log } = worker(callee, 'concurrent')
  for (const name of ['a', 'b']) caller.request('work', { name }).catch(() => {})
  await settled(caller)
  expect(log).toEqual(['a starts', 'b starts'])
})

test('serial calls run one after the other, in the order of their arrival', async () => {
  const { caller, callee } = pair()
  const { log, end } = worker(callee, 'serial')
  const calls = ['a', 'b', 'c'].map((name) => caller.request('work', { name }))
  await settled(caller)
  expect(log).toEqual(['a starts'])
  end('a')
  expect(await calls[0]).toBe('a')
  await settled(caller)
  end('b')
  await settled(caller)
  end('c')
  expect(await Promise.all(calls)).toEqual(['a', 'b', 'c'])
  expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends'])
})

test('a thousand serial calls that end as soon as they start overflow no stack', async () => {
  const { caller, callee } = pair()
  let release = () => {}
  const first = new Promise<void>((resolve) => (release = resolve))
  let ran = 0
  callee.handle('work', () => (ran++ === 0 ? first.then(() => 0) : ran), { schedule: 'serial' })
  const calls = Array.from({ length: 1_000 }, () => caller.request('work'))
  await settled(caller)
  expect(ran).toBe(1)
  release()
  await Promise.all(calls)
  expect(ran).toBe(1_000)
})

test('keyed calls run one after the other where the param is the same, and beside others', async () => {
  const { caller, callee } = pair()
  const log: string[] = []
  const finish = new Map<string, () => void>()
  const handler = ({ name, path }: { name: string; path: unknown }) => {
    log.push(`${name} on ${JSON.stringify(path)}`)
    return new Promise<void>((resolve) => finish.set(name, resolve))
  }
  callee.handle('save', handler, { schedule: { keyedBy: 'path' } })
  const call = (name: string, path: unknown) => caller.request('save', { name, path })
  const calls = [call('a', 'x'), call('b', 'y'), call('c', 'x'), call('d', 1), call('e', '1')]
  await settled(caller)
  expect(log).toEqual(['a on "x"', 'b on "y"', 'd on 1', 'e on "1"'])
  finish.get('a')?.()
  await calls[0]
  expect(log.at(-1)).toBe('c on "x"')
  for (const resolve of finish.values()) resolve()
  await Promise.all(calls)
})

test('a param by position is a key as well, and one that is not there is one key', async () => {
  const { caller, callee } = pair()
  const seen: unknown[] = []
  const handler = (params: unknown[]) => {
    seen.push(params)
    return new Promise(() => {})
  }
  callee.handle('save', handler, { schedule: { keyedBy: 0 } })
  for (const params of [['x'], ['y'], ['x'], [], []]) caller.request('save', params).catch(() => {})
  await settled(caller)
  expect(seen).toEqual([['x'], ['y'], []])
})

test('the latest call cancels the one before, which is answered at once', async () => {
  const { caller, callee } = pair()
  const { log, end } = worker(callee, 'latest')
  const first = caller.request('work', { name: 'a' })
  const second = caller.request('work', { name: 'b' })
  await expect(first).rejects.toMatchObject({
    code: errorCodes.cancelled,
    message: '"work" was overtaken by a newer call',
  })
  end('b')
  expect(await second).toBe('b')
  expect(log).toEqual(['a starts', 'a is stopped', 'b starts', 'b ends'])
})

test('a call that is cancelled while it waits for its turn never starts, and lets the next one by', async () => {
  const { caller, callee } = pair()
  const { log, end } = worker(callee, 'serial')
  const giveUp = new AbortController()
  const first = caller.request('work', { name: 'a' })
  const second = caller.request('work', { name: 'b' }, { signal: giveUp.signal })
  const third = caller.request('work', { name: 'c' })
  await settled(caller)
  giveUp.abort(new Error('never mind'))
  await expect(second).rejects.toThrow('never mind')
  end('a')
  await first
  await settled(caller)
  end('c')
  expect(await third).toBe('c')
  expect(log).toEqual(['a starts', 'a ends', 'c starts', 'c ends'])
})

test('more calls than may wait are refused as busy, naming the limit', async () => {
  const { caller, callee } = pair({ limits: { waiting: 2 } })
  const { end } = worker(callee, 'serial')
  const calls = ['a', 'b', 'c'].map((name) => caller.request('work', { name }))
  await expect(caller.request('work', { name: 'd' })).rejects.toMatchObject({
    code: errorCodes.busy,
    data: { limit: 'waiting', value: 2 },
  })
  end('a')
  expect(await calls[0]).toBe('a')
  for (const name of ['b', 'c']) {
    await settled(caller)
    end(name)
  }
  expect(await Promise.all(calls)).toEqual(['a', 'b', 'c'])
})

test('a serial handler calls its caller back, which calls another method of its, and nothing stands still', async () => {
  const { caller, callee } = pair()
  caller.handle('ask', () => caller.request('other'))
  callee.handle('work', (_params, { remote }: Context) => remote.request('ask'), {
    schedule: 'serial',
  })
  callee.handle('other', () => 'answer', { schedule: 'serial' })
  expect(await Promise.all([caller.request('work'), caller.request('work')])).toEqual([
    'answer',
    'answer',
  ])
})

test('serial notifications wait for one another, and what is over the limit is told of', async () => {
  const diagnosed: unknown[] = []
  const { caller, callee } = pair({
    limits: { waiting: 1 },
    onDiagnostic: ({ method, cause }) => diagnosed.push([method, cause]),
  })
  const seen: unknown[] = []
  let release = () => {}
  const listener = ([n]: [number]) => {
    seen.push(n)
    return new Promise<void>((resolve) => (release = resolve))
  }
  callee.on('changed', listener, { schedule: 'serial' })
  for (const n of [1, 2, 3]) caller.notify('changed', [n])
  await settled(caller)
  expect(seen).toEqual([1])
  expect(diagnosed).toEqual([['changed', expect.objectContaining({ code: errorCodes.busy })]])
  release()
  await settled(caller)
  expect(seen).toEqual([1, 2])
})

test('the end of the connection drops what waits for its turn', async () => {
  const { caller, callee } = pair()
  const { log } = worker(callee, 'serial')
  const calls = ['a', 'b'].map((name) => caller.request('work', { name }))
  await settled(caller)
  await caller.close()
  await callee.closed
  const outcomes = await Promise.allSettled(calls)
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(log).toEqual(['a starts', 'a is stopped'])
})

test('calls that are cancelled while they wait for their turn leave room for others', async () => {
  for (const schedule of ['serial', { keyedBy: 'path' }] as const) {
    const { caller, callee } = pair({ limits: { inbound: 3, waiting: 1 } })
    const { log, end } = worker(callee, schedule)
    const running = caller.request('work', { name: 'first' })
    for (const name of ['a', 'b', 'c', 'd']) {
      const { signal, abort } = abortable()
      const call = caller.request('work', { name }, { signal })
      await settled(caller)
      abort()
      await expect(call).rejects.toThrow('aborted')
    }
    const last = caller.request('work', { name: 'last' })
    await settled(caller)
    end('first')
    await running
    await settled(caller)
    end('last')
    expect(await last).toBe('last')
    expect(log).toEqual(['first starts', 'first ends', 'last starts', 'last ends'])
  }
})

test('a serial stream that is left cleans up before the next call starts', async () => {
  const { caller, callee } = pair()
  const log: string[] = []
  let cleanUp = () => {}
  const clean = new Promise<void>((resolve) => (cleanUp = resolve))
  async function* numbers({ name }: { name: string }) {
    log.push(`${name} starts`)
    try {
      for (;;) yield name
    } finally {
      await clean
      log.push(`${name} ends`)
    }
  }
  callee.handle('numbers', numbers, { schedule: 'serial' })
  for await (const _ of caller.stream('numbers', { name: 'a' })) break
  const next = caller.stream('numbers', { name: 'b' })[Symbol.asyncIterator]()
  await settled(caller)
  expect(log).toEqual(['a starts'])
  cleanUp()
  expect(await next.next()).toMatchObject({ value: 'b' })
  expect(log).toEqual(['a starts', 'a ends', 'b starts'])
  await caller.close()
})

test('streams that are left and clean up for ever count as being handled', async () => {
  const { caller, callee } = pair({ limits: { inbound: 2 } })
  callee.handle('numbers', async function* () {
    try {
      yield 1
      yield 2
    } finally {
      await new Promise(() => {})
    }
  })
  const readOne = async () => {
    for await (const _ of caller.stream('numbers')) break
    await settled(caller)
  }
  await readOne()
  await readOne()
  await expect(readOne()).rejects.toMatchObject({ code: errorCodes.busy })
  await caller.close()
})
