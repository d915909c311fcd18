import { RpcSession, RpcTarget } from 'capnweb'
import { wired } from '../lib/wires.js'

export const peer = {
  kind: 'library',
  packages: ['capnweb'],
  note: 'a call is four frames: push, pull, resolve, release; a notification is a call whose result nobody asks for',
  ...wired(attach),
  bundles: {
    capnweb: `
      import { newWebSocketRpcSession, RpcTarget } from 'capnweb'
      export { RpcTarget }
      export const connect = (url, main) => newWebSocketRpcSession(url, main)`,
  },
}

function attach(wire, { methods, tick }) {
  const stub = new RpcSession(transportOver(wire), targetOf({ ...methods, tick })).getRemoteMain()
  return {
    call: async (method, params) => stub[method](params),
    notify: (method, params) => stub[method](params)[Symbol.dispose](),
  }
}

function targetOf(handlers) {
  class Target extends RpcTarget {}
  for (const [name, handler] of Object.entries(handlers))
    Target.prototype[name] = (params) => handler(params)
  return new Target()
}

function transportOver(wire) {
  const arrived = []
  let read
  wire.listen((text) => {
    if (read === undefined) return arrived.push(text)
    read(text)
    read = undefined
  })
  return {
    send: async (text) => wire.send(text),
    receive: async () =>
      arrived.length > 0 ? arrived.shift() : new Promise((resolve) => (read = resolve)),
    abort() {},
  }
}
