import { Peer } from 'bothways'
import { messagePortTransport } from 'bothways/message-port'
import { messagePack } from 'bothways/msgpack'
import { respond } from './responder.js'

// A module of a SharedWorker: the other end of the conformance suite for every port that connects. A date ends it.
addEventListener('connect', (event) => {
  const [port] = (event as MessageEvent).ports
  if (port === undefined) throw new Error('a page connects with a port')
  respond(new Peer(messagePortTransport(port), { codec: messagePack() }))
  port.addEventListener('message', ({ data }) => {
    if (data instanceof Date) globalThis.close()
  })
})
