import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parentPort, Worker } from 'node:worker_threads'
import { farEnd, socketPath } from './line-wires.js'

/** The build that is measured: `npm run build` makes it, BOTHWAYS_DIST names another one to compare. */
const dist = process.env.BOTHWAYS_DIST ?? fileURLToPath(new URL('../../dist', import.meta.url))

if (!existsSync(dist)) throw new Error(`there is no build in ${dist}: npm run build makes it`)

/** The file of one entry of the package. */
export function entry(name) {
  return `${dist}/${name}.js`
}

const { Peer, memoryPair } = await import(entry('index'))
const { connect } = await import(entry('websocket'))
const { connectSocket, listen, listenSocket, spawn, stdio, workerThread } = await import(
  entry('node')
)
const { messagePortTransport } = await import(entry('message-port'))

/** bothways at both ends, with what they agree on by `rpc.hello`, or without. */
export function bothways(hello) {
  return {
    kind: 'ours',
    async serve({ methods, tick }, accepted) {
      const { url } = await listen({ port: 0, handlers: methods }, (peer) =>
        accepted(end(peer, tick)),
      )
      return url
    },
    async connect(url, { methods, tick }) {
      const peer = await connect(url, { handlers: methods, hello })
      return end(await ready(peer, hello), tick)
    },
    over: {
      unix: {
        async serve({ methods, tick }, accepted) {
          const path = socketPath()
          await listenSocket({ path, handlers: methods }, (peer) => accepted(end(peer, tick)))
          return path
        },
        async connect(path, { methods, tick }) {
          const peer = await connectSocket({ path, handlers: methods, hello })
          return end(await ready(peer, hello), tick)
        },
      },
      stdio: {
        serve: ({ methods, tick }) => end(new Peer(stdio(), { handlers: methods }), tick),
        async connect({ methods, tick }, name) {
          const transport = await spawn(process.execPath, [farEnd.pathname, 'stdio', name])
          const peer = new Peer(transport, { handlers: methods, hello })
          return { end: end(await ready(peer, hello), tick), pid: transport.child.pid }
        },
      },
      port: {
        serve: ({ methods, tick }) =>
          end(new Peer(messagePortTransport(parentPort), { handlers: methods }), tick),
        async connect({ methods, tick }, name) {
          const worker = new Worker(farEnd, { argv: ['port', name] })
          const peer = new Peer(workerThread(worker), { handlers: methods, hello })
          return { end: end(await ready(peer, hello), tick) }
        },
      },
    },
    async pair(near, far) {
      const [nearTransport, farTransport] = memoryPair()
      end(new Peer(farTransport, { handlers: far.methods }), far.tick)
      const peer = new Peer(nearTransport, { handlers: near.methods, hello })
      return end(await ready(peer, hello), near.tick)
    },
  }
}

/** Waits for the greeting where there is one: only then are messages packed into frames. */
async function ready(peer, hello) {
  if (!hello) return peer
  const { foreign, error } = await peer.greeted
  if (foreign) throw error
  return peer
}

function end(peer, tick) {
  peer.on('tick', tick)
  peer.handle('count', async function* () {
    for (let n = 0; ; n++) yield n
  })
  return {
    call: (method, params) => peer.request(method, params),
    stream: (method) => peer.stream(method),
    notify: (method, params) => peer.notify(method, params),
    // It refuses to pile up more than a megabyte, as the others do not.
    drained: () => (peer.buffered > 262_144 ? peer.flush() : undefined),
  }
}
