import { wire } from '../suites/wire.js'
import { kinds, socketRaw } from '../support/sockets.node.js'
import { rawFramings, webStreamRaw } from '../support/streams.node.js'

// What is over the limit ends a stream at once; a stream that is closed tells no code.
const seen = { tooBig: 1006, policy: 1005 }

wire('Content-Length', webStreamRaw(rawFramings.contentLength), seen)
wire('lines', webStreamRaw(rawFramings.newline), { ...seen, isLine: true })
for (const kind of Object.keys(kinds)) wire(kind, socketRaw(kind, rawFramings.contentLength), seen)
