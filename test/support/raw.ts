import type { CloseReason, Transport } from 'bothways'

/** The end of a transport without a peer: sends any text, and keeps what arrives. */
export class Raw {
  /** Every frame that arrived, as text. */
  readonly frames: string[] = []
  readonly closed: Promise<CloseReason>
  readonly #transport: Transport
  #read = 0
  #wake: () => void = () => {}
  #end: CloseReason | undefined

  constructor(transport: Transport) {
    this.#transport = transport
    this.closed = new Promise((resolve) => {
      transport.start({
        frame: (data) => this.#arrived(String(data)),
        writable: () => {},
        activity: () => {},
        closed: (reason) => {
          this.#end = reason
          resolve(reason)
          this.#wake()
        },
      })
    })
  }

  send(frame: string | Uint8Array): void {
    this.#transport.send(frame)
  }

  close(reason?: CloseReason): void {
    this.#transport.close(reason)
  }

  #arrived(text: string): void {
    this.frames.push(text)
    this.#wake()
  }

  /** The next frame as text. Rejects where the transport ended first. */
  async nextText(): Promise<string> {
    while (this.#read === this.frames.length) {
      if (this.#end !== undefined)
        throw new Error(`ended with ${this.#end.code} ${this.#end.reason}`)
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    return this.frames[this.#read++] ?? ''
  }

  /** The next frame, parsed. */
  async next(): Promise<unknown> {
    return JSON.parse(await this.nextText())
  }

  /**
   * What arrives before the answer to a call made now. Handlers start in order, so whatever was sent before and is
   * answered at once has been answered by then; what is answered later shows in a later fence.
   */
  async fence(): Promise<unknown[]> {
    const id = `fence ${fences++}`
    this.send(JSON.stringify({ jsonrpc: '2.0', id, method: fenceMethod }))
    const before: unknown[] = []
    for (;;) {
      const message = await this.next()
      if (isAnswerTo(id, message)) return before
      before.push(message)
    }
  }
}

let fences = 0

/** The method that `fence` calls; whether it exists does not matter. */
export const fenceMethod = 'raw.fence'

function isAnswerTo(id: string, message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'id' in message && message.id === id
}
