import { errorCodes, type Handler, type Peer, RpcError } from 'bothways'
import type { Clock } from '../support/clock.js'

/** What the vectors call: each does what its name says. `runs` counts how often any of them ran. */
export class Fixtures {
  runs = 0
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  serve(peer: Peer): void {
    for (const [method, handler] of Object.entries({ ...plain, slow: this.#slow })) {
      peer.handle(method, (params, context) => {
        this.runs++
        return handler(params, context)
      })
    }
  }

  readonly #slow: Handler = ([milliseconds]) =>
    new Promise((resolve) => this.#clock.setTimer(() => resolve('slow'), milliseconds))
}

const plain: Readonly<Record<string, Handler>> = {
  subtract: (params) => {
    const [minuend, subtrahend] = Array.isArray(params)
      ? params
      : [params.minuend, params.subtrahend]
    return minuend - subtrahend
  },
  sum: (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0),
  get_data: () => ['hello', 5],
  update: () => {},
  notify_hello: () => {},
  notify_sum: () => {},
  echo: ([value]) => value,
  count: ({ length }) => length,
  own_keys: ([object]) => Object.keys(object),
  never: () => new Promise(() => {}),
  abortable: (_, { signal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  positional_only: (params) => {
    if (!Array.isArray(params)) throw new RpcError(errorCodes.invalidParams, 'by position only')
  },
  fail_secret: () => {
    throw new Error('password hunter2 was refused by db.js')
  },
  throw_string: () => {
    throw 'a string'
  },
  throw_enoent: () => {
    throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' })
  },
  throw_rpc: () => {
    throw new RpcError(4001, 'no', { data: { a: 1 } })
  },
  throw_reserved: () => {
    throw new RpcError(-32_150, 'made up')
  },
  ret_cyclic: () => {
    const cycle: { self?: unknown } = {}
    cycle.self = cycle
    return cycle
  },
  ret_tojson: () => ({
    made: new (class {
      toJSON() {
        throw new Error('no')
      }
    })(),
  }),
  ret_deep: () => JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`),
  ret_nan: () => Number.NaN,
  ret_function: () => () => {},
}
