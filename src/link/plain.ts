import { Brief, type Outgoing } from '../protocol/brief.js'
import type { Encoded } from '../protocol/codec.js'
import { RpcError } from '../protocol/error.js'
import { frameMessages } from '../protocol/limits.js'
import type { CloseReason, Transport } from '../transport/transport.js'
import { Frame } from './frame.js'
import type { Link, LinkListener } from './link.js'
import { Turn } from './turn.js'

/** A link that lives and dies with one transport. */
export function plainLink(transport: Transport): Link {
  return new PlainLink(transport)
}

/**
 * Characters of one write to an end that takes no frames, where a turn sends it more: then the first leave, so that the other
 * end works while this one goes on.
 */
const writeCharacters = 1_024

/** Messages that leave in short frames when a turn begins: the other end has something to do early. */
const beginning = 64

class PlainLink implements Link {
  readonly #transport: Transport
  /** Characters of a frame; 0 where the other end takes no frames. */
  #packs = 0
  readonly #frame = new Frame()
  /** Messages of a short frame. Where each frame is a task of its own, a turn of the other end is one: shorter ones stay short for ever. */
  readonly #shortFrame: number
  readonly #turn = new Turn(() => this.#turnIsOver())
  /** Characters that the transport keeps for one write. */
  #corked = 0
  #heard = 0
  #closed: (reason: CloseReason) => void = () => {}
  #writable: () => void = () => {}
  #failure: CloseReason | undefined
  /** What was seen to leave, and what waited when that was looked at: in bytes or characters, whichever the transport counts. */
  #gone = 0
  #waiting = 0

  constructor(transport: Transport) {
    this.#transport = transport
    this.#shortFrame = this.isLocal ? 32 : 16
  }

  get buffered(): number {
    return this.#frame.length + this.#transport.buffered
  }

  get heard(): number {
    return this.#heard + (this.#transport.received ?? 0)
  }

  get isLocal(): boolean {
    return this.#transport.isLocal === true
  }

  get gone(): number {
    this.#look()
    return this.#gone + (this.#transport.written ?? 0)
  }

  start(listener: LinkListener): void {
    this.#closed = (reason) => listener.closed(reason)
    this.#writable = () => listener.writable()
    this.#transport.start({
      frame: (data) => {
        this.#heard++
        listener.frame(data)
      },
      writable: this.#writable,
      activity: () => this.#heard++,
      ending: (reason) => listener.ending(reason),
      closed: this.#closed,
    })
    if (this.#failure !== undefined) this.#closed(this.#failure)
  }

  send(message: Outgoing): void {
    if (message instanceof Uint8Array) return this.sendAlone(message)
    const leavesNow = this.#turn.sends()
    if (this.#packs === 0) this.#write(String(message), leavesNow)
    else this.#pack(message, leavesNow)
  }

  sendAlone(frame: Outgoing): void {
    this.flush()
    this.#leave(frame instanceof Uint8Array ? frame : String(frame))
  }

  pack(characters: number): void {
    this.#packs = characters
  }

  close(reason?: CloseReason): void {
    this.flush()
    this.#transport.close(reason)
  }

  flush(): void {
    try {
      if (this.#frame.count > 0) this.#leave(this.#frame.take())
    } catch (reason) {
      // Whoever sent what was in it has gone on.
      this.#fail(reason)
    }
  }

  /** Gives a message by itself, which the transport may keep for one write with others of this turn. */
  #write(text: string, leavesNow: boolean): void {
    this.#leave(text, !leavesNow)
    this.#corked += text.length
    if (this.#corked >= writeCharacters) this.#uncork()
  }

  #pack(message: string | Brief, leavesNow: boolean): void {
    const frame = this.#frame
    // Frames are closed early, so that the other end works while this one goes on; a long message goes by itself.
    if (frame.length + message.length > this.#packs) this.flush()
    frame.add(message)
    const isFull = frame.count >= (this.#isEarly(message) ? this.#shortFrame : frameMessages)
    if (!(leavesNow && !this.isLocal) && !isFull && frame.length < this.#packs) return
    if (frame.count === 1) this.#leave(frame.take())
    else this.flush()
  }

  /** Whether a frame that ends with `message` leaves early: somebody waits for what it brings about, or for what it says. */
  #isEarly(message: string | Brief): boolean {
    return this.#turn.sent <= beginning && !(message instanceof Brief && message.isNotification)
  }

  #turnIsOver(): void {
    this.flush()
    this.#uncork()
    // Always, for whoever looked meanwhile saw what had not left.
    this.#writable()
  }

  #uncork(): void {
    this.#corked = 0
    try {
      this.#transport.uncork?.()
    } catch (reason) {
      this.#fail(reason)
    }
    this.#look()
  }

  #leave(frame: Encoded, isKept = false): void {
    this.#look()
    try {
      if (isKept) this.#transport.cork?.()
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
