import { inject } from 'vitest'
import { conformance } from '../suites/conformance.js'
import { dialling } from '../suites/dialling.js'
import { webSocketPeers } from '../support/web-socket.browser.js'

conformance('WebSocket', webSocketPeers)
const addresses = {
  silent: () => `${inject('relay')}/silent`,
  refused: () => `${inject('relay')}/refused`,
}
dialling('a browser', addresses, webSocketPeers)
