import { errorCodes, RpcError } from '../protocol/error.js'
import { encode, isOver } from '../protocol/json.js'
import { type Limits, overLimit } from '../protocol/limits.js'
import type { Meta } from '../protocol/message.js'
import { notificationText, requestText } from '../protocol/text.js'

/** What this end asks and tells, as text: encoded when it is sent, within what both ends agreed on. */
export class Encoder {
  readonly #limits: Limits
  #largest: number
  #takesMeta = false

  constructor(limits: Limits) {
    this.#limits = limits
    this.#largest = limits.message
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
      if (typeof params === 'object' && params !== null)
        return encode(params, this.#limits.nesting - 1)
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
    if (this.#takesMeta) return encode(meta, this.#limits.nesting - 1)
    const hint = 'both ends must have said rpc.hello: await peer.greeted'
    const what = `"${method}" was not sent: the other end takes no meta`
    throw new RpcError(errorCodes.unavailable, what, { method, delivery: 'unsent', hint })
  }

  /** Throws where `texts`, of which the last is the call of `method`, are more than one batch may hold. */
  checkBatch(method: string, texts: readonly string[]): void {
    const { batch } = this.#limits
    if (texts.length > batch) throw tooMuch(method, 'batch', batch, texts.length)
    this.#within(method, `[${texts}]`)
  }

  #within(method: string, text: string): string {
    if (!isOver(text, this.#largest)) return text
    throw tooMuch(method, 'message', this.#largest, text.length)
  }
}

function tooMuch(method: string, limit: keyof Limits, value: number, size: number): RpcError {
  const details = { size, method, delivery: 'unsent' } as const
  return overLimit(`"${method}" was not sent: it is`, limit, value, details)
}
