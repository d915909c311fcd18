import { RpcError } from 'bothways'
import { connect } from 'bothways/websocket'
// @ts-expect-error: generated beside it by the test
import { callGet, find, refuse, remove, tail } from './before/orders.methods.gen.js'

const { direct } = JSON.parse(process.argv[2] ?? '')
const peer = await connect(direct)

const calls = {
  get: () => callGet(peer, { id: 'a' }),
  find: () => find(peer, { text: 'a' }),
  tail: () => tail(peer)[Symbol.asyncIterator]().next(),
  refuse: () => refuse(peer, { id: 'a' }),
  remove: () => remove(peer, { id: 'a' }),
}
for (const [name, call] of Object.entries(calls)) {
  const outcome = await call().catch((reason: unknown) => {
    const { message, hint, drift } = RpcError.from(reason)
    return { message, hint, drift }
  })
  process.stdout.write(`${JSON.stringify([name, outcome])}\n`)
}
await peer.close()
