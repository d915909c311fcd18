import { errorCodes, RpcError } from '../protocol/error.js'
import { decode, isOver, isWithin, textOf } from '../protocol/json.js'
import type { Limits } from '../protocol/limits.js'
import { classify, type Id, type Incoming } from '../protocol/message.js'
import { errorText } from '../protocol/text.js'
import { BatchReply, type Reply } from './batch.js'

type Answer = Extract<Incoming, { kind: 'result' | 'error' | 'malformed' }>
type Call = Extract<Incoming, { kind: 'request' | 'notification' }>

/** Where an inbox takes what arrived, in order. */
export interface Receiver {
  settle(answer: Answer): void
  dispatch(call: Call, reply: Reply): void
  /** Sends one frame that is an answer to what could not be understood, or to a whole batch. */
  reply: Reply
  /** Counts a message that was no JSON-RPC. False once there were too many and the connection is closing. */
  tolerate(error: RpcError): boolean
  /** Whether a request with this id waits for its answer. */
  awaits(id: Id): boolean
  /** Whether so much waits to leave that nothing more should be taken in. */
  isCongested(): boolean
}

/**
 * Microtask turns between an answer and the call that arrived behind it, so that whoever awaited the answer has gone on
 * before the next message is handled. One for the `await`, three for each `async` function that handed the promise on.
 */
const turnsAfterAnswer = 8

/** What arrives: parsed, told apart, and handed on one by one in the order of arrival. */
export class Inbox {
  readonly #limits: Limits
  readonly #receiver: Receiver
  #queue: { readonly call: Incoming; readonly reply: Reply }[] = []
  #settling = false
  #scheduled = false
  #frames = false

  constructor(limits: Limits, receiver: Receiver) {
    this.#limits = limits
    this.#receiver = receiver
  }

  /** Messages that wait to be handled. */
  get waiting(): number {
    return this.#queue.length
  }

  /** From now on an array is a frame of independent messages, not a JSON-RPC batch. */
  unpack(): void {
    this.#frames = true
  }

  frame(data: string | Uint8Array): void {
    try {
      const text = typeof data === 'string' ? data : textOf(data)
      this.#check(text)
      this.#take(decode(text), text.length > 2 * this.#limits.nesting)
    } catch (reason) {
      this.#refuse(null, RpcError.from(reason), this.#receiver.reply)
    }
  }

  /** Goes on with what waited: there is room again for what it answers. */
  resume(): void {
    if (this.#queue.length > 0) this.#drain()
  }

  /** Forgets what waits: there is nobody left to answer. */
  end(): void {
    this.#queue = []
  }

  #check(text: string): void {
    const { message } = this.#limits
    if (!isOver(text, message)) return
    throw new RpcError(
      errorCodes.limitExceeded,
      `the message is over the limit "message" of ${message} bytes`,
    )
  }

  #take(value: unknown, mayBeDeep: boolean): void {
    if (!Array.isArray(value)) return this.#one(value, mayBeDeep, this.#receiver.reply)
    if (value.length === 0)
      return this.#refuse(null, invalid('an array of messages is not empty'), this.#receiver.reply)
    if (this.#frames)
      for (const message of value) this.#one(message, mayBeDeep, this.#receiver.reply)
    else this.#batch(value, mayBeDeep)
  }

  #batch(entries: readonly unknown[], mayBeDeep: boolean): void {
    const { batch, message } = this.#limits
    if (entries.length > batch) {
      const error = new RpcError(
        errorCodes.limitExceeded,
        `a batch of ${entries.length} is over the limit "batch" of ${batch}`,
      )
      return this.#receiver.reply(errorText(null, error))
    }
    const answers = new BatchReply(this.#receiver.reply, message)
    for (const entry of entries) this.#one(entry, mayBeDeep, undefined, answers)
    answers.close()
  }

  #one(value: unknown, mayBeDeep: boolean, reply: Reply | undefined, batch?: BatchReply): void {
    const replyTo = (): Reply => reply ?? batch?.expect() ?? this.#receiver.reply
    if (mayBeDeep && !isWithin(value, this.#limits.nesting)) {
      const error = new RpcError(
        errorCodes.limitExceeded,
        `the message is over the limit "nesting" of ${this.#limits.nesting} levels`,
      )
      return this.#refuse(null, error, replyTo())
    }
    const message = classify(value, this.#limits)
    if (message.kind === 'request-malformed') this.#malformed(message.id, message.what, replyTo)
    else if (message.kind === 'request') this.#arrived(message, replyTo())
    else this.#arrived(message, this.#receiver.reply)
  }

  #malformed(id: Id, what: string, replyTo: () => Reply): void {
    // An answer without result and error looks like a request without method. Whoever waits for it is told; nobody
    // else can have sent it in good faith.
    if (id !== null && this.#receiver.awaits(id))
      return this.#arrived({ kind: 'malformed', id, what }, this.#receiver.reply)
    this.#refuse(id, invalid(what), replyTo())
  }

  #refuse(id: Id, error: RpcError, reply: Reply): void {
    if (this.#receiver.tolerate(error)) reply(errorText(id, error))
  }

  #arrived(call: Incoming, reply: Reply): void {
    if (this.#queue.length === 0 && !this.#mustWait(call)) return this.#handle(call, reply)
    // An answer passes what congestion holds back, or two ends that wait for one another's answers wait for ever.
    if (!isCall(call) && this.#receiver.isCongested()) return this.#handle(call, reply)
    this.#queue.push({ call, reply })
    this.#schedule()
  }

  #mustWait(message: Incoming): boolean {
    return isCall(message) && (this.#settling || this.#receiver.isCongested())
  }

  #handle(message: Incoming, reply: Reply): void {
    if (isCall(message)) return this.#receiver.dispatch(message, reply)
    this.#settling = true
    this.#receiver.settle(message as Answer)
  }

  #schedule(): void {
    if (this.#scheduled || !this.#settling) return
    this.#scheduled = true
    afterTurns(turnsAfterAnswer, () => {
      this.#scheduled = false
      this.#settling = false
      this.#drain()
    })
  }

  #drain(): void {
    let handled = 0
    for (const { call, reply } of this.#queue) {
      if (this.#mustWait(call)) break
      handled++
      this.#handle(call, reply)
    }
    this.#queue.splice(0, handled)
    if (this.#queue.length > 0) this.#schedule()
  }
}

/** Runs `action` after `turns` turns of the microtask queue. */
export function afterTurns(turns: number, action: () => void): void {
  queueMicrotask(() => (turns > 1 ? afterTurns(turns - 1, action) : action()))
}

function isCall(message: Incoming): message is Call {
  return message.kind === 'request' || message.kind === 'notification'
}

function invalid(what: string): RpcError {
  return new RpcError(errorCodes.invalidRequest, `invalid request: ${what}`)
}
