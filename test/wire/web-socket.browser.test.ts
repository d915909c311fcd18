import { wire } from '../suites/wire.js'
import { webSocketRaw } from '../support/web-socket.browser.js'

// A page may close with no code of the protocol's own, so 1008 leaves as 4501.
wire('WebSocket', webSocketRaw, { policy: 4501 })
