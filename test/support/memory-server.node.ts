import { parentPort } from 'node:worker_threads'
import { Peer } from 'bothways'
import { messagePortTransport } from 'bothways/message-port'
import { messagePack } from 'bothways/msgpack'
import { listen, listenSocket, stdio } from 'bothways/node'
import { serve } from './memory.node.js'

// A process or worker of its own that makes and takes streams without end, over what it is told to.

const codec = messagePack()
const transport = process.argv[2] ?? ''

if (parentPort !== null) serve(new Peer(messagePortTransport(parentPort), { codec }))
else if (transport === 'stdio') serve(new Peer(stdio(), { codec }))
else if (transport === 'TCP') {
  const server = await listenSocket({ port: 0, codec }, serve)
  process.stdout.write(`${JSON.stringify({ port: server.port })}\n`)
} else {
  const server = await listen({ port: 0, codec }, serve)
  process.stdout.write(`${server.url}\n`)
}
