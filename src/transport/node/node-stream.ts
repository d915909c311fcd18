import type { Readable, Writable } from 'node:stream'
import { type ByteSink, type ByteStream, endedByOther, failed } from '../byte-stream.js'
import type { CloseReason } from '../transport.js'
import { writtenBy } from '../written.js'

/** Bytes over a Readable and a Writable of Node, which may be one Duplex. */
export class NodeByteStream implements ByteStream {
  readonly #readable: Readable
  readonly #writable: Writable
  #sink: ByteSink | undefined
  #isReading = false
  #isRead = false
  #isWritten = false
  #reason: CloseReason = endedByOther

  constructor(readable: Readable, writable: Writable) {
    this.#readable = readable
    this.#writable = writable
    // Before anything else, and for ever: an error that nobody hears ends the process.
    readable.on('error', (cause) => this.#failed(cause))
    if (!this.#isDuplex) writable.on('error', (cause) => this.#failed(cause))
  }

  get #isDuplex(): boolean {
    return Object.is(this.#readable, this.#writable)
  }

  get buffered(): number {
    return this.#writable.destroyed ? 0 : this.#writable.writableLength
  }

  get written(): number {
    return writtenBy(this.#writable)
  }

  open(sink: ByteSink): void {
    this.#sink = sink
    this.#readable.once('end', () => this.#ended()).once('close', () => this.#ended())
    this.#writable.once('finish', () => this.#written()).once('close', () => this.#written())
    // One that has come to its end before says nothing any more.
    queueMicrotask(() => {
      if (this.#readable.readableEnded || this.#readable.destroyed) this.#ended()
      if (this.#writable.writableFinished || this.#writable.destroyed) this.#written()
    })
  }

  read(): void {
    if (this.#isReading) return
    this.#isReading = true
    this.#readable.on('data', (chunk: Uint8Array) => this.#sink?.chunk(chunk))
  }

  write(bytes: Uint8Array): void {
    if (!this.#writable.writable) return
    this.#writable.write(bytes, () => {
      if (this.buffered === 0) this.#sink?.drained()
    })
  }

  end(): void {
    this.#writable.end()
  }

  destroy(): void {
    this.#writable.destroy()
    this.#readable.destroy()
  }

  #ended(): void {
    if (this.#isRead) return
    this.#isRead = true
    this.#sink?.ended()
    this.#settle()
  }

  #written(): void {
    if (this.#isWritten) return
    this.#isWritten = true
    this.#sink?.ending()
    this.#settle()
  }

  #failed(cause: Error): void {
    if (this.#reason === endedByOther) this.#reason = failed(cause)
    this.#sink?.ending()
  }

  #settle(): void {
    if (!this.#isRead || !this.#isWritten) return
    // A socket whose halves have both ended is closed by now or at once; of a pair, either may still be open.
    this.destroy()
    this.#sink?.closed(this.#reason)
    this.#sink = undefined
  }
}
