import { closeCodes } from '../protocol/close-codes.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import { checkAmount, defaultLimits, type Limits } from '../protocol/limits.js'
import { after, type Runtime, systemRuntime } from '../runtime.js'
import { type ByteStream, endedByOther } from './byte-stream.js'
import { FrameDeadline } from './frame-deadline.js'
import type { Decoder, Framing } from './framing/framing.js'
import { type FramingOption, framingOf } from './framing/framings.js'
import * as defaults from './limits.js'
import {
  type CloseReason,
  normalClose,
  type Transport,
  type TransportListener,
} from './transport.js'

/** How frames are carried by a stream of bytes. */
export interface FramedOptions {
  /** How frames are told apart. Default `newline`. */
  readonly framing?: FramingOption
  /** `message` bounds what is read; `stall`, how long answers after the last byte may stand still. */
  readonly limits?: Partial<Limits>
  /**
   * Milliseconds until the next answer must leave once the other end has sent its last byte, and may still read. Default
   * 1,000: an end that closed, and is owed answers, waits no longer than `closeWait`. 0 ends it at once.
   */
  readonly linger?: number
  /** Milliseconds for a message to be whole once it has begun; over it the stream ends with 4008. Default 30,000; Infinity for never. */
  readonly frameTimeout?: number
  /** Clock and timers. Default: those of the process. */
  readonly runtime?: Runtime
}

/** Frames over `stream`. Sending throws `encoding` for a frame that the framing does not carry. */
export function framedTransport(stream: ByteStream, options: FramedOptions = {}): Transport {
  return new FramedTransport(stream, options)
}

class FramedTransport implements Transport {
  readonly #stream: ByteStream
  readonly #framing: Framing
  readonly #decoder: Decoder
  readonly #runtime: Runtime
  #listener: TransportListener | undefined
  /** The end that this end has chosen: by closing, or because what arrives is no frames. */
  #chosen: CloseReason | undefined
  #end: CloseReason | undefined
  #isEnding = false
  #isTold = false
  #isCorked = false
  /** What was sent and has not been written. */
  #sent: (string | Uint8Array)[] = []
  #sentLength = 0
  readonly #linger: number
  readonly #stall: number
  readonly #deadline: FrameDeadline
  #frames = 0
  #isHalf = false
  #stopWaiting: () => void = () => {}

  constructor(
    stream: ByteStream,
    {
      framing,
      limits,
      linger = defaults.linger,
      frameTimeout = defaults.frameTimeout,
      runtime = systemRuntime,
    }: FramedOptions,
  ) {
    checkAmount('linger', linger)
    checkAmount('frameTimeout', frameTimeout)
    this.#linger = linger
    this.#stall = limits?.stall ?? defaultLimits.stall
    this.#deadline = new FrameDeadline(runtime, frameTimeout, () =>
      this.#fail({
        code: closeCodes.tooSlow,
        reason: `a message began, and was not whole after ${frameTimeout} ms`,
      }),
    )
    this.#stream = stream
    this.#framing = framingOf(framing)
    this.#runtime = runtime
    const limit = limits?.message ?? defaultLimits.message
    this.#decoder = this.#framing.decoder(limit, (data) => this.#frame(data))
    stream.open({
      chunk: (bytes) => this.#chunk(bytes),
      drained: () => this.#drained(),
      ended: () => this.#ended(),
      ending: () => this.#finish(),
      closed: (reason) => this.#closed(reason),
    })
  }

  get buffered(): number {
    return this.#sentLength + this.#stream.buffered
  }

  get written(): number | undefined {
    return this.#stream.written
  }

  /** What falls as soon as anything leaves. */
  get #unmoved(): number {
    return this.buffered - (this.written ?? 0)
  }

  start(listener: TransportListener): void {
    this.#listener = listener
    if (this.#end === undefined) this.#stream.read()
    else this.#tell(this.#end)
  }

  send(frame: string | Uint8Array): void {
    if (this.#isEnding) return
    const fault = this.#framing.faultIn(frame)
    if (fault !== undefined) throw new RpcError(errorCodes.encoding, `the frame ${fault}`)
    this.#sent.push(frame)
    this.#sentLength += frame.length
    if (!this.#isCorked) this.#flush()
  }

  cork(): void {
    this.#isCorked = true
  }

  uncork(): void {
    this.#isCorked = false
    this.#flush()
  }

  close(reason: CloseReason = normalClose): void {
    if (this.#chosen !== undefined || this.#end !== undefined) return
    this.#chosen = reason
    this.#finish()
  }

  #flush(): void {
    if (this.#sent.length === 0) return
    const frames = this.#sent
    this.#sent = []
    this.#sentLength = 0
    this.#stream.write(this.#framing.encode(frames))
    if (this.#isHalf) this.#wait()
  }

  #drained(): void {
    if (this.#isHalf && !this.#isEnding) this.#wait()
    if (!this.#isEnding && this.buffered === 0) this.#listener?.writable()
  }

  #chunk(bytes: Uint8Array): void {
    // What arrives after this end closed is still read, for bytes that nobody reads make the system reset a connection.
    if (this.#chosen !== undefined) return
    this.#listener?.activity()
    const before = this.#frames
    try {
      this.#decoder.push(bytes)
      this.#deadline.look(this.#frames > before, this.#decoder.isInside)
    } catch (reason) {
      this.#broken(RpcError.from(reason))
    }
  }

  #frame(data: string | Uint8Array): void {
    this.#frames++
    if (this.#chosen === undefined) this.#listener?.frame(data)
  }

  /** Where the next frame begins is lost, so that nothing that arrives can be understood any more. */
  #broken({ code, message, hint }: RpcError): void {
    this.#fail({
      code: code === errorCodes.limitExceeded ? 1009 : 1002,
      reason: hint === undefined ? message : `${message} (${hint})`,
    })
  }

  #fail(reason: CloseReason): void {
    this.#chosen ??= reason
    this.#isEnding = true
    this.#deadline.stop()
    this.#stream.destroy()
  }

  /** Has what is still asked answered, where somebody above does that. */
  #ended(): void {
    if (this.#isEnding || this.#linger === 0 || this.#listener?.ending === undefined)
      return this.#finish()
    this.#isHalf = true
    // Later, when what has arrived has been handled.
    this.#stopWaiting = after(this.#runtime, 0, () => {
      this.#wait()
      this.#listener?.ending?.(this.#reasonFor(endedByOther))
    })
  }

  /** Waits for the next answer, or, for as long as something moves, for those before it to be read. */
  #wait(): void {
    this.#stopWaiting()
    const unmoved = this.#unmoved
    const patience = this.buffered > 0 ? Math.max(this.#stall, this.#linger) : this.#linger
    this.#stopWaiting = after(this.#runtime, patience, () => {
      if (this.#unmoved < unmoved) this.#wait()
      else this.#finish()
    })
  }

  /** Lets what was sent leave, and waits for the other end to do the same. */
  #finish(): void {
    if (this.#isEnding) return
    this.#deadline.stop()
    this.#flush()
    this.#isEnding = true
    // Whoever waits for the end of a stream has to read it.
    this.#stream.read()
    this.#stream.end()
    this.#stopWaiting()
    this.#stopWaiting = after(this.#runtime, defaults.closeWait, () => this.#stream.destroy())
  }

  #closed(reason: CloseReason): void {
    this.#stopWaiting()
    this.#deadline.stop()
    this.#isEnding = true
    this.#end = this.#chosen ?? this.#reasonFor(reason)
    const end = this.#end
    // Told in a later turn, as by every transport: whoever closes is not in the middle of being told.
    queueMicrotask(() => this.#tell(end))
  }

  #reasonFor(reason: CloseReason): CloseReason {
    return this.#decoder.isInside ? cutOff(reason) : reason
  }

  #tell(reason: CloseReason): void {
    if (this.#isTold || this.#listener === undefined) return
    this.#isTold = true
    this.#listener.closed(reason)
  }
}

/** The end of a stream in the middle of a frame, which is no good end. */
function cutOff({ reason }: CloseReason): CloseReason {
  return { code: 1006, reason: `${reason}, in the middle of a message` }
}
