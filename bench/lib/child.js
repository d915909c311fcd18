import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(new URL('end.js', import.meta.url))
// Native add-ons of ws that happen to be installed must not help some peers and not others.
const env = {
  ...process.env,
  NODE_ENV: 'production',
  WS_NO_BUFFER_UTIL: '1',
  WS_NO_UTF_8_VALIDATE: '1',
}
const patience = 30_000

/** A process that holds one end of a peer, or both. It talks to this one only before and after what is measured. */
export class Child {
  #process = fork(file, { env })
  #waiting = new Map()
  #lastId = 0
  #gone = new Promise((resolve) => this.#process.once('exit', resolve))

  constructor() {
    this.#process.on('message', (answer) => this.#settle(answer))
    this.#process.once('exit', (code) => this.#rejectAll(`a process ended with ${code}`))
  }

  get pid() {
    return this.#process.pid
  }

  /** Has the child carry out `command`; resolves with what it found. */
  ask(command, input = {}) {
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#settle({ id, error: `no answer to ${command} in ${patience} ms` }),
        patience,
      )
      this.#waiting.set(id, { resolve, reject, timer })
      this.#process.send({ id, command, input }, (error) => {
        if (error) this.#settle({ id, error: error.message })
      })
    })
  }

  /** Ends the process; resolves when it has. */
  async stop() {
    this.#process.kill('SIGKILL')
    await this.#gone
  }

  #settle({ id, value, error }) {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return
    this.#waiting.delete(id)
    clearTimeout(waiting.timer)
    if (error === undefined) waiting.resolve(value)
    else waiting.reject(new Error(error))
  }

  #rejectAll(error) {
    for (const id of [...this.#waiting.keys()]) this.#settle({ id, error })
  }
}
