import { inject } from 'vitest'
import { conformance } from '../suites/conformance.js'
import { dialling } from '../suites/dialling.js'
import { webSocketPeers } from '../support/web-socket.browser.js'

conformance('WebSocket', webSocketPeers)
// Chromium refuses to dial this port at all, which is as unavailable as a port can be.
const addresses = { silent: () => `${inject('relay')}/silent`, dead: () => 'ws://127.0.0.1:1' }
dialling('a browser', addresses, webSocketPeers)
