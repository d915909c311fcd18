import { createBirpc } from 'birpc'
import { wired } from '../lib/wires.js'

export const peer = {
  kind: 'library',
  packages: ['birpc'],
  note: 'with JSON to serialize; its timeout of 60 s a call is on, as by default',
  ...wired(attach),
  bundles: {
    birpc: `
      import { createBirpc } from 'birpc'
      export function connect(url, handlers) {
        const socket = new WebSocket(url)
        return createBirpc(handlers, {
          post: (text) => socket.send(text),
          on: (receive) => { socket.onmessage = ({ data }) => receive(data) },
          serialize: JSON.stringify,
          deserialize: JSON.parse,
        })
      }`,
  },
}

function attach(wire, { methods, tick }) {
  const remote = createBirpc(
    { ...methods, tick },
    { post: wire.send, on: wire.listen, serialize: JSON.stringify, deserialize: JSON.parse },
  )
  return {
    call: (method, params) => remote[method](params),
    notify: (method, params) => remote[method].asEvent(params),
  }
}
