import { once } from 'node:events'
import { connect as connectBare } from 'node:net'
import { Readable, Writable } from 'node:stream'
import { Worker } from 'node:worker_threads'
import { Peer, type PeerOptions, RpcError } from 'bothways'
import { messagePortTransport } from 'bothways/message-port'
import { messagePack } from 'bothways/msgpack'
import { connectSocket, spawn, streamTransport, workerThread } from 'bothways/node'
import { connect } from 'bothways/websocket'
import { echoBytes, echoChunks } from './memory.js'
import { memory, serve } from './memory.node.js'

// A process of its own that does one of the things below and prints the memory of both ends, after 10 % of it and after all.

const [, , transport = '', scenario = '', amount = '0', server = '', listening = ''] = process.argv
const count = Number(amount)
const place = JSON.parse(listening)
const options: PeerOptions = {
  hello: true,
  ...(scenario !== 'base64' && { codec: messagePack() }),
}

const dial: Record<string, () => Promise<Peer> | Peer> = {
  WebSocket: () => connect(place, options),
  stdio: async () =>
    new Peer(await spawn(process.execPath, ['--expose-gc', server, 'stdio']), options),
  'web streams': async () => {
    const socket = connectBare(place)
    await once(socket, 'connect')
    const readable = Readable.toWeb(socket) as ReadableStream<Uint8Array>
    return new Peer(streamTransport({ readable, writable: Writable.toWeb(socket) }), options)
  },
  worker_threads: () => new Peer(workerThread(new Worker(server)), options),
  MessagePort: () => {
    const { port1, port2 } = new MessageChannel()
    serve(new Peer(messagePortTransport(port2), { codec: messagePack() }))
    return new Peer(messagePortTransport(port1), options)
  },
}

const peer = await (dial[transport]?.() ?? connectSocket(place, options))
await peer.greeted

async function used(): Promise<{ near: number; far: number }> {
  const far = await peer.request<number>('memory')
  return { near: memory(), far }
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
  stuckUpload: async (share) => {
    await calls(share)
    return yielded
  },
  bytes: (share) => echoBytes(peer, share),
  base64: (share) => echoChunks(peer, share),
  greedy: async (share) => {
    const stream = peer.stream('greedy', { share })
    await stream[Symbol.asyncIterator]().next()
    const refused = await stream.closed.then(() => undefined, RpcError.from)
    // Answered when all that was not asked for has come.
    await peer.request('fence')
    return refused?.code
  },
}

let yielded = 0
async function* endless() {
  for (;;) {
    yielded++
    yield 'x'.repeat(1_000)
  }
}

if (scenario === 'stuck') await peer.stream('endless')[Symbol.asyncIterator]().next()
if (scenario === 'stuckUpload') peer.stream('standStill', undefined, { input: endless() })
const run = scenarios[scenario]
await run?.(count / 10)
const early = await used()
const began = performance.now()
const found = await run?.(count - count / 10)
const took = performance.now() - began
const late = await used()
process.stdout.write(`${JSON.stringify({ early, late, found, took })}\n`)
await peer.close()
// What a worker or a port would go on for is done.
process.exitCode = 0
