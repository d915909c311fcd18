import { Peer, type Transport } from 'bothways'
import { messagePortTransport, windowTransport } from 'bothways/message-port'
import { messagePack } from 'bothways/msgpack'
import { serve } from './memory.js'

// The other end of memory-near.browser.ts, as a worker, a shared worker, or a page in an iframe of another origin.

const take = (transport: Transport) => serve(new Peer(transport, { codec: messagePack() }))

if ('document' in globalThis)
  take(windowTransport(window.parent, { origin: location.hash.slice(1) }))
else if ('onconnect' in globalThis)
  addEventListener('connect', (event) => {
    for (const port of (event as MessageEvent).ports) take(messagePortTransport(port))
  })
else take(messagePortTransport(globalThis))
