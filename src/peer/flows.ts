import type { Encoded } from '../protocol/codec.js'
import { answerable, errorCodes, RpcError } from '../protocol/error.js'
import type { Id, IncomingNotification } from '../protocol/message.js'
import { reserved } from '../protocol/reserved.js'
import { inputEndText, itemsText, windowText } from '../protocol/text.js'
import { boundsOf, type Credit } from '../stream/credit.js'
import { StreamReader } from '../stream/stream-reader.js'
import { StreamWriter, type WriterHost } from '../stream/stream-writer.js'
import type { Reply } from './batch.js'
import type { Dispatcher } from './dispatcher.js'
import type { Encoder, Streamed } from './encoder.js'
import type { IncomingCall } from './incoming-call.js'
import type { Diagnostic } from './options.js'
import type { Outbox } from './outbox.js'
import type { Flow, Requests } from './requests.js'
import { inputIn, outputIn, windowIn } from './stream-messages.js'

/** What flows need of the peer they belong to. */
export interface FlowParts {
  readonly encoder: Encoder
  readonly outbox: Outbox
  readonly requests: Requests
  /** What readers of this end give. */
  readonly credit: Credit
  /** Whether the other end knows what this end announced. */
  readonly hasAgreed: () => boolean
  readonly redact: boolean
  readonly reply: Reply
  readonly tolerate: (error: RpcError) => void
  readonly diagnose: (event: Diagnostic) => void
  readonly isCongested: () => boolean
  readonly room: () => Promise<void>
}

/** What goes to and fro beside requests and their answers: stream items, credit for them, and progress. */
export class Flows {
  readonly #parts: FlowParts

  constructor(parts: FlowParts) {
    this.#parts = parts
  }

  /** Takes in what came beside an answer. False where `message` is something else. */
  take({ method, params }: IncomingNotification, dispatcher: Dispatcher): boolean {
    const { requests, tolerate, diagnose } = this.#parts
    if (method === reserved.progress) {
      const { token, value } = Object(params)
      return requests.progress(token, value, (cause) =>
        diagnose({ kind: 'listenerFailed', message: 'onProgress failed', cause }),
      )
    }
    const takeIn = takers.get(method)
    if (takeIn === undefined) return false
    if (!takeIn(params, requests, dispatcher))
      tolerate(new RpcError(errorCodes.invalidRequest, `${method} is for no stream`))
    return true
  }

  /** Reads one of the two streams of a request. */
  reader<T, R>(idOf: () => Id, of: 'output' | 'input', left: () => void): StreamReader<T, R> {
    const { credit, reply, hasAgreed } = this.#parts
    // Whoever streams beside its request may have made that before it heard anything.
    const bounds = boundsOf(credit, of === 'output' && hasAgreed())
    const consumed = (count: number) => reply(windowText(idOf(), of, count))
    return new StreamReader<T, R>({ bounds, consumed, left })
  }

  /** Reads what the caller of `call` streams. */
  readerFor(call: IncomingCall): StreamReader {
    return this.reader(
      () => call.id,
      'input',
      () => {},
    )
  }

  /** Writes what `call` is answered with, item by item. */
  writerFor({ id, method }: IncomingCall, source: AsyncIterable<unknown>): StreamWriter {
    const streamed = { id, of: reserved.output, method }
    return new StreamWriter(source, {
      ...this.#host(streamed),
      encode: (item, index) => this.#item(streamed, item, index),
    })
  }

  /** Writes what this end streams beside request `id`, until that is settled: then `flow` has what is to stop. */
  writeInput(id: number, method: string, source: AsyncIterable<unknown>, flow: Flow): void {
    const { outbox, requests, reply, isCongested } = this.#parts
    const writer = new StreamWriter(source, {
      ...this.#host({ id, of: reserved.input, method }),
      isCongested: () => outbox.holds(id) || isCongested(),
    })
    const ended = (failure?: string) => {
      if (requests.has(id)) reply(inputEndText(id, failure))
    }
    flow.input = writer
    // Whatever code of the source's own ran meanwhile may have settled the request.
    if (!requests.has(id)) writer.end(undefined)
    writer.write().then(
      () => ended(),
      (reason) => ended(this.#failure(reason)),
    )
  }

  /** Tells the caller of `call` how far it is. While too much waits to leave, only the newest is kept. */
  progress(call: IncomingCall, value: unknown): void {
    const { encoder, reply, isCongested } = this.#parts
    const text = encoder.progress(call.id, value)
    if (!isCongested()) return reply(text)
    const isWaiting = call.latest !== undefined
    call.latest = text
    if (!isWaiting) void this.#catchUp(call)
  }

  async #catchUp(call: IncomingCall): Promise<void> {
    const { reply, isCongested, room } = this.#parts
    do await room()
    while (isCongested())
    const { latest = '' } = call
    call.latest = undefined
    if (!call.isAnswered) reply(latest)
  }

  #host(streamed: Streamed): WriterHost {
    const { encoder, reply, isCongested, room } = this.#parts
    const { of, id } = streamed
    return {
      credit: encoder.credit,
      fits: (characters) => encoder.fits(characters),
      isCongested,
      room,
      send: (items) => reply(typeof items === 'string' ? itemsText(of, id, items) : items),
      encode: (item, index) => encoder.item(streamed, item, index),
    }
  }

  /** An item of this end's own stream. What a handler gave that cannot be sent is its failure, not its caller's. */
  #item(streamed: Streamed, item: unknown, index: number): Encoded {
    try {
      return this.#parts.encoder.item(streamed, item, index)
    } catch (cause) {
      const { code, message } = RpcError.from(cause)
      throw code === errorCodes.encoding ? new Error(message, { cause }) : cause
    }
  }

  #failure(reason: unknown): string {
    const { code, message } = answerable(reason, this.#parts.redact)
    return JSON.stringify({ code, message: message.slice(0, 1_000) })
  }
}

/** Takes in a notification about a stream. False where it is about none. */
type TakeIn = (params: unknown, requests: Requests, dispatcher: Dispatcher) => boolean

const takers: ReadonlyMap<string, TakeIn> = new Map<string, TakeIn>([
  [
    reserved.output,
    (params, requests) => {
      const output = outputIn(params)
      return output !== undefined && requests.output(output.id, output.items)
    },
  ],
  [
    reserved.input,
    (params, _requests, dispatcher) => {
      const input = inputIn(params)
      if (input !== undefined) dispatcher.input(input.id, input.arrived)
      return input !== undefined
    },
  ],
  [
    reserved.window,
    (params, requests, dispatcher) => {
      const window = windowIn(params)
      if (window?.of === 'input') return requests.consumed(window.id, window.consumed)
      if (window !== undefined) dispatcher.consumed(window.id, window.consumed)
      return window !== undefined
    },
  ],
])
