import { Peer } from 'bothways'
import { windowTransport } from 'bothways/message-port'
import { messagePack } from 'bothways/msgpack'
import { respond } from './responder.js'

// A module of an iframe: the other end of the conformance suite, in a page of its own.
respond(new Peer(windowTransport(window.parent, { origin: self.origin }), { codec: messagePack() }))
