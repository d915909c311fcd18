import { Peer } from 'bothways'
import { messagePortTransport } from 'bothways/message-port'
import { respond } from './responder.js'

// A module of a browser's Worker: the other end of the conformance suite, in a thread of its own. A date crashes it.
respond(new Peer(messagePortTransport(globalThis)))

addEventListener('message', ({ data }) => {
  if (data instanceof Date) throw new Error('crashed as told')
})
