import { Peer } from 'bothways'
import { spawn } from 'bothways/node'
import { connect } from 'bothways/websocket'

// A process of its own that does one of the things below and prints the heaps of both ends, after 10 % of it and after all.

declare const gc: () => void

const [, , transport = '', scenario = '', amount = '0'] = process.argv
const count = Number(amount)
const peer =
  transport === 'stdio'
    ? new Peer(await spawn(process.execPath, ['--expose-gc', process.argv[5] ?? '', 'stdio']), {
        hello: true,
      })
    : await connect(transport)

async function heaps(): Promise<{ near: number; far: number }> {
  const far = await peer.request<number>('heap')
  gc()
  return { near: process.memoryUsage().heapUsed, far }
}

async function calls(times: number): Promise<void> {
  for (let done = 0; done < times; done += 500)
    await Promise.all(Array.from({ length: 500 }, (_, n) => peer.request('echo', [done + n])))
}

/** What each scenario does `share` of, and what it found in the end. */
const scenarios: Record<string, (share: number) => Promise<unknown>> = {
  calls,
  stuck: async (share) => {
    await calls(share)
    return peer.request('made')
  },
  download: async (share) => {
    let length = 0
    const size = 65_536
    for await (const chunk of peer.stream<string>('chunks', { count: share, size }))
      length += chunk.length
    return length
  },
  upload: async (share) => {
    async function* chunks() {
      for (let n = 0; n < share; n++) yield String.fromCharCode(97 + (n % 26)).repeat(65_536)
    }
    return peer.stream('length', undefined, { input: chunks() }).result
  },
}

if (scenario === 'stuck') await peer.stream('endless')[Symbol.asyncIterator]().next()
const run = scenarios[scenario]
await run?.(count / 10)
const early = await heaps()
const found = await run?.(count - count / 10)
const late = await heaps()
process.stdout.write(`${JSON.stringify({ early, late, found })}\n`)
await peer.close()
