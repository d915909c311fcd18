import type { Link } from '../link/link.js'
import { answerable, errorCodes, RpcError } from '../protocol/error.js'
import { defaultLimits, frameCharacters, type Limits } from '../protocol/limits.js'
import { type Id, type IncomingAnswer, membersOf } from '../protocol/message.js'
import { protocolVersion, reserved } from '../protocol/reserved.js'
import { defaultCredit } from '../stream/credit.js'
import type { Reply } from './batch.js'
import type { Encoder, Introduction } from './encoder.js'
import type { Inbox } from './inbox.js'
import type { Greeting, HelloOptions } from './options.js'
import type { Outbox } from './outbox.js'
import type { Requests } from './requests.js'

/** The parts of a peer that change with what both ends agree on. */
export interface Parts {
  readonly link: Link
  readonly encoder: Encoder
  readonly outbox: Outbox
  readonly requests: Requests
  readonly inbox: Inbox
  readonly reply: Reply
  /** Is told once both ends know of one another what they take. */
  readonly agreed: () => void
  /** Is told what `refused` of the options throws. */
  readonly failed: (cause: unknown) => void
}

/** What two ends say of themselves first, and what both can do from then on. */
export class Hello {
  /** Resolves when `rpc.hello` was answered, refused or given up. */
  readonly greeted: Promise<Greeting>
  readonly #options: HelloOptions
  readonly #limits: Limits
  readonly #redact: boolean
  readonly #parts: Parts
  #resolve: (greeting: Greeting) => void = () => {}
  #wasGreeted = false
  #isAsking = false
  #isEnded = false
  #hasAgreed = false
  /** Of the hello that this end said. */
  #id: number | undefined

  constructor(options: HelloOptions, limits: Limits, redact: boolean, parts: Parts) {
    this.#redact = redact
    this.#options = options
    this.#limits = limits
    this.#parts = parts
    this.greeted = new Promise((resolve) => (this.#resolve = resolve))
  }

  /** Whether this end said hello and has no answer: what the other end takes from then on is not known. */
  get isAsking(): boolean {
    return this.#isAsking
  }

  /** Whether both ends know of one another what they take. */
  get hasAgreed(): boolean {
    return this.#hasAgreed
  }

  /** Takes the answer to the hello of this end, also a late one: the other end goes by it. False where it answers something else. */
  takes(answer: IncomingAnswer): boolean {
    if (answer.id !== this.#id) return false
    this.#id = undefined
    this.#parts.requests.settle(answer)
    if (answer.kind === 'result') this.#agreeTo(answer.result)
    return true
  }

  /** Says hello, where this end is the one that dialled. */
  say(): void {
    const { dial = true, say } = this.#options
    if (!dial || this.#isEnded) return
    Promise.resolve()
      .then(() => say?.())
      .then((members) => this.#ask(members))
      .catch(this.#foreign)
  }

  /** Answers the hello of the other end. */
  answer(id: Id, params: unknown, reply: Reply): void {
    this.#welcome(id, params, reply)
      .catch((reason) => {
        const error = answerable(reason, this.#redact)
        reply(this.#parts.encoder.failure(id, error))
        return this.#options.refused?.(error)
      })
      .catch(this.#parts.failed)
  }

  /** Gives up: there is nobody left to greet. */
  end(error: RpcError): void {
    this.#isEnded = true
    this.#foreign(error)
  }

  #ask(members: object | undefined): void {
    const { requests, outbox, encoder, link } = this.#parts
    if (this.#isEnded)
      throw new RpcError(errorCodes.closed, 'the connection closed before rpc.hello was said')
    const id = requests.nextId()
    const text = encoder.request(id, reserved.hello, this.#introduction(members))
    // What it resolves with, `takes` is given.
    const settle = { resolve: () => {}, reject: this.#foreign }
    this.#id = id
    requests.add(id, reserved.hello, { timeout: this.#limits.hello }, settle)
    outbox.opened()
    link.sendAlone(text)
    this.#isAsking = true
  }

  /** Agrees at once, with no promise between: only what was agreed here explains the very next frame. */
  #agreeTo(said: unknown): void {
    this.#isAsking = false
    try {
      this.#agree(introductionIn(said))
      this.#resolve({ foreign: false, said: said as Record<string, unknown> })
    } catch (reason) {
      this.#foreign(reason)
    }
  }

  readonly #foreign = (reason: unknown): void => {
    this.#isAsking = false
    this.#resolve({ foreign: true, said: {}, error: RpcError.from(reason) })
  }

  async #welcome(id: Id, params: unknown, reply: Reply): Promise<void> {
    const { link, encoder, reply: alone } = this.#parts
    if (this.#wasGreeted || reply !== alone) {
      const what = this.#wasGreeted ? 'was said already' : 'travels alone, not in a batch'
      throw new RpcError(errorCodes.invalidRequest, `rpc.hello ${what}`)
    }
    const theirs = introductionIn(params)
    this.#wasGreeted = true
    const members = await this.#options.answer?.(params as Record<string, unknown>)
    const text = encoder.result(id, reserved.hello, this.#introduction(members))
    if (this.#isEnded) return
    link.sendAlone(text)
    this.#agree(theirs)
  }

  #introduction(members: object | undefined): object {
    const { message, nesting, inbound, streamItems, streamCharacters } = this.#limits
    return {
      protocol: protocolVersion,
      features: this.#parts.encoder.features,
      limits: {
        message: counted(message),
        nesting: counted(nesting),
        inbound: counted(inbound),
        streamItems: counted(streamItems),
        streamCharacters: counted(streamCharacters),
      },
      ...members,
    }
  }

  #agree(theirs: Introduction): void {
    const { encoder, outbox, link, inbox } = this.#parts
    this.#hasAgreed = true
    encoder.agree(theirs)
    outbox.limitTo(theirs.inbound)
    this.#parts.agreed()
    if (!encoder.takesFrames) return
    // A character is at most three bytes, and a frame is at most as long as a message.
    link.pack(Math.min(frameCharacters, Math.floor(encoder.largest / 3)))
    inbox.unpack(encoder.takesRuns)
  }
}

/** Reads the params or the result of an `rpc.hello`. Throws `invalidParams` where they are none. */
function introductionIn(said: unknown): Introduction {
  const { protocol, features, limits } = membersOf(said)
  if (protocol !== protocolVersion || !Array.isArray(features)) {
    const message = `rpc.hello: protocol must be ${protocolVersion}, and features an array`
    throw new RpcError(errorCodes.invalidParams, message)
  }
  const { message, nesting, inbound, streamItems, streamCharacters } = membersOf(limits)
  return {
    features,
    nesting: countIn(nesting) ?? defaultLimits.nesting,
    message: countIn(message) ?? defaultLimits.message,
    inbound: countIn(inbound) ?? defaultLimits.inbound,
    credit: {
      items: countIn(streamItems) ?? defaultCredit.items,
      characters: countIn(streamCharacters) ?? defaultCredit.characters,
    },
  }
}

/** A limit as JSON can say it, and as the other end takes it: a whole number from 1, also of what has no bound. */
function counted(limit: number): number {
  return Math.min(Math.floor(limit) || 1, Number.MAX_SAFE_INTEGER)
}

function countIn(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined
}
