import { attachJsonLoop } from '../lib/json-loop.js'
import { wired } from '../lib/wires.js'

export const peer = {
  kind: 'floor',
  note: 'no library: JSON both ways, ids in a Map, a frame a message',
  ...wired(attachJsonLoop),
  bundles: {
    'ws-json': `
      import { attachJsonLoop } from './lib/json-loop.js'
      export function connect(url, handlers) {
        const socket = new WebSocket(url)
        const listen = (receive) => { socket.onmessage = ({ data }) => receive(data) }
        return attachJsonLoop({ send: (text) => socket.send(text), listen }, handlers)
      }`,
  },
}
