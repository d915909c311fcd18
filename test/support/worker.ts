import { Peer } from 'bothways'
import { messagePortTransport } from 'bothways/message-port'
import { messagePack } from 'bothways/msgpack'
import { respond } from './responder.js'

// A module of a browser's Worker: the other end of the conformance suite, in a thread of its own. A date crashes it.
const peer = new Peer(messagePortTransport(globalThis), { codec: messagePack() })
respond(peer)
peer.handle('sendAndClose', ({ count }) => {
  for (let sent = 0; sent < count; sent++) peer.notify('seen', [sent])
  void peer.close({ code: 4007, reason: 'as asked' })
})

addEventListener('message', ({ data }) => {
  if (data instanceof Date) throw new Error('crashed as told')
})
