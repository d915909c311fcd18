import { parentPort } from 'node:worker_threads'
import { Peer } from 'bothways'
import { messagePortTransport } from 'bothways/message-port'
import { messagePack } from 'bothways/msgpack'
import { respond } from './responder.js'

// A worker of Node: the other end of the conformance suite, in a thread of its own.
if (parentPort === null) throw new Error('this module is started as a worker')
respond(new Peer(messagePortTransport(parentPort), { codec: messagePack() }))
