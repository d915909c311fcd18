import { RpcError } from 'bothways'
import { join } from 'bothways/client'
import { connect } from 'bothways/websocket'
// @ts-expect-error: generated beside it by the test
import { orders } from './before/orders.contract.gen.js'

const { direct, hub } = JSON.parse(process.argv[2] ?? '')
const peer = await connect(direct)
const member = await join(hub)
const handlers = { confirm: () => true }

/** What each call fails with, or comes to. */
for (const remote of [orders.remote(peer, handlers), member.service(orders, handlers as never)]) {
  const calls = {
    get: () => remote.get({ id: 'a' }),
    find: () => remote.find({ text: 'a' }),
    tail: () => remote.tail()[Symbol.asyncIterator]().next(),
    refuse: () => remote.refuse({ id: 'a' }),
    ask: () => remote.ask(),
    remove: () => remote.remove({ id: 'a' }),
  }
  for (const [name, call] of Object.entries(calls)) {
    const outcome = await call().catch((reason: unknown) => {
      const { message, hint, drift } = RpcError.from(reason)
      return { message, hint, drift }
    })
    process.stdout.write(`${JSON.stringify([name, outcome])}\n`)
  }
}
await Promise.all([peer.close(), member.leave()])
