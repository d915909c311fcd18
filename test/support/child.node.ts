import { listen } from 'bothways/node'
import { respond } from './responder.js'

// A process of its own that answers as responder.ts does, on the port that it prints.
const server = await listen({ port: 0 }, (peer) => {
  respond(peer)
})
process.stdout.write(`${server.url}\n`)
