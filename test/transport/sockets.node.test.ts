import { conformance } from '../suites/conformance.js'
import { dialledPeers, kinds, socketPeers } from '../support/sockets.node.js'
import { endSeen } from '../support/streams.node.js'

for (const kind of Object.keys(kinds)) conformance(kind, socketPeers(kind), endSeen)
conformance('a socket that was dialled', dialledPeers('TCP'), endSeen)
