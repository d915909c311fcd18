import { Brief, type Outgoing } from '../protocol/brief.js'
import type { Codec, Encoded } from '../protocol/codec.js'
import type { Wording } from '../protocol/dialect.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import { encode, type Found, isOver } from '../protocol/json.js'
import { frameCharacters, type Limits, overLimit } from '../protocol/limits.js'
import type { Id, Meta } from '../protocol/message.js'
import { type Feature, features, reserved } from '../protocol/reserved.js'
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

/** A stream, as its items name it: the request it belongs to, and which of its two ways it goes. */
export interface Streamed {
  readonly id: Id
  readonly of: 'rpc.output' | 'rpc.input'
  readonly method: string
}

/** What this end says: encoded when it is sent, within what both ends agreed on. Text, but where it holds bytes. */
export class Encoder {
  readonly #limits: Limits
  readonly #wording: Wording
  #largest: number
  #nesting: number
  #credit = defaultCredit
  #takesMeta = false
  #takesFrames = false
  #takesRuns = false
  readonly #own: Codec | undefined
  /** What both ends have for bytes. */
  #codec: Codec | undefined

  constructor(limits: Limits, wording: Wording, codec?: Codec) {
    this.#limits = limits
    this.#wording = wording
    this.#own = codec
    this.#largest = limits.message
    this.#nesting = limits.nesting
  }

  /** What this end can do. */
  get features(): readonly Feature[] {
    return this.#own === undefined ? features : [...features, 'bytes']
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

  /** Whether the other end takes runs of messages that are alike. */
  get takesRuns(): boolean {
    return this.#takesRuns
  }

  /** How far this end may run ahead of the other when it writes a stream. */
  get credit(): Credit {
    return this.#credit
  }

  /** Whether so many characters of items are no more than one message should hold: each has three bytes at the most. */
  fits(characters: number): boolean {
    return characters < frameCharacters && characters * 3 <= this.#largest - envelope
  }

  /** Takes note of what the other end takes. */
  agree({ features, message, nesting, credit }: Introduction): void {
    this.#credit = credit
    this.#largest = Math.min(this.#largest, message)
    this.#nesting = Math.min(this.#nesting, nesting)
    this.#takesMeta = features.includes('meta')
    this.#takesFrames = features.includes('frames')
    this.#takesRuns = this.#takesFrames && features.includes('runs')
    if (this.#takesFrames && features.includes('bytes')) this.#codec = this.#own
  }

  /** A request; `isFollowed` says that its progress is wanted. */
  request(id: number, method: string, params: unknown, meta?: Meta, isFollowed = false): Outgoing {
    return this.#call(id, method, params, meta, isFollowed)
  }

  /** A request for the stream that `method` answers with. */
  stream(id: number, method: string, params: unknown, hasInput: boolean, meta?: Meta): Encoded {
    const found = this.#found()
    const inner = this.#params(method, params, found, this.#nesting - 2)
    const members = [
      `"method":${JSON.stringify(method)}`,
      ...(inner === '' ? [] : [`"params":${inner}`]),
      ...(hasInput ? ['"input":true'] : []),
    ]
    const beside = this.#meta(method, meta)
    const text = this.#wording.request(id, reserved.stream, `{${members}}`, beside, false)
    if (!found?.bytes) return this.#within(method, text)
    const asked = { method, params, input: hasInput || undefined }
    return this.#packed(method, { id, method: reserved.stream, params: asked, meta })
  }

  /**
   * Item number `index` of a stream: its text, or, where it holds bytes, the message with this item alone. Throws, naming
   * both, where it cannot be sent.
   */
  item({ id, of, method }: Streamed, item: unknown, index: number): Encoded {
    try {
      const found = this.#found()
      const json = encode(item, this.#nesting - 3, found)
      const text = found?.bytes ? this.#pack({ method: of, params: { id, values: [item] } }) : json
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

  notification(method: string, params: unknown, meta?: Meta): Outgoing {
    return this.#call(undefined, method, params, meta)
  }

  /** How far request `id` of the other end is. */
  progress(id: Id, value: unknown): Encoded {
    const method = reserved.progress
    const found = this.#found()
    const params = { token: id, value }
    const whole = this.#wording.progress(id, this.#params(method, params, found))
    return found?.bytes ? this.#packed(method, { method, params }) : this.#within(method, whole)
  }

  /** Asks whether the other end is there: within any limit that it may have announced. */
  ping(id: number): string {
    return this.#wording.request(id, reserved.ping, '', '', false)
  }

  /** The answer to that. */
  pong(id: Id): string {
    return this.#wording.result(id, 'null')
  }

  /** That nobody waits for the answer to request `id` any more. */
  cancel(id: number): string {
    return this.#wording.notification(reserved.cancel, `{"id":${id}}`, '')
  }

  /** The answer that `result` is. Throws where it cannot be sent. */
  result(id: Id, method: string, result: unknown): Outgoing {
    const found = this.#found()
    const json = encode(result, this.#nesting - 1, found)
    const brief = Number.isSafeInteger(id) && this.#brief(undefined, id as number, json, '', found)
    if (brief) return brief
    const text = found?.bytes ? this.#pack({ id, result }) : this.#wording.result(id, json)
    if (!isOver(text, this.#largest)) return text
    throw overLimit(`the result of "${method}" is`, 'message', this.#largest)
  }

  /** The answer that `error` is, without its data and what else of it cannot be sent. Never throws. */
  failure(id: Id, error: RpcError): Encoded {
    try {
      const found = this.#found()
      encode(error.data, this.#nesting - 2, found)
      const text = found?.bytes
        ? this.#pack({ id, error: error.toWire() })
        : this.#wording.error(id, error)
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

  /** What looks for bytes in what is said next, where both ends have a codec. */
  #found(): Found | undefined {
    return this.#codec && { bytes: false }
  }

  /** A message that may be one of a run: a short one, where the other end takes runs. */
  #brief(
    method: string | undefined,
    id: number | undefined,
    body: string,
    meta: string,
    found: Found | undefined,
  ): Brief | undefined {
    if (!this.#takesRuns || found?.bytes) return undefined
    const brief = new Brief(method, id, body, meta)
    return brief.length < Math.min(longest, this.#largest / escaped) ? brief : undefined
  }

  #pack(message: object): Uint8Array {
    return (this.#codec as Codec).encode({ jsonrpc: '2.0', ...message })
  }

  #params(
    method: string,
    params: unknown,
    found: Found | undefined,
    nesting = this.#nesting - 1,
  ): string {
    // In JavaScript it may be anything, and undefined breaks the frame it is in, with the calls of others.
    if (typeof method !== 'string')
      throw new RpcError(errorCodes.encoding, 'a method is a string', { delivery: 'unsent' })
    if (params === undefined) return ''
    try {
      // Bytes themselves are an object whose members are numbers.
      if (typeof params === 'object' && params !== null && !ArrayBuffer.isView(params))
        return encode(params, nesting, found)
      throw new RpcError(errorCodes.encoding, 'params are an object or an array')
    } catch (reason) {
      throw unsent(method, reason)
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

  /** Throws where `count` calls of so many bytes, of which the last is that of `method`, are more than one batch may hold. */
  checkBatch(method: string, count: number, bytes: number): void {
    const { batch } = this.#limits
    if (count > batch) throw tooMuch(method, 'batch', batch, count)
    if (bytes > this.#largest) throw tooMuch(method, 'message', this.#largest, bytes)
  }

  /** A call; a notification has no id. Throws where it cannot be sent. */
  #call(
    id: number | undefined,
    method: string,
    params: unknown,
    meta: Meta | undefined,
    isFollowed = false,
  ): Outgoing {
    const found = this.#found()
    const text = this.#params(method, params, found)
    const beside = this.#meta(method, meta)
    const brief = this.#brief(method, id, text, beside, found)
    if (brief !== undefined) return brief
    if (found?.bytes) return this.#packed(method, { id, method, params, meta })
    const whole =
      id === undefined
        ? this.#wording.notification(method, text, beside)
        : this.#wording.request(id, method, text, beside, isFollowed)
    return this.#within(method, whole)
  }

  /** The call of `method` where it holds bytes. Throws where it cannot be sent. */
  #packed(method: string, message: object): Uint8Array {
    let packed: Uint8Array
    try {
      packed = this.#pack(message)
    } catch (reason) {
      throw unsent(method, reason)
    }
    return this.#within(method, packed)
  }

  #within<T extends Encoded>(method: string, text: T): T {
    if (!isOver(text, this.#largest)) return text
    throw tooMuch(method, 'message', this.#largest, text.length)
  }
}

/** Characters of a message that gains by being one of a run. */
const longest = 1_024

/** Bytes of one character at the most. */
const escaped = 6

/** Characters of a message beside the one item in it: an id may have 256, escaped. */
const envelope = 2_048

function unsent(method: string, reason: unknown): RpcError {
  const { code, message, data, hint } = RpcError.from(reason)
  const what = `"${method}" was not sent: params: ${message}`
  return new RpcError(code, what, { data, hint, method, delivery: 'unsent' })
}

function tooMuch(method: string, limit: keyof Limits, value: number, size: number): RpcError {
  const details = { size, method, delivery: 'unsent' } as const
  return overLimit(`"${method}" was not sent: it is`, limit, value, details)
}
