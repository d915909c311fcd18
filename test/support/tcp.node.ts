import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** One frame of RFC 6455 as a server sends it. */
export interface ServerFrame {
  readonly op: number
  readonly payload: Buffer
}

/** The bytes of a TCP connection to a WebSocket server: what no WebSocket library would send. */
export class Tcp {
  readonly socket: Socket
  #bytes = Buffer.alloc(0)
  #ended = false
  #wake: () => void = () => {}

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1')
    this.socket.on('data', (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk])
      this.#wake()
    })
    this.socket.on('close', () => {
      this.#ended = true
      this.#wake()
    })
    this.socket.on('error', () => {})
  }

  /** Asks for a WebSocket, which is granted. */
  async upgrade(port: number): Promise<void> {
    await once(this.socket, 'connect')
    this.socket.write(
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    )
    await this.head()
  }

  /** The status line and headers of an HTTP answer. */
  async head(): Promise<string> {
    while (!this.#bytes.includes('\r\n\r\n')) await this.#more()
    const end = this.#bytes.indexOf('\r\n\r\n') + 4
    return this.#take(end).toString()
  }

  /** The next frame. Undefined where the connection ended without one. */
  async frame(): Promise<ServerFrame | undefined> {
    while (this.#bytes.length < 2 || this.#bytes.length < this.#frameEnd()) {
      if (this.#ended) return undefined
      await this.#more()
    }
    const start = this.#frameStart()
    const frame = this.#take(this.#frameEnd())
    return { op: (frame[0] ?? 0) & 0x0f, payload: frame.subarray(start) }
  }

  /** Every byte until the other end hangs up. */
  async rest(): Promise<string> {
    while (!this.#ended) await this.#more()
    return this.#bytes.toString()
  }

  #frameStart(): number {
    const length = (this.#bytes[1] ?? 0) & 0x7f
    return length === 127 ? 10 : length === 126 ? 4 : 2
  }

  #frameEnd(): number {
    const start = this.#frameStart()
    if (this.#bytes.length < start) return start
    if (start === 2) return start + ((this.#bytes[1] ?? 0) & 0x7f)
    return (
      start + (start === 4 ? this.#bytes.readUInt16BE(2) : Number(this.#bytes.readBigUInt64BE(2)))
    )
  }

  #take(length: number): Buffer {
    const taken = this.#bytes.subarray(0, length)
    this.#bytes = this.#bytes.subarray(length)
    return taken
  }

  async #more(): Promise<void> {
    if (this.#ended) throw new Error(`the connection ended: ${this.#bytes.toString()}`)
    await new Promise<void>((resolve) => (this.#wake = resolve))
  }
}
