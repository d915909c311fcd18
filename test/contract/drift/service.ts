import { errorCodes, RpcError } from 'bothways'
import { Hub } from 'bothways/hub'
import { serve } from 'bothways/hub/node'
import { listen } from 'bothways/node'
// @ts-expect-error: generated beside it by the test
import { orders } from './now/orders.contract.gen.js'

const handlers = {
  get: ({ id }: { id: string }) => ({ id, sum: 7 }),
  find: () => [],
  async *tail() {
    yield 'one'
  },
  refuse: () => {
    throw new RpcError(errorCodes.invalidParams, 'no such order', { hint: 'make one' })
  },
  // biome-ignore lint/suspicious/noExplicitAny: the types are generated when the test runs.
  ask: (_params: unknown, { caller }: any) =>
    caller.confirm().then(
      () => 'confirmed',
      ({ hint }: RpcError) => hint,
    ),
  archive: () => true,
}

const direct = await listen({ host: '127.0.0.1', port: 0 }, (peer) => {
  orders.serve(peer, handlers)
})
const hub = new Hub()
const served = await serve(hub)
await hub.provide(orders, handlers as never)
process.stdout.write(`${JSON.stringify({ direct: direct.url, hub: served.url })}\n`)
