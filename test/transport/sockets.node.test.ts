import { type FramingOption, lengthPrefix } from 'bothways/node'
import { conformance } from '../suites/conformance.js'
import { dialledPeers, kinds, socketPeers } from '../support/sockets.node.js'
import { endSeen } from '../support/streams.node.js'

/** What is dialled, and how it is framed: between them, every kind and every framing but that of lines, which the rest has. */
const dialled: readonly (readonly [kind: string, framing: FramingOption, words: string])[] = [
  ['TCP', 'contentLength', 'contentLength'],
  ['TLS', 'lengthPrefix', 'a length prefix, big-endian'],
  ['a unix socket', lengthPrefix({ endian: 'little' }), 'a length prefix, little-endian'],
]

for (const kind of Object.keys(kinds)) conformance(kind, socketPeers(kind), endSeen)
for (const [kind, framing, words] of dialled)
  conformance(`${kind}, dialled, framed by ${words}`, dialledPeers(kind, framing), endSeen)
