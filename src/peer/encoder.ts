import { errorCodes, RpcError } from '../protocol/error.js'
import { encode, isOver } from '../protocol/json.js'
import { type Limits, overLimit } from '../protocol/limits.js'
import type { Meta } from '../protocol/message.js'
import { notificationText, requestText } from '../protocol/text.js'

/** What this end asks and tells, as text: encoded when it is sent, within what both ends agreed on. */
export class Encoder {
  readonly #nesting: number
  #largest: number
  #takesMeta = false

  constructor({ nesting, message }: Limits) {
    this.#nesting = nesting
    this.#largest = message
  }

  /** Bytes that both ends take in one message. */
  get largest(): number {
    return this.#largest
  }

  /** Whether the other end takes `meta`. */
  get takesMeta(): boolean {
    return this.#takesMeta
  }

  agree(largest: number, takesMeta: boolean): void {
    this.#largest = largest
    this.#takesMeta = takesMeta
  }

  request(id: number, method: string, params: unknown, meta?: Meta): string {
    return this.#within(
      method,
      requestText(id, method, this.#params(method, params), this.#meta(method, meta)),
    )
  }

  notification(method: string, params: unknown, meta?: Meta): string {
    return this.#within(
      method,
      notificationText(method, this.#params(method, params), this.#meta(method, meta)),
    )
  }

  #params(method: string, params: unknown): string {
    if (params === undefined) return ''
    try {
      if (typeof params === 'object' && params !== null) return encode(params, this.#nesting - 1)
      throw new RpcError(errorCodes.encoding, 'params are an object or an array')
    } catch (reason) {
      const { code, message, data } = RpcError.from(reason)
      throw new RpcError(code, `"${method}" was not sent: params: ${message}`, {
        data,
        method,
        delivery: 'unsent',
      })
    }
  }

  #meta(method: string, meta: Meta | undefined): string {
    if (meta === undefined) return ''
    if (this.#takesMeta) return encode(meta, this.#nesting - 1)
    throw new RpcError(
      errorCodes.unavailable,
      `"${method}" was not sent: the other end takes no meta`,
      {
        method,
        delivery: 'unsent',
        hint: 'both ends must have said rpc.hello: await peer.greeted',
      },
    )
  }

  #within(method: string, text: string): string {
    if (!isOver(text, this.#largest)) return text
    throw overLimit(`"${method}" was not sent: it is`, 'message', this.#largest, {
      size: text.length,
      method,
      delivery: 'unsent',
    })
  }
}
