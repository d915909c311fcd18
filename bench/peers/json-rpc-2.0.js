import { JSONRPCClient, JSONRPCServer, JSONRPCServerAndClient } from 'json-rpc-2.0'
import { wired } from '../lib/wires.js'

export const peer = {
  kind: 'library',
  packages: ['json-rpc-2.0'],
  ...wired(attach),
  bundles: {
    'json-rpc-2.0': `
      import { JSONRPCClient, JSONRPCServer, JSONRPCServerAndClient } from 'json-rpc-2.0'
      export function connect(url, handlers) {
        const socket = new WebSocket(url)
        const client = new JSONRPCClient(async (message) => socket.send(JSON.stringify(message)))
        const peer = new JSONRPCServerAndClient(new JSONRPCServer(), client)
        for (const [method, handler] of Object.entries(handlers)) peer.addMethod(method, handler)
        socket.onmessage = ({ data }) => peer.receiveAndSend(JSON.parse(data))
        return peer
      }`,
  },
}

function attach(wire, { methods, tick }) {
  // It would write every failure of a handler to the console.
  const server = new JSONRPCServer({ errorListener: () => {} })
  const client = new JSONRPCClient(async (message) => wire.send(JSON.stringify(message)))
  const peer = new JSONRPCServerAndClient(server, client)
  for (const [method, handler] of Object.entries({ ...methods, tick }))
    peer.addMethod(method, handler)
  wire.listen((text) => peer.receiveAndSend(JSON.parse(text)))
  return {
    call: (method, params) => peer.request(method, params),
    notify: (method, params) => peer.notify(method, params),
  }
}
