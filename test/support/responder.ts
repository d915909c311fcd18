import { type Peer, RpcError } from 'bothways'

/** Values that JSON would refuse or quietly lose, and where in them the fault is: a JSON pointer. */
export const unencodable: Readonly<Record<string, { make(): unknown; where: string }>> = {
  bigint: { make: () => ({ items: [0, { count: 1n }] }), where: '/items/1/count' },
  cycle: { make: makeCycle, where: '/self/self' },
  function: { make: () => ({ items: [{ 'on/click': makeCycle }] }), where: '/items/0/on~1click' },
  nan: { make: () => [Number.NaN], where: '/0 ' },
  infinity: { make: () => [[Number.NEGATIVE_INFINITY]], where: '/0/0 ' },
  map: { make: () => ({ seen: new Map() }), where: '/seen' },
  symbol: { make: () => ({ kind: Symbol('kind') }), where: '/kind' },
  deep: { make: () => nested(65), where: '/0/0/0/0' },
}

function makeCycle(): unknown {
  const cycle: { self?: unknown } = {}
  cycle.self = cycle
  return cycle
}

function nested(levels: number): unknown {
  let value: unknown[] = []
  for (let level = 1; level < levels; level++) value = [value]
  return value
}

/** Makes `peer` the end that the conformance suite speaks to. Returns why handlers of "never" were told to stop. */
export function respond(peer: Peer): Happenings<string> {
  const stopped = new Happenings<string>()
  const started = new Happenings<string>()
  const told: unknown[] = []
  const order: unknown[] = []
  peer.on('tell', (params) => told.push(params))
  peer.on('note', ([value]) => order.push(value))
  for (const [method, handler] of Object.entries(failures)) peer.handle(method, handler)
  peer.handle('echo', (params) => params)
  peer.handle('order', async ([value]) => order.push(value))
  peer.handle('ordered', () => order)
  peer.handle('told', () => told.length)
  peer.handle('started', () => started.next)
  peer.handle('stopped', () => stopped.next)
  peer.handle('never', (_, { signal }) => {
    signal.addEventListener('abort', () => stopped.give(RpcError.from(signal.reason).message))
    started.give('never')
    return new Promise(() => {})
  })
  peer.handle('greet', async ({ name }, { remote }) =>
    (await remote.request('confirm', { name })) ? `Hello ${name}` : 'Bye',
  )
  peer.handle('sumOf', async ([times]) => {
    const calls = Array.from({ length: times }, (_, index) =>
      peer.request<number>('double', [index]),
    )
    return (await Promise.all(calls)).reduce((sum, value) => sum + value, 0)
  })
  peer.handle('stream', async function* ({ to, text = '' }, context) {
    context.progress(to)
    try {
      for (let n = 0; n < to; n++) yield text === '' ? n : `${n}${text}`
    } finally {
      stopped.give('the stream was left')
    }
    return 'the end'
  })
  peer.handle('echoStream', async function* (_, { input }) {
    for await (const item of input ?? []) yield item
  })
  peer.handle('answerThenTell', () => {
    queueMicrotask(() => peer.notify('later'))
    return 'answer'
  })
  peer.handle('tellMe', ({ method, params }) => peer.notify(method, params))
  peer.handle('askMe', ({ method, params }) => peer.request(method, params))
  peer.handle('batchMe', async (calls) => JSON.parse(JSON.stringify(await peer.batch(calls))))
  peer.handle('hangUp', () => void peer.close({ code: 4321, reason: 'as you wish' }))
  return stopped
}

const failures: Record<string, (params: [string]) => unknown> = {
  throwTypeError: () => {
    throw new TypeError('bad id 7')
  },
  throwRpcError: () => {
    throw new RpcError(4001, 'no', { data: { a: 1 } })
  },
  rejectUndefined: () => Promise.reject(undefined),
  rejectZero: () => Promise.reject(0),
  answerUnencodable: ([kind]) => unencodable[kind]?.make(),
  answerNothing: () => undefined,
}

/** What happens again and again, to be awaited: what was given before somebody asked waits for them. */
class Happenings<T> {
  #given: T[] = []
  #waiting: ((value: T) => void)[] = []

  get next(): Promise<T> | T {
    const given = this.#given.shift()
    return given === undefined ? new Promise<T>((resolve) => this.#waiting.push(resolve)) : given
  }

  give(value: T): void {
    const resolve = this.#waiting.shift()
    if (resolve === undefined) this.#given.push(value)
    else resolve(value)
  }
}
