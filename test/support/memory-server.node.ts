import { parentPort } from 'node:worker_threads'
import { Peer } from 'bothways'
import { messagePortTransport } from 'bothways/message-port'
import { messagePack } from 'bothways/msgpack'
import { listen, listenSocket, stdio } from 'bothways/node'
import { serve } from './memory.node.js'

// A process or worker of its own that makes and takes streams without end, over what it is told to, with the options of
// that as JSON; a server prints where it listens.

const [, , transport = '', listening = '{}'] = process.argv
const options = { ...JSON.parse(listening), codec: messagePack() }

if (parentPort !== null) serve(new Peer(messagePortTransport(parentPort), options))
else if (transport === 'stdio') serve(new Peer(stdio(), options))
else if (transport === 'WebSocket') {
  const { url } = await listen(options, serve)
  process.stdout.write(`${JSON.stringify(url)}\n`)
} else {
  const { port, address } = await listenSocket(options, serve)
  process.stdout.write(`${JSON.stringify({ port, address })}\n`)
}
