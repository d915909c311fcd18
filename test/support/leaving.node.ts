import { connect } from 'node:net'
import { Peer } from 'bothways'
import { streamTransport } from 'bothways/node'

// A process of its own that calls the peer at the path it is given, prints the answer and lets go of its socket.
const socket = connect(process.argv[2] ?? '')
const peer = new Peer(streamTransport(socket), { hello: true, limits: { silence: 1e9 } })
await peer.greeted
process.stdout.write(JSON.stringify(await peer.request('echo', [1])))
socket.unref()
