import type { Id, Meta } from '../protocol/message.js'
import type { Context, Remote } from './context.js'

/** One request or notification of the other end, while it is handled. */
export class IncomingCall implements Context {
  readonly kind: Context['kind']
  readonly id: Id
  readonly method: string
  readonly meta: Meta
  /** True once the caller was answered; a handler may still run, and what it returns is nobody's. */
  isAnswered = false
  readonly #host: { remoteFor(call: Context): Remote }
  #remote: Remote | undefined
  // Made when a handler first looks at the signal: most never do, and a controller costs more than a small call.
  #controller: AbortController | undefined
  #aborted: { readonly reason: unknown } | undefined

  constructor(
    kind: Context['kind'],
    id: Id,
    method: string,
    meta: Meta,
    host: { remoteFor(call: Context): Remote },
  ) {
    this.kind = kind
    this.id = id
    this.method = method
    this.meta = meta
    this.#host = host
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason)
    }
    return this.#controller.signal
  }

  get remote(): Remote {
    this.#remote ??= this.#host.remoteFor(this)
    return this.#remote
  }

  abort(reason: unknown): void {
    this.#aborted ??= { reason }
    this.#controller?.abort(reason)
  }
}
