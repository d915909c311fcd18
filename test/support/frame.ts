import { Peer } from 'bothways'
import { windowTransport } from 'bothways/message-port'
import { messagePack } from 'bothways/msgpack'
import { respond } from './responder.js'

// A module of an iframe or a popup: the other end of the conformance suite, in a page of its own.
const other = window.opener ?? window.parent
respond(new Peer(windowTransport(other, { origin: self.origin }), { codec: messagePack() }))
