import type { Transport } from 'bothways'

/** `transport`, with every frame that leaves through it written into `left`. */
export function tap(transport: Transport, left: string[]): Transport {
  return {
    start: (listener) => transport.start(listener),
    send: (frame) => {
      left.push(String(frame))
      transport.send(frame)
    },
    close: (reason) => transport.close(reason),
    get buffered() {
      return transport.buffered
    },
  }
}
