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
