import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll } from 'vitest'
import { conformance } from '../suites/conformance.js'
import { dialling } from '../suites/dialling.js'
import { webSocketPeers } from '../support/web-socket.node.js'

const sockets: Socket[] = []
const silent = createServer((socket) => sockets.push(socket.on('error', () => {})))

beforeAll(() => once(silent.listen(0, '127.0.0.1'), 'listening'))

afterAll(() => {
  for (const socket of sockets) socket.destroy()
  silent.close()
})

const addresses = {
  silent: () => `ws://127.0.0.1:${(silent.address() as AddressInfo).port}`,
  refused: () => 'ws://127.0.0.1:1',
}

conformance('WebSocket', webSocketPeers)
dialling('Node', addresses, webSocketPeers)
