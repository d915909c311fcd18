import { signal } from '@preact/signals'
import { type Context, errorCodes, RpcError } from 'bothways'
import type { Method } from '../schema/method.js'

/** A request of somebody else, which waits for the person at this page. */
export interface Question {
  readonly key: number
  readonly method: Method
  readonly params: unknown
  readonly from: string
  answer(result: unknown): void
  /** Answers with an error. */
  refuse(): void
}

/** What became of a question. */
export interface Settled {
  readonly key: number
  readonly method: string
  readonly how: 'answered' | 'refused' | 'withdrawn'
  readonly words: string
}

/** Settled questions that are still shown. */
const mostSettled = 5

/** What others ask of this page. */
export class Inbox {
  readonly questions = signal<readonly Question[]>([])
  /** The latest first. */
  readonly settled = signal<readonly Settled[]>([])
  /** How often each event was told. */
  readonly heard = signal<ReadonlyMap<string, number>>(new Map())
  #next = 1

  /** Takes note of an event. */
  hear(event: string): void {
    const times = this.heard.value.get(event) ?? 0
    this.heard.value = new Map(this.heard.value).set(event, times + 1)
  }

  /** Puts a request into the inbox, and resolves with what the person answers. */
  ask(method: Method, params: unknown, { meta, signal: aborted }: Context): Promise<unknown> {
    const key = this.#next++
    return new Promise((resolve, reject) => {
      const withdraw = () => {
        this.#settle(key, 'withdrawn', whyWithdrawn(aborted.reason))
        reject(aborted.reason)
      }
      aborted.addEventListener('abort', withdraw)
      const settle = (how: Settled['how'], words: string) => {
        aborted.removeEventListener('abort', withdraw)
        this.#settle(key, how, words)
      }
      const question: Question = {
        key,
        method,
        params,
        from: meta.from?.name ?? meta.from?.principal ?? 'the hub',
        answer: (result) => {
          settle('answered', `answered ${shortly(result)}`)
          resolve(result)
        },
        refuse: () => {
          settle('refused', 'refused')
          reject(new RpcError(errorCodes.forbidden, 'the person at the playground refused'))
        },
      }
      this.questions.value = [...this.questions.value, question]
    })
  }

  #settle(key: number, how: Settled['how'], words: string): void {
    const question = this.questions.value.find((waiting) => waiting.key === key)
    if (question === undefined) return
    this.questions.value = this.questions.value.filter((waiting) => waiting !== question)
    const settled = { key, method: question.method.name, how, words }
    this.settled.value = [settled, ...this.settled.value].slice(0, mostSettled)
  }
}

function whyWithdrawn(reason: unknown): string {
  const { code } = RpcError.from(reason)
  return code === errorCodes.cancelled ? 'cancelled by its caller' : 'the connection closed'
}

function shortly(result: unknown): string {
  const text = JSON.stringify(result) ?? 'nothing'
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}
