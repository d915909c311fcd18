import type { Context } from '../peer/context.js'
import type { PeerOptions } from '../peer/options.js'
import { Peer } from '../peer/peer.js'
import { closeCodes } from '../protocol/close-codes.js'
import { errorCodes, type RpcError } from '../protocol/error.js'
import { isOver as isTextOver } from '../protocol/json.js'
import { defaultLimits } from '../protocol/limits.js'
import { after, afterTurns, type Runtime, turns } from '../runtime.js'
import type { Handshake } from '../transport/handshake.js'
import type { Transport } from '../transport/transport.js'
import { type Credentials, type Identity, unauthenticated } from './identity.js'
import { firstMessage, memberName } from './limits.js'
import { Session } from './session.js'

/** What a visit needs of the hub. */
export interface Host {
  readonly runtime: Runtime
  readonly peerOptions: PeerOptions
  /** Who this is. Rejects where the credentials are wrong, or none were needed and none are there. */
  identify(credentials: Credentials): Promise<Identity | undefined>
  /** Takes in a session, now that it is known. */
  enter(session: Session): void
  renamed(session: Session): void
  leave(session: Session): void
  /** Handles what the session asks and tells. */
  handle(session: Session, params: unknown, context: Context): unknown
}

/** One connection to a hub: first of somebody unknown, who has one message and 5 s to say who it is, then of a session. */
export class Visit {
  readonly #host: Host
  readonly #handshake: Handshake
  readonly #peer: Peer
  readonly #stopTimer: () => void
  #session: Session | undefined
  #saysHello = false

  constructor(
    host: Host,
    transport: Transport,
    handshake: Handshake,
    identity: Identity | undefined,
  ) {
    this.#host = host
    this.#handshake = handshake
    const hello = {
      dial: false,
      answer: (params: Record<string, unknown>) => this.#hello(params),
      refused: (error: RpcError) => this.#refused(error),
    }
    this.#peer = new Peer(
      guarded(transport, {
        isPassed: () => this.#session !== undefined,
        looked: () => this.#first(),
      }),
      {
        ...host.peerOptions,
        hello,
        onUnhandled: (params: unknown, context: Context) => this.#handle(params, context),
      },
    )
    const patience = host.peerOptions.limits?.hello ?? defaultLimits.hello
    this.#stopTimer = after(host.runtime, patience, () => this.#tooLate())
    this.#peer.onState((state) => {
      if (state === 'closed') this.#ended()
    })
    if (identity !== undefined) this.#enter(identity, undefined)
  }

  get isKnown(): boolean {
    return this.#session !== undefined
  }

  get ended(): Promise<unknown> {
    return this.#peer.closed
  }

  close(reason: string): Promise<void> {
    return this.#peer.close({ code: closeCodes.goingAway, reason })
  }

  /** Sees to it that the one message of somebody unknown was `rpc.hello`. */
  #first(): void {
    if (!this.#saysHello) this.#refused(unauthenticated())
  }

  async #hello(params: Record<string, unknown>): Promise<Record<string, unknown>> {
    this.#saysHello = true
    const name = nameIn(params)
    if (this.#session === undefined) {
      const auth = Object.hasOwn(params, 'auth') ? params['auth'] : undefined
      const identity = await this.#host.identify({ ...this.#handshake, auth })
      if (identity === undefined) throw unauthenticated()
      if (this.#peer.state !== 'closed') this.#enter(identity, name)
    } else if (name !== undefined) {
      this.#session.name = name
      this.#host.renamed(this.#session)
    }
    const { id, principal, roles } = this.#session ?? { id: '', principal: '', roles: [] }
    return { session: id, auth: { principal, roles } }
  }

  #enter(identity: Identity, name: string | undefined): void {
    this.#stopTimer()
    this.#session = new Session(this.#peer, identity, name)
    this.#host.enter(this.#session)
  }

  #handle(params: unknown, context: Context): unknown {
    if (this.#session !== undefined) return this.#host.handle(this.#session, params, context)
    const error = unauthenticated()
    this.#refused(error)
    throw error
  }

  #refused({ code, message }: RpcError): void {
    if (this.#session !== undefined) return
    const closeCode =
      code === errorCodes.rateLimited ? closeCodes.tooManyConnections : closeCodes.unauthenticated
    // Later, when the answer, and what else of a batch is answered, has been handed to the link.
    afterTurns(turns, () => void this.#peer.close({ code: closeCode, reason: message }))
  }

  #tooLate(): void {
    void this.#peer.close({
      code: closeCodes.noHello,
      reason: 'no rpc.hello in time: say who you are first',
    })
  }

  #ended(): void {
    this.#stopTimer()
    if (this.#session !== undefined) this.#host.leave(this.#session)
  }
}

/** A name as others are shown it: short, and without what would steer a terminal. */
function nameIn(params: Record<string, unknown>): string | undefined {
  const name = Object.hasOwn(params, 'name') ? params['name'] : undefined
  if (typeof name !== 'string') return undefined
  return name.replace(/\p{Cc}/gu, '').slice(0, memberName) || undefined
}

/** Stands before a peer until somebody is known. */
interface Gate {
  isPassed(): boolean
  /** Is told of each message that came before, once the peer has looked at it. */
  looked(): void
}

/** `transport`, closed where somebody unknown sends more than a login takes. */
function guarded(transport: Transport, gate: Gate): Transport {
  return {
    start: (listener) =>
      transport.start({
        writable: () => listener.writable(),
        activity: () => listener.activity(),
        closed: (reason) => listener.closed(reason),
        frame: (data) => {
          if (gate.isPassed()) return listener.frame(data)
          if (isOver(data, firstMessage))
            return transport.close({
              code: 1009,
              reason: `over ${firstMessage} bytes before rpc.hello`,
            })
          listener.frame(data)
          gate.looked()
        },
      }),
    send: (frame) => transport.send(frame),
    cork: () => transport.cork?.(),
    uncork: () => transport.uncork?.(),
    close: (reason) => transport.close(reason),
    get buffered() {
      return transport.buffered
    },
    get received() {
      return transport.received
    },
    get written() {
      return transport.written
    },
    isLocal: transport.isLocal,
  }
}

function isOver(data: string | Uint8Array, limit: number): boolean {
  return typeof data === 'string' ? isTextOver(data, limit) : data.length > limit
}
