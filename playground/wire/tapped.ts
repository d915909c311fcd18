import type { Transport } from 'bothways'

/** Is shown each frame of text that passes. */
export interface FrameObserver {
  sent(frame: string): void
  received(frame: string): void
}

/** `transport`, with `observer` looking on: it changes nothing, and sees a frame before the peer acts on it. */
export function tapped(transport: Transport, observer: FrameObserver): Transport {
  return {
    start: (listener) =>
      transport.start({
        frame: (data) => {
          if (typeof data === 'string') observer.received(data)
          listener.frame(data)
        },
        writable: () => listener.writable(),
        activity: () => listener.activity(),
        closed: (reason) => listener.closed(reason),
      }),
    send: (frame) => {
      if (typeof frame === 'string') observer.sent(frame)
      transport.send(frame)
    },
    close: (reason) => transport.close(reason),
    get buffered() {
      return transport.buffered
    },
  }
}
