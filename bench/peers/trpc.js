import { createTRPCClient, createWSClient, wsLink } from '@trpc/client'
import { initTRPC } from '@trpc/server'
import { applyWSSHandler } from '@trpc/server/adapters/ws'
import { WebSocket, WebSocketServer } from 'ws'
import { socketOptions } from '../lib/wires.js'

class PlainWebSocket extends WebSocket {
  constructor(url, protocols) {
    super(url, protocols, socketOptions)
  }
}

export const peer = {
  kind: 'library',
  label: 'tRPC',
  packages: ['@trpc/server', '@trpc/client'],
  lacks: ['callBack', 'notify'],
  note: 'its server cannot call its clients, and there are no notifications; the calls of one tick are one frame, by default',
  serve({ methods }, accepted) {
    const { procedure, router } = initTRPC.create()
    const any = procedure.input((value) => value)
    const procedures = Object.entries(methods).map(([name, handler]) => [
      name,
      any.query(({ input }) => handler(input)),
    ])
    const server = new WebSocketServer({ ...socketOptions, host: '127.0.0.1', port: 0 })
    applyWSSHandler({ wss: server, router: router(Object.fromEntries(procedures)) })
    server.on('connection', () => accepted({}))
    return new Promise((resolve) => {
      server.once('listening', () => resolve(`ws://127.0.0.1:${server.address().port}`))
    })
  },
  connect(url) {
    return new Promise((resolve) => {
      const socket = createWSClient({ url, WebSocket: PlainWebSocket, onOpen: () => resolve(end) })
      const client = createTRPCClient({ links: [wsLink({ client: socket })] })
      const end = { call: (method, params) => client[method].query(params) }
    })
  },
  bundles: {
    'tRPC client': `
      import { createTRPCClient, createWSClient, wsLink } from '@trpc/client'
      export const connect = (url) => createTRPCClient({ links: [wsLink({ client: createWSClient({ url }) })] })`,
  },
}
