import { MessageChannel } from 'node:worker_threads'
import { errorCodes, Peer } from 'bothways'
import { messagePortTransport } from 'bothways/message-port'
import { expect, test } from 'vitest'

test('a port that is closed by whoever holds it ends the peer at the other', async () => {
  const { port1, port2 } = new MessageChannel()
  const near = new Peer(messagePortTransport(port1))
  const call = expect(near.request('echo')).rejects.toMatchObject({ code: errorCodes.closed })
  port2.close()
  expect(await near.closed).toMatchObject({ code: 1006 })
  await call
})
