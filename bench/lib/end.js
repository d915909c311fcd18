// What a child process runs: one end of a peer over WebSocket, or both ends in memory.
import { deepStrictEqual, rejects } from 'node:assert'
import { makeHandlers } from './handlers.js'
import { flight, lanes, latency } from './load.js'
import { loadPeer } from './peers.js'

const { handlers, expectTicks } = makeHandlers()
const text = 'quotes " and \\ and ünïcödé'
let end
let ticked

// Every call has params of its own, as in a program: nobody gains by having seen the object before.
const call = () => end.call('add', { a: 1, b: 2 })

const commands = {
  async serve({ name }) {
    const { serve } = await loadPeer(name)
    return { url: await serve(handlers, (accepted) => (end = accepted)) }
  },
  async connect({ name, url }) {
    const { connect } = await loadPeer(name)
    end = await connect(url, handlers)
  },
  async serveOver({ name, over }) {
    const peer = await loadPeer(name)
    return { path: await peer.over[over].serve(handlers, (accepted) => (end = accepted)) }
  },
  async connectOver({ name, over, path }) {
    const transport = (await loadPeer(name)).over[over]
    if (path !== undefined) {
      end = await transport.connect(path, handlers)
      return {}
    }
    const far = await transport.connect(handlers, name)
    end = await far.end
    return { pid: far.pid }
  },
  async pair({ name }) {
    const { pair } = await loadPeer(name)
    end = await pair(handlers, makeHandlers().handlers)
  },
  async check() {
    deepStrictEqual(await call(), 3)
    deepStrictEqual(await end.call('echo', { text, list: [1, null, {}] }), {
      text,
      list: [1, null, {}],
    })
    await rejects(end.call('fail', {}))
  },
  latency: ({ milliseconds }) => latency(call, milliseconds),
  flight: (load) => flight(call, load),
  lanes: (load) => lanes(call, load),
  items,
  payload,
  notify,
  expectTicks({ count }) {
    ticked = expectTicks(count)
  },
  arrival: () => ticked,
  cpu() {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  },
}

process.on('message', async ({ id, command, input }) => {
  try {
    process.send({ id, value: await commands[command](input) })
  } catch (reason) {
    process.send({ id, error: reason.stack })
  }
})
process.on('disconnect', () => process.exit())

/** Reads a stream of small items for a while: items per second. */
async function items({ milliseconds }) {
  let read = 0
  const start = performance.now()
  for await (const _ of end.stream('count')) {
    if (++read % 1_024 === 0 && performance.now() > start + milliseconds) break
  }
  return (read / (performance.now() - start)) * 1000
}

/** Echoes a text of so many characters, with a few calls in flight: megabytes per second, one way. */
async function payload({ characters, milliseconds }) {
  const text = 'x'.repeat(characters)
  const { rate } = await flight(() => end.call('echo', { text }), {
    depth: 4,
    milliseconds,
    settle: 50,
  })
  return (rate * characters) / 1e6
}

/** Sends `count` notifications in bursts, and returns when the first left, in seconds of a clock both ends share. */
async function notify({ count }) {
  const from = Number(process.hrtime.bigint()) / 1e9
  for (let sent = 0; sent < count; sent++) {
    end.notify('tick', { a: 1, b: 2 })
    if (sent % 256 < 255) continue
    await end.drained?.()
    await new Promise(setImmediate)
  }
  return from
}
