import type { RpcError } from '../protocol/error.js'
import type { Id, IncomingCallMessage, Meta } from '../protocol/message.js'
import type { Reply } from './batch.js'
import type { Context, Remote } from './context.js'

/** One request or notification of the other end, while it is handled. */
export class IncomingCall implements Context {
  readonly kind: Context['kind']
  readonly id: Id
  readonly method: string
  readonly meta: Meta
  /** Takes the one answer; a notification has none to give. */
  readonly reply: Reply
  /** True once the caller was answered; a handler may still run, and what it returns is nobody's. */
  isAnswered = false
  readonly #host: { remoteFor(call: Context): Remote }
  #remote: Remote | undefined
  // Made when a handler first looks at the signal: most never do, and a controller costs more than a small call.
  #controller: AbortController | undefined
  #reason: RpcError | undefined

  constructor(
    message: IncomingCallMessage,
    host: { remoteFor(call: Context): Remote },
    reply: Reply = () => {},
  ) {
    this.kind = message.kind
    this.id = message.kind === 'request' ? message.id : null
    this.method = message.method
    this.meta = message.meta
    this.#host = host
    this.reply = reply
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    return this.#controller.signal
  }

  get remote(): Remote {
    this.#remote ??= this.#host.remoteFor(this)
    return this.#remote
  }

  abort(reason: RpcError): void {
    this.#reason ??= reason
    this.#controller?.abort(reason)
  }
}
