import type { Encoded } from '../protocol/codec.js'
import { RpcError } from '../protocol/error.js'
import { frameMessages } from '../protocol/limits.js'
import type { CloseReason, Transport } from '../transport/transport.js'
import { Turn } from '../transport/turn.js'
import type { Link, LinkListener } from './link.js'

/** A link that lives and dies with one transport. */
export function plainLink(transport: Transport): Link {
  return new PlainLink(transport)
}

/** Messages of the frames that a turn begins with, and how many messages those are: the other end has something to do early. */
const shortFrame = 16
const beginning = 64

class PlainLink implements Link {
  readonly #transport: Transport
  /** Characters of a frame; 0 where the other end takes no frames. */
  #packs = 0
  #text = ''
  #count = 0
  readonly #turn = new Turn(() => this.flush())
  #heard = 0
  #closed: (reason: CloseReason) => void = () => {}
  #failure: CloseReason | undefined
  /** What was seen to leave, and what waited when that was looked at: in bytes or characters, whichever the transport counts. */
  #gone = 0
  #waiting = 0

  constructor(transport: Transport) {
    this.#transport = transport
  }

  get buffered(): number {
    return this.#text.length + this.#transport.buffered
  }

  get heard(): number {
    return this.#heard + (this.#transport.received ?? 0)
  }

  get isLocal(): boolean {
    return this.#transport.isLocal === true
  }

  get gone(): number {
    this.#look()
    return this.#gone
  }

  start(listener: LinkListener): void {
    this.#closed = (reason) => listener.closed(reason)
    this.#transport.start({
      frame: (data) => {
        this.#heard++
        listener.frame(data)
      },
      writable: () => listener.writable(),
      activity: () => this.#heard++,
      ending: (reason) => listener.ending(reason),
      closed: this.#closed,
    })
    if (this.#failure !== undefined) this.#closed(this.#failure)
  }

  send(message: Encoded): void {
    if (this.#packs === 0) return this.#leave(message)
    if (typeof message !== 'string') return this.sendAlone(message)
    // Frames are closed early, so that the other end works while this one goes on; a long message goes by itself.
    if (this.#text.length + message.length > this.#packs) this.flush()
    this.#text = this.#count++ === 0 ? message : `${this.#text},${message}`
    const leavesNow = this.#turn.sends()
    // Where each frame is a task of its own, a turn of the other end is one frame: a short one would stay short for ever.
    const isEager = !this.isLocal && this.#turn.sent <= beginning
    const isFull = this.#count >= (isEager ? shortFrame : frameMessages)
    if ((leavesNow && isEager) || isFull || this.#text.length >= this.#packs) this.flush()
  }

  sendAlone(frame: Encoded): void {
    this.flush()
    this.#leave(frame)
  }

  pack(characters: number): void {
    this.#packs = characters
  }

  close(reason?: CloseReason): void {
    this.flush()
    this.#transport.close(reason)
  }

  flush(): void {
    if (this.#count === 0) return
    const frame = this.#count === 1 ? this.#text : `[${this.#text}]`
    this.#text = ''
    this.#count = 0
    this.#leave(frame)
  }

  #leave(frame: Encoded): void {
    this.#look()
    try {
      this.#transport.send(frame)
    } catch (reason) {
      // That this frame cannot be carried is the fault of whoever sends it; anything else is the transport's.
      if (reason instanceof RpcError) throw reason
      this.#fail(reason)
    }
    this.#look()
  }

  /** Ends what a broken transport did not end itself: a frame may leave when nobody is there to catch what it throws. */
  #fail(reason: unknown): void {
    if (this.#failure !== undefined) return
    this.#failure = { code: 1006, reason: `the transport failed: ${Object(reason).message}` }
    this.#closed(this.#failure)
    this.#transport.close(this.#failure)
  }

  #look(): void {
    const { buffered } = this.#transport
    this.#gone += Math.max(0, this.#waiting - buffered)
    this.#waiting = buffered
  }
}
