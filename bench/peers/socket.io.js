import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { io } from 'socket.io-client'

export const peer = {
  kind: 'library',
  packages: ['socket.io', 'socket.io-client'],
  note: 'over WebSocket alone; an acknowledgement is the answer, and what it threw is sent by hand',
  serve(handlers, accepted) {
    const http = createServer()
    // By default it takes no message of a megabyte, and the others do.
    const options = { transports: ['websocket'], serveClient: false, maxHttpBufferSize: 10_000_000 }
    new Server(http, options).on('connection', (socket) => accepted(attach(socket, handlers)))
    return new Promise((resolve) => {
      http.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${http.address().port}`))
    })
  },
  connect(url, handlers) {
    const socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false })
    const end = attach(socket, handlers)
    return new Promise((resolve, reject) => {
      socket.once('connect', () => resolve(end))
      socket.once('connect_error', reject)
    })
  },
  bundles: {
    'socket.io-client': `
      import { io } from 'socket.io-client'
      export const connect = (url) => io(url, { transports: ['websocket'] })`,
  },
}

function attach(socket, { methods, tick }) {
  socket.on('tick', tick)
  for (const [name, handler] of Object.entries(methods)) {
    socket.on(name, (params, answer) => {
      try {
        answer({ result: handler(params) })
      } catch ({ message }) {
        answer({ error: message })
      }
    })
  }
  return {
    async call(method, params) {
      const { result, error } = await socket.emitWithAck(method, params)
      if (error !== undefined) throw new Error(error)
      return result
    },
    notify: (method, params) => void socket.emit(method, params),
  }
}
