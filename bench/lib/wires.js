import { WebSocket, WebSocketServer } from 'ws'
import { overLines } from './line-wires.js'

// Compressing messages this small only costs; it is off for everybody. All else is as ws has it.
export const socketOptions = { perMessageDeflate: false }

/**
 * Makes a peer of `attach(wire, handlers)`, for a library that is given a socket: over WebSocket and in memory. A wire
 * has `send(text)` and `listen(receive)`; what `attach` returns has `call(method, params)` and `notify(method, params)`.
 */
export function wired(attach) {
  return {
    over: overLines(attach),
    serve: (handlers, accepted) => serve((wire) => accepted(attach(wire, handlers))),
    connect: async (url, handlers) => attach(await dial(url), handlers),
    pair(nearHandlers, farHandlers) {
      const [near, far] = memoryWires()
      attach(far, farHandlers)
      return attach(near, nearHandlers)
    },
  }
}

function serve(accepted) {
  const server = new WebSocketServer({ ...socketOptions, host: '127.0.0.1', port: 0 })
  server.on('connection', (socket) => accepted(socketWire(socket)))
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', () => resolve(`ws://127.0.0.1:${server.address().port}`))
  })
}

function dial(url) {
  const socket = new WebSocket(url, socketOptions)
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('open', () => resolve(socketWire(socket)))
  })
}

function socketWire(socket) {
  return {
    send: (text) => socket.send(text),
    listen: (receive) => socket.on('message', (data) => receive(data.toString())),
  }
}

function memoryWires() {
  const listeners = []
  const wire = (own, other) => ({
    send: (text) => queueMicrotask(() => listeners[other](text)),
    listen: (receive) => {
      listeners[own] = receive
    },
  })
  return [wire(0, 1), wire(1, 0)]
}
