import { readFileSync } from 'node:fs'
import { type Context, memoryPair, Peer, RpcError, type Transport } from 'bothways'
import { expect, test } from 'vitest'

/** One line of a conversation that docs/protocol.md shows. */
interface Line {
  readonly direction: '→' | '←'
  readonly text: string
}

const document = readFileSync('docs/protocol.md', 'utf8')

const conversations = [...document.matchAll(/```wire\n([\s\S]*?)```/g)].map(([, block = '']) =>
  block
    .trim()
    .split('\n')
    .map((line): Line => ({ direction: line[0] === '→' ? '→' : '←', text: line.slice(2) })),
)

const handlers = {
  subtract: ([minuend, subtrahend]: [number, number]) => minuend - subtrahend,
  echo: (params: unknown) => params,
  fail: () => {
    throw new TypeError('bad id 7')
  },
  refuse: () => {
    throw new RpcError(7, 'no', { data: { why: 'closed on Sundays' } })
  },
  count: async function* ({ to }: { to: number }) {
    for (let n = 0; n < to; n++) yield n
    return 'done'
  },
  sum: async (_params: unknown, { input }: Context) => {
    let sum = 0
    for await (const item of input ?? []) sum += item as number
    return sum
  },
  bad: () => ({ items: [1, 9n] }),
}

/** The frames that arrive at a transport, to be awaited one by one. */
function arrivals(transport: Transport): () => Promise<string> {
  const arrived: string[] = []
  const waiting: ((text: string) => void)[] = []
  const frame = (data: string | Uint8Array) => {
    const next = waiting.shift()
    if (next === undefined) arrived.push(String(data))
    else next(String(data))
  }
  transport.start({ frame, writable: () => {}, activity: () => {}, closed: () => {} })
  return () =>
    new Promise((resolve) => {
      const text = arrived.shift()
      if (text === undefined) waiting.push(resolve)
      else resolve(text)
    })
}

test('docs/protocol.md has conversations to run', () => {
  expect(conversations.length).toBeGreaterThan(7)
})

test.each(conversations.map((lines, index) => [index + 1, lines] as const))(
  'conversation %i of docs/protocol.md happens as it is written',
  async (_number, lines) => {
    const [near, far] = memoryPair()
    const peer = new Peer(far, { handlers })
    const next = arrivals(near)
    for (const { direction, text } of lines) {
      if (direction === '→') near.send(text)
      else expect(JSON.parse(await next())).toEqual(JSON.parse(text))
    }
    await peer.close()
  },
)
