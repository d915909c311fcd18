// The other end of a peer over stdio (a process of its own) or over a port (a thread of its own).
import { makeHandlers } from './handlers.js'
import { loadPeer } from './peers.js'

const [over, name] = process.argv.slice(2)
const peer = await loadPeer(name)
peer.over[over].serve(makeHandlers().handlers)
