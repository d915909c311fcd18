import { type Codec, type Encoded, isPacked } from '../protocol/codec.js'
import type { Wording } from '../protocol/dialect.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import { decode, isOver, isWithin, textOf } from '../protocol/json.js'
import { frameMessages, type Limits, overLimit } from '../protocol/limits.js'
import {
  classify,
  following,
  type Id,
  type Incoming,
  type IncomingAnswer,
  type IncomingCallMessage,
} from '../protocol/message.js'
import { reserved } from '../protocol/reserved.js'
import { afterTurns, turns } from '../runtime.js'
import { BatchReply, duplicate, type Reply } from './batch.js'

/** Where an inbox takes what arrived, in order. */
export interface Receiver {
  settle(answer: IncomingAnswer): void
  dispatch(call: IncomingCallMessage, reply: Reply): void
  /** Sends one answer. */
  reply: Reply
  /** Sends the one answer to a batch: an array, which no frame may hold. */
  replyToBatch: Reply
  /** Counts a message that was no JSON-RPC. False once there were too many and the connection is closing. */
  tolerate(error: RpcError): boolean
  /** Refuses a message that is too long, or too deep, to be looked at, but for the `id` of a request. */
  oversized(error: RpcError, id: Id): void
  /** Bytes that the other end takes in one message. */
  largest(): number
  /** Whether a request with this id waits for its answer. */
  awaits(id: Id): boolean
  /** The entries of one array, in which the answers to a batch of this end have the ids of the calls that they are for. */
  attributed(entries: readonly unknown[]): readonly unknown[]
  /** Takes the answer to the hello of this end. False where `answer` is to something else. */
  greets(answer: IncomingAnswer): boolean
  /** Whether so much waits to leave that nothing more should be taken in. */
  isCongested(): boolean
  /** Ends the connection: too much is kept, and `what` that is. */
  overflow(what: string): void
}

/** What arrives: parsed, told apart, and handed on one by one in the order of arrival. */
export class Inbox {
  readonly #limits: Limits
  readonly #wording: Wording
  readonly #receiver: Receiver
  #queue: [IncomingAnswer | IncomingCallMessage, Reply, number][] = []
  /** Bytes of what waits: those of a whole frame while the first of its messages that had to wait does. */
  #held = 0
  /** Bytes of the frame that is being taken, until they are counted. */
  #length = 0
  /** How many in the queue are answers, or parts of answers. */
  #queuedAnswers = 0
  #isEnded = false
  #isSettling = false
  #isScheduled = false
  #isResuming = false
  #takesFrames = false
  #takesRuns = false
  readonly #codec: Codec | undefined

  constructor(limits: Limits, wording: Wording, receiver: Receiver, codec?: Codec) {
    this.#limits = limits
    this.#wording = wording
    this.#codec = codec
    this.#receiver = receiver
  }

  /** Whether nothing waits here. */
  get isEmpty(): boolean {
    return this.#queue.length === 0
  }

  /** From now on an array is a frame of independent messages, not a JSON-RPC batch; with `runs`, one in it is a run. */
  unpack(runs: boolean): void {
    this.#takesFrames = true
    this.#takesRuns = runs
  }

  frame(data: string | Uint8Array): void {
    try {
      const { message, nesting } = this.#limits
      const isText = typeof data === 'string' || this.#codec === undefined || !isPacked(data)
      const said = isText && typeof data !== 'string' ? textOf(data) : data
      if (isOver(said, message))
        return this.#receiver.oversized(
          overLimit('the message is', 'message', message),
          requestIdIn(said),
        )
      const value = typeof said === 'string' ? decode(said) : this.#codec?.decode(said, nesting)
      const shallow = typeof said === 'string' ? 2 * nesting : nesting
      this.#take(this.#wording.read(value), said.length, shallow)
    } catch (reason) {
      this.#refuse(null, RpcError.from(reason))
    }
  }

  /** Goes on with what waited. */
  resume(): void {
    // What is handled may make room, and have this called again.
    if (this.#isResuming) return
    this.#isResuming = true
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      const [message, reply, bytes] = next
      if (this.#mustWait(message)) break
      this.#queue.shift()
      this.#held -= bytes
      if (isOfAnAnswer(message)) this.#queuedAnswers--
      try {
        this.#handle(message, reply)
      } catch (reason) {
        this.#refuse(null, RpcError.from(reason))
      }
    }
    this.#isResuming = false
    this.#schedule()
  }

  /** Forgets what waits: there is nobody left to answer. */
  end(): void {
    this.#isEnded = true
    this.#queue = []
    this.#queuedAnswers = 0
  }

  /** Takes what a frame of so many bytes said. One of no more than `shallow` has not enough of them to be nested too deep. */
  #take(value: unknown, length: number, shallow: number): void {
    const mayBeDeep = length > shallow
    const entries: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (entries.length === 0) throw invalid('an array of messages is not empty')
    this.#length = length
    const batch = Array.isArray(value) && !this.#takesFrames ? this.#answersTo(entries) : undefined
    this.#checkFrame(entries)
    for (const entry of this.#receiver.attributed(entries)) {
      if (this.#isEnded) return
      if (this.#takesRuns && Array.isArray(entry)) this.#run(entry, mayBeDeep)
      else this.#one(entry, mayBeDeep, batch)
    }
    batch?.close()
  }

  /** The one answer to a batch. Throws where it has too many entries: nothing of it runs. */
  #answersTo({ length }: readonly unknown[]): BatchReply {
    const { batch } = this.#limits
    if (length > batch) throw overLimit(`a batch of ${length} is`, 'batch', batch)
    return new BatchReply(
      this.#receiver.replyToBatch,
      () => this.#receiver.largest(),
      (characters) => this.#keep(characters, 'of answers wait for the rest of their batches'),
    )
  }

  #checkFrame(entries: readonly unknown[]): void {
    if (!this.#takesFrames || messagesIn(entries) <= frameMessages) return
    // What looks like a frame that is too long may be the one answer to a batch that left before frames were agreed on.
    if (entries.length <= this.#limits.batch && entries.every(mayBeAnswer)) return
    throw invalid(`a frame has at most ${frameMessages} messages`)
  }

  #one(value: unknown, mayBeDeep: boolean, batch?: BatchReply): void {
    const message = classify(value, this.#limits)
    const isTooDeep = mayBeDeep && !isWithin(value, this.#limits.nesting)
    this.#told(message, isTooDeep, batch, isTooDeep && beginsAsOwn(value))
  }

  /** A message, and the params or results of those that are like it but for these. */
  #run(run: readonly unknown[], mayBeDeep: boolean): void {
    const { nesting } = this.#limits
    const first = classify(run[0], this.#limits)
    this.#told(first, mayBeDeep && !isWithin(run[0], nesting))
    for (let index = 1; index < run.length && !this.#isEnded; index++) {
      const body = run[index]
      this.#told(following(first, index, body), mayBeDeep && !isWithin(body, nesting - 1))
    }
  }

  #told(message: Incoming, isTooDeep: boolean, batch?: BatchReply, isOwn = true): void {
    if (isTooDeep) {
      const error = overLimit('it is nested', 'nesting', this.#limits.nesting)
      if (isOfAStream(message)) return this.#receiver.oversized(error, null)
      if (isCall(message) || message.kind === 'refused')
        return this.#refuse(isOwn && 'id' in message ? message.id : null, error, batch)
      message = { kind: 'malformed', id: message.id, what: error.message }
    }
    if (message.kind === 'refused') {
      // An answer without result and error looks like a request without method: whoever waits for it is told.
      if (!message.mayAnswer || !this.#receiver.awaits(message.id))
        return this.#refuse(message.id, invalid(message.what), batch)
      message = { ...message, kind: 'malformed' }
    }
    if (message.kind !== 'request') return this.#arrived(message, this.#receiver.reply)
    if (batch?.repeats(message.id)) return this.#refuse(null, invalid(duplicate), batch)
    this.#arrived(message, this.#replyIn(message.id, batch))
  }

  #refuse(id: Id, error: RpcError, batch?: BatchReply): void {
    const reply = this.#replyIn(id, batch)
    if (this.#receiver.tolerate(error)) reply(this.#wording.error(id, error))
  }

  #replyIn(id: Id, batch: BatchReply | undefined): Reply {
    return batch?.expect(id) ?? this.#receiver.reply
  }

  #arrived(message: IncomingAnswer | IncomingCallMessage, reply: Reply): void {
    // It waits for nothing: it explains the very next frame.
    if (!isCall(message) && this.#receiver.greets(message)) {
      this.#isSettling = true
      return this.#schedule()
    }
    const isAnswer = isOfAnAnswer(message)
    // An answer passes what congestion holds back, or two ends that wait for one another's answers wait for ever.
    if (isAnswer && this.#queue.length > 0 && this.#receiver.isCongested()) this.#pass()
    const isNext = this.#queue.length === 0 || (isAnswer && this.#receiver.isCongested())
    if (isNext && !this.#mustWait(message)) return this.#handle(message, reply)
    this.#queue.push([message, reply, this.#length])
    if (isAnswer) this.#queuedAnswers++
    const length = this.#length
    this.#length = 0
    this.#keep(length, 'arrived while what was sent is not read')
    this.#schedule()
  }

  /** Counts what is kept, or kept no longer. One that asks and asks and never reads is not kept for ever. */
  #keep(bytes: number, what: string): void {
    this.#held += bytes
    if (this.#held > this.#limits.held) this.#receiver.overflow(what)
  }

  /** Handles the answers, and parts of answers, that wait among calls. */
  #pass(): void {
    if (this.#queuedAnswers === 0) return
    const queue = this.#queue
    this.#queue = queue.filter(([message]) => !isOfAnAnswer(message))
    this.#queuedAnswers = 0
    for (const [message, reply, bytes] of queue) {
      if (!isOfAnAnswer(message)) continue
      this.#held -= bytes
      this.#handle(message, reply)
    }
  }

  #mustWait(message: IncomingAnswer | IncomingCallMessage): boolean {
    return !isOfAnAnswer(message) && (this.#isSettling || this.#receiver.isCongested())
  }

  #handle(message: IncomingAnswer | IncomingCallMessage, reply: Reply): void {
    if (isCall(message)) return this.#receiver.dispatch(message, reply)
    this.#isSettling = true
    this.#receiver.settle(message)
  }

  #schedule(): void {
    if (this.#isScheduled || !this.#isSettling || this.#queue.length === 0) return
    this.#isScheduled = true
    afterTurns(turns, () => {
      this.#isScheduled = false
      this.#isSettling = false
      this.resume()
    })
  }
}

/** The id of a request that begins as those of this library do, whose ids count from 1. */
function requestIdIn(said: Encoded): Id {
  const start = String(said.slice(0, 64))
  return Number(/^\{"jsonrpc":"2\.0","id":(\d+),"method":/.exec(start)?.[1]) || null
}

/** The same of what was parsed and is too deep to be looked at. */
function beginsAsOwn(value: unknown): boolean {
  return /^jsonrpc,id,/.test(String(Object.keys(Object(value))))
}

function isCall(message: Incoming): message is IncomingCallMessage {
  return message.kind === 'request' || message.kind === 'notification'
}

function messagesIn(entries: readonly unknown[]): number {
  let count = 0
  for (const entry of entries) count += Array.isArray(entry) ? Math.max(entry.length, 1) : 1
  return count
}

function mayBeAnswer(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !Object.hasOwn(value, 'method')
}

/** Whether a message answers a request of this end, wholly or in part: stream items and progress come before their answer. */
function isOfAnAnswer(message: IncomingAnswer | IncomingCallMessage): boolean {
  if (!isCall(message)) return true
  return (
    message.kind === 'notification' &&
    (message.method === reserved.output || message.method === reserved.progress)
  )
}

/** Whether a message brings items of a stream, which would have a gap without it. */
function isOfAStream(message: Incoming): boolean {
  return (
    message.kind === 'notification' &&
    (message.method === reserved.output || message.method === reserved.input)
  )
}

function invalid(what: string): RpcError {
  return new RpcError(errorCodes.invalidRequest, `invalid request: ${what}`)
}
