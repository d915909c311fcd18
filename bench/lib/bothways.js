import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The build that is measured: `npm run build` makes it, BOTHWAYS_DIST names another one to compare. */
const dist = process.env.BOTHWAYS_DIST ?? fileURLToPath(new URL('../../dist', import.meta.url))

if (!existsSync(dist)) throw new Error(`there is no build in ${dist}: npm run build makes it`)

/** The file of one entry of the package. */
export function entry(name) {
  return `${dist}/${name}.js`
}

const { Peer, memoryPair } = await import(entry('index'))
const { connect } = await import(entry('websocket'))
const { listen } = await import(entry('node'))

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
  return {
    call: (method, params) => peer.request(method, params),
    notify: (method, params) => peer.notify(method, params),
    // It refuses to pile up more than a megabyte, as the others do not.
    drained: () => (peer.buffered > 262_144 ? peer.flush() : undefined),
  }
}
