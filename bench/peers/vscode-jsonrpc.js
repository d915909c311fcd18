import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
} from 'vscode-jsonrpc/node'
import { wired } from '../lib/wires.js'

export const peer = {
  kind: 'library',
  packages: ['vscode-jsonrpc'],
  note: 'a message a frame, as vscode-ws-jsonrpc has it; it handles one message per setImmediate, by design',
  ...wired(attach),
  bundles: {
    'vscode-jsonrpc': `
      import { AbstractMessageReader, AbstractMessageWriter, createMessageConnection } from 'vscode-jsonrpc/browser'
      class Reader extends AbstractMessageReader {
        constructor(socket) { super(); this.socket = socket }
        listen(receive) {
          this.socket.onmessage = ({ data }) => receive(JSON.parse(data))
          return { dispose() {} }
        }
      }
      class Writer extends AbstractMessageWriter {
        constructor(socket) { super(); this.socket = socket }
        async write(message) { this.socket.send(JSON.stringify(message)) }
        end() {}
      }
      export function connect(url, handlers) {
        const socket = new WebSocket(url)
        const connection = createMessageConnection(new Reader(socket), new Writer(socket))
        for (const [method, handler] of Object.entries(handlers)) connection.onRequest(method, handler)
        connection.listen()
        return connection
      }`,
  },
}

function attach(wire, { methods, tick }) {
  const connection = createMessageConnection(new WireReader(wire), new WireWriter(wire))
  for (const [method, handler] of Object.entries(methods)) connection.onRequest(method, handler)
  connection.onNotification('tick', tick)
  connection.listen()
  return {
    call: (method, params) => connection.sendRequest(method, params),
    notify: (method, params) => connection.sendNotification(method, params),
  }
}

class WireReader extends AbstractMessageReader {
  #wire

  constructor(wire) {
    super()
    this.#wire = wire
  }

  listen(receive) {
    this.#wire.listen((text) => receive(JSON.parse(text)))
    return { dispose() {} }
  }
}

class WireWriter extends AbstractMessageWriter {
  #wire

  constructor(wire) {
    super()
    this.#wire = wire
  }

  async write(message) {
    this.#wire.send(JSON.stringify(message))
  }

  end() {}
}
