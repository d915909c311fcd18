import { memoryPair, type Transport } from 'bothways'

/** A connection whose near end can stop reading: what is sent to it then waits and counts as buffered. */
export function gate() {
  const [near, inner] = memoryPair()
  const held: (string | Uint8Array)[] = []
  let isOpen = true
  const waiting = () => held.reduce((sum, frame) => sum + frame.length, 0)
  const far: Transport = {
    start: (listener) => inner.start(listener),
    send: (frame) => {
      if (isOpen) inner.send(frame)
      else held.push(frame)
    },
    close: (reason) => inner.close(reason),
    get buffered() {
      return waiting() + inner.buffered
    },
  }
  const open = (value: boolean) => {
    isOpen = value
  }
  return { transport: { near, far }, open, seen: waiting }
}
