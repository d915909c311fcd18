import type { Wording } from '../protocol/dialect.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import { encode, isOver } from '../protocol/json.js'
import { type Limits, overLimit } from '../protocol/limits.js'
import type { Id, Meta } from '../protocol/message.js'
import { type Feature, reserved } from '../protocol/reserved.js'
import { jsonRpc } from '../protocol/text.js'
import { type Credit, defaultCredit } from '../stream/credit.js'

/** What the other end said of itself in `rpc.hello`. */
export interface Introduction {
  readonly features: readonly Feature[]
  /** Bytes of one message that it takes. */
  readonly message: number
  readonly nesting: number
  /** Requests that it handles at once. */
  readonly inbound: number
  /** How far a writer of a stream may run ahead of it. */
  readonly credit: Credit
}

/** What this end says, as text: encoded when it is sent, within what both ends agreed on. */
export class Encoder {
  readonly #limits: Limits
  readonly #wording: Wording
  #largest: number
  #nesting: number
  #credit = defaultCredit
  #takesMeta = false
  #takesFrames = false

  constructor(limits: Limits, wording: Wording) {
    this.#limits = limits
    this.#wording = wording
    this.#largest = limits.message
    this.#nesting = limits.nesting
  }

  /** Bytes that both ends take in one message. */
  get largest(): number {
    return this.#largest
  }

  /** Whether the other end takes `meta`. */
  get takesMeta(): boolean {
    return this.#takesMeta
  }

  /** Whether the other end takes frames of several messages. */
  get takesFrames(): boolean {
    return this.#takesFrames
  }

  /** How far this end may run ahead of the other when it writes a stream. */
  get credit(): Credit {
    return this.#credit
  }

  /** Takes note of what the other end takes. */
  agree({ features, message, nesting, credit }: Introduction): void {
    this.#credit = credit
    this.#largest = Math.min(this.#largest, message)
    this.#nesting = Math.min(this.#nesting, nesting)
    this.#takesMeta = features.includes('meta')
    this.#takesFrames = features.includes('frames')
  }

  /** A request; `isFollowed` says that its progress is wanted. */
  request(id: number, method: string, params: unknown, meta?: Meta, isFollowed = false): string {
    const text = this.#params(method, params)
    return this.#within(
      method,
      this.#wording.request(id, method, text, this.#meta(method, meta), isFollowed),
    )
  }

  /** A request for the stream that `method` answers with. */
  stream(id: number, method: string, params: unknown, hasInput: boolean, meta?: Meta): string {
    const inner = this.#params(method, params, this.#nesting - 2)
    const members = [
      `"method":${JSON.stringify(method)}`,
      ...(inner === '' ? [] : [`"params":${inner}`]),
      ...(hasInput ? ['"input":true'] : []),
    ]
    const beside = this.#meta(method, meta)
    return this.#within(
      method,
      this.#wording.request(id, reserved.stream, `{${members}}`, beside, false),
    )
  }

  /** Item number `index` of a stream that `method` writes. Throws, naming both, where it cannot be sent. */
  item(method: string, item: unknown, index: number): string {
    try {
      const text = encode(item, this.#nesting - 3)
      if (!isOver(text, this.#largest - envelope)) return text
      throw overLimit('it is', 'message', this.#largest, { size: text.length })
    } catch (reason) {
      const { code, message, data } = RpcError.from(reason)
      throw new RpcError(code, `item ${index} of "${method}" cannot be sent: ${message}`, {
        data,
        method,
      })
    }
  }

  notification(method: string, params: unknown, meta?: Meta): string {
    const text = this.#params(method, params)
    return this.#within(method, this.#wording.notification(method, text, this.#meta(method, meta)))
  }

  /** How far request `id` of the other end is. */
  progress(id: Id, value: unknown): string {
    const params = this.#params(reserved.progress, { token: id, value })
    return this.#within(reserved.progress, this.#wording.progress(id, params))
  }

  /** That nobody waits for the answer to request `id` any more. */
  cancel(id: number): string {
    return this.#wording.notification(reserved.cancel, `{"id":${id}}`, '')
  }

  /** The answer that `result` is. Throws where it cannot be sent. */
  result(id: Id, method: string, result: unknown): string {
    const text = this.#wording.result(id, encode(result, this.#nesting - 1))
    if (!isOver(text, this.#largest)) return text
    throw overLimit(`the result of "${method}" is`, 'message', this.#largest)
  }

  /** The answer that `error` is, without its data and what else of it cannot be sent. Never throws. */
  failure(id: Id, error: RpcError): string {
    try {
      encode(error.data, this.#nesting - 2)
      const text = this.#wording.error(id, error)
      if (!isOver(text, this.#largest)) return text
    } catch {
      // Its data is left out below; the code and the message are what a caller needs most.
    }
    const { code, message } = error
    for (let length = typeof message === 'string' ? 1_000 : 0; ; length >>= 1) {
      const short = new RpcError(code, length > 0 ? message.slice(0, length) : '')
      const text = this.#wording.error(id, short)
      if (length === 0 || !isOver(text, this.#largest)) return text
    }
  }

  #params(method: string, params: unknown, nesting = this.#nesting - 1): string {
    if (params === undefined) return ''
    try {
      if (typeof params === 'object' && params !== null) return encode(params, nesting)
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
    // A dialect says itself what it has no words for.
    if (this.#takesMeta || this.#wording !== jsonRpc) return encode(meta, this.#nesting - 1)
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

/** Characters of a message beside the one item in it: an id may have 256, escaped. */
const envelope = 2_048

function tooMuch(method: string, limit: keyof Limits, value: number, size: number): RpcError {
  const details = { size, method, delivery: 'unsent' } as const
  return overLimit(`"${method}" was not sent: it is`, limit, value, details)
}
