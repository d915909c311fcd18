import type { Link } from '../link/link.js'
import type { ErrorObject } from '../protocol/error.js'
import type { Remote } from './context.js'
import type { Encoder } from './encoder.js'
import type { Call, Outcome } from './options.js'
import type { Outbox } from './outbox.js'
import type { Requests } from './requests.js'

/** What batches are sent with. */
export interface BatchParts {
  readonly link: Link
  readonly encoder: Encoder
  readonly outbox: Outbox
  readonly requests: Requests
  readonly timeout: number | undefined
  /** Whether the other end may read an array as a frame, or as nothing at all. */
  readonly mayBeFramed: () => boolean
  /** Throws where a call of `method` cannot be sent. */
  readonly admit: (method: string) => void
  /** Is told when calls have left. */
  readonly sent: () => void
  /** What takes the calls that leave one by one. */
  readonly remote: Remote
}

/** The batches of this end: several calls in one array, as JSON-RPC 2.0 section 6 has it. */
export class Batches {
  readonly #parts: BatchParts
  /** The ids of each batch that has calls without an answer. */
  readonly #open = new Set<readonly number[]>()

  constructor(parts: BatchParts) {
    this.#parts = parts
  }

  /** Sends `calls` together, and resolves with how each ended. */
  async send(calls: readonly Call[]): Promise<Outcome[]> {
    const { mayBeFramed, outbox, link, sent } = this.#parts
    // One by one each call keeps its place and its limits; between two of ours a frame does what a batch is for.
    if (mayBeFramed() || !outbox.hasRoom(calls.length))
      return Promise.all(calls.map((call) => this.#alone(call)))
    const texts: string[] = []
    const ids: number[] = []
    const outcomes = calls.map((call) => this.#add(call, texts, ids))
    if (texts.length > 0) link.sendAlone(`[${texts}]`)
    sent()
    if (ids.length > 0) this.#open.add(ids)
    const settled = await Promise.all(outcomes)
    this.#open.delete(ids)
    return settled
  }

  /**
   * Fails the only open batch with an error that came without an id: a server that refuses a batch as a whole has no
   * other way to say so. False where that is not what it can mean.
   */
  refused(error: ErrorObject): boolean {
    const { requests } = this.#parts
    const [ids, other] = this.#open
    if (ids === undefined || other !== undefined || !ids.every((id) => requests.has(id)))
      return false
    for (const id of ids) requests.settle({ kind: 'error', id, error })
    return true
  }

  async #alone({ method, params, notify }: Call): Promise<Outcome> {
    const { remote } = this.#parts
    try {
      if (!notify) return { status: 'fulfilled', value: await remote.request(method, params) }
      remote.notify(method, params)
      return { status: 'sent' }
    } catch (reason) {
      return { status: 'rejected', reason }
    }
  }

  #add({ method, params, notify }: Call, texts: string[], ids: number[]): Promise<Outcome> {
    const { encoder, requests, outbox, timeout, admit } = this.#parts
    const ended = new Promise<Outcome>((resolve, reject) => {
      const id = requests.nextId()
      // Text, for only an end that takes frames takes bytes.
      const text = (
        notify ? encoder.notification(method, params) : encoder.request(id, method, params)
      ) as string
      admit(method)
      encoder.checkBatch(method, [...texts, text])
      outbox.checkRoom([...texts, text].join().length)
      texts.push(text)
      if (notify) return resolve({ status: 'sent' })
      ids.push(id)
      const fulfil = (value: unknown) => resolve({ status: 'fulfilled', value })
      requests.add(id, method, { timeout }, { resolve: fulfil, reject })
      outbox.opened()
    })
    return ended.catch((reason) => ({ status: 'rejected', reason }))
  }
}
