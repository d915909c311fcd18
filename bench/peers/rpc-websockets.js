import { Client, Server } from 'rpc-websockets'
import { socketOptions } from '../lib/wires.js'

export const peer = {
  kind: 'library',
  packages: ['rpc-websockets'],
  lacks: ['callBack'],
  note: 'its server cannot call its clients',
  serve({ methods, tick }, accepted) {
    const server = new Server({ ...socketOptions, host: '127.0.0.1', port: 0 })
    for (const [name, handler] of Object.entries({ ...methods, tick }))
      server.register(name, handler)
    server.on('connection', () => accepted({}))
    return new Promise((resolve) => {
      server.on('listening', () => resolve(`ws://127.0.0.1:${server.wss.address().port}`))
    })
  },
  connect(url) {
    const client = new Client(url, { ...socketOptions, reconnect: false })
    return new Promise((resolve, reject) => {
      client.once('error', reject)
      client.once('open', () => {
        resolve({
          call: (method, params) => client.call(method, params),
          notify: (method, params) => void client.notify(method, params),
        })
      })
    })
  },
  bundles: {
    'rpc-websockets': `
      import { Client } from 'rpc-websockets'
      export const connect = (url) => new Client(url)`,
  },
}
