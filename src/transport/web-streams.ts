import { type ByteSink, type ByteStream, endedByOther, failed } from './byte-stream.js'
import { type FramedOptions, framedTransport } from './framed.js'
import type { CloseReason, Transport } from './transport.js'

/** A pair of web streams, such as those of a WebTransport stream, a serial port or a Deno child process. */
export interface WebStreams {
  readonly readable: ReadableStream<Uint8Array>
  readonly writable: WritableStream<Uint8Array>
}

/** Text frames over a pair of web streams that nothing else reads or writes. */
export function webStreamTransport(streams: WebStreams, options?: FramedOptions): Transport {
  return framedTransport(new WebByteStream(streams), options)
}

class WebByteStream implements ByteStream {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>
  #sink: ByteSink | undefined
  #buffered = 0
  #isReading = false
  #isRead = false
  #isWritten = false
  #reason: CloseReason = endedByOther

  constructor({ readable, writable }: WebStreams) {
    this.#reader = readable.getReader()
    this.#writer = writable.getWriter()
  }

  get buffered(): number {
    return this.#buffered
  }

  open(sink: ByteSink): void {
    this.#sink = sink
    this.#writer.closed.then(
      () => this.#written(),
      (cause) => this.#fail(cause, () => this.#written()),
    )
  }

  read(): void {
    if (this.#isReading) return
    this.#isReading = true
    this.#pump().then(
      () => this.#ended(),
      (cause) => this.#fail(cause, () => this.#ended()),
    )
  }

  write(bytes: Uint8Array): void {
    this.#buffered += bytes.length
    const gone = () => {
      this.#buffered -= bytes.length
      if (this.#buffered === 0) this.#sink?.drained()
    }
    // A write that fails is told by `closed`, too.
    this.#writer.write(bytes).then(gone, gone)
  }

  end(): void {
    this.#writer.close().catch(() => {})
  }

  destroy(): void {
    // Each may fail where its stream has ended: what was asked for is so then.
    this.#writer.abort().catch(() => {})
    this.#reader.cancel().catch(() => {})
    this.#isRead = true
    this.#written()
  }

  async #pump(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#reader.read()
      if (done) return
      this.#sink?.chunk(value)
    }
  }

  #ended(): void {
    this.#isRead = true
    this.#sink?.ended()
    this.#settle()
  }

  #written(): void {
    this.#isWritten = true
    this.#sink?.ending()
    this.#settle()
  }

  #fail(cause: unknown, ended: () => void): void {
    if (this.#reason === endedByOther) this.#reason = failed(cause)
    ended()
  }

  #settle(): void {
    if (!this.#isRead || !this.#isWritten) return
    this.#sink?.closed(this.#reason)
    this.#sink = undefined
  }
}
