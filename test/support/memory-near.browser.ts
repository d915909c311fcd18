import { Peer, type PeerOptions } from 'bothways'
import { messagePortTransport, windowTransport } from 'bothways/message-port'
import { messagePack } from 'bothways/msgpack'
import { connect } from 'bothways/websocket'
import { echoBytes } from './memory.js'

// A page that streams bytes to an end of its choice and back, when it is told to.

const options: PeerOptions = { hello: true, codec: messagePack() }
const worker = { type: 'module' } as const

const dial: Record<string, (place: string) => Promise<Peer> | Peer> = {
  Worker: () => new Peer(messagePortTransport(new Worker('/far.js', worker)), options),
  SharedWorker: () =>
    new Peer(messagePortTransport(new SharedWorker('/far.js', worker).port), options),
  iframe: (origin) => {
    const frame = document.createElement('iframe')
    frame.src = `${origin}/far.html#${location.origin}`
    document.body.append(frame)
    return new Peer(windowTransport(frame.contentWindow as Window, { origin }), options)
  },
  WebSocket: (url) => connect(url, options),
}

let peer: Peer

Object.assign(globalThis, {
  open: async (kind: string, place: string) => {
    peer = (await dial[kind]?.(place)) as Peer
    return (await peer.greeted).foreign
  },
  echo: (count: number) => echoBytes(peer, count),
  far: () => peer.request('memory'),
})
