import { listenSocket } from 'bothways/node'
import { respond } from './responder.js'

// A process of its own that answers as responder.ts does, at the path that it is given; says so once it does.
await listenSocket({ path: process.argv[2] ?? '' }, (peer) => {
  respond(peer)
})
process.stdout.write('listening\n')
