import { wire } from '../suites/wire.js'
import { webSocketRaw } from '../support/web-socket.node.js'

wire('WebSocket', webSocketRaw, { tooBig: 1009, policy: 1008 })
