import { type CloseReason, Peer } from 'bothways'
import { messagePortTransport, type PortLike } from 'bothways/message-port'
import { expect, test } from 'vitest'

/** A port that takes its listeners as Node does, or as browsers do, and in no other way. */
class Port {
  /** The port as a transport sees it. */
  readonly face: PortLike
  readonly #listeners = new Map<string, Set<(value: never) => void>>()
  /** What came before anybody listened. */
  readonly #early: unknown[] = []
  readonly #isNode: boolean
  #other: Port | undefined

  constructor(names: 'on and off' | 'addEventListener') {
    const add = (type: string, listener: (value: never) => void) => {
      this.#of(type).add(listener)
      if (type === 'message') for (const message of this.#early.splice(0)) this.say(type, message)
    }
    const remove = (type: string, listener: (value: never) => void) =>
      void this.#of(type).delete(listener)
    this.#isNode = names === 'on and off'
    this.face = {
      postMessage: (message) => queueMicrotask(() => this.#other?.say('message', message)),
      ...(this.#isNode
        ? { on: add, off: remove }
        : { addEventListener: add, removeEventListener: remove }),
    }
  }

  get listeners(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0)
  }

  join(other: Port): void {
    this.#other = other
  }

  /** Tells whoever listens; a browser wraps what it tells in an event. */
  say(type: string, value?: unknown): void {
    const told = this.#isNode ? value : { data: value }
    const listeners = [...this.#of(type)]
    if (listeners.length === 0) this.#early.push(value)
    for (const listener of listeners) listener(told as never)
  }

  #of(type: string): Set<(value: never) => void> {
    const listeners = this.#listeners.get(type) ?? new Set()
    this.#listeners.set(type, listeners)
    return listeners
  }
}

const dialects = ['on and off', 'addEventListener'] as const

/** Two joined ports with a peer on each. */
function peersOver(names: (typeof dialects)[number]) {
  const ports = [new Port(names), new Port(names)] as const
  ports[0].join(ports[1])
  ports[1].join(ports[0])
  const near = new Peer(messagePortTransport(ports[0].face))
  const far = new Peer(messagePortTransport(ports[1].face))
  far.handle('echo', (params) => params)
  return { ports, near, far }
}

test.each(dialects)(
  'a port that has only %s carries calls and its goodbye, and is left without listeners',
  async (names) => {
    const { ports, near, far } = peersOver(names)
    expect(await near.request('echo', [1])).toEqual([1])
    expect(ports.every(({ listeners }) => listeners > 0)).toBe(true)
    await near.close({ code: 4321, reason: 'enough' })
    expect(await far.closed).toEqual({ code: 4321, reason: 'enough' })
    expect(ports.map(({ listeners }) => listeners)).toEqual([0, 0])
  },
)

test.each([
  { bothways: 'close' },
  { bothways: 'close', code: '4321', reason: 'as text' },
  { bothways: 'close', code: Number.NaN, reason: 'no number' },
  { bothways: 'close', code: 4321, reason: 7 },
  { bothways: 'closed', code: 4321, reason: 'another word' },
  { code: 4321, reason: 'nobody’s' },
  null,
  4321,
])('what merely resembles a goodbye (%j) ends nothing', async (message) => {
  const { ports, near } = peersOver('addEventListener')
  expect(await near.request('echo', [1])).toEqual([1])
  ports[0].say('message', message)
  expect(await near.request('echo', [2])).toEqual([2])
  ports[0].say('message', { bothways: 'close', code: 4321, reason: 'enough' })
  expect(await near.closed).toEqual({ code: 4321, reason: 'enough' })
})

test('however a port ends, and however often, its end is told once, with the first reason', async () => {
  const port = new Port('on and off')
  const told: CloseReason[] = []
  const transport = messagePortTransport(port.face)
  transport.start(listening(told))
  port.say('error', new Error('crashed'))
  port.say('exit', 1)
  port.say('close')
  transport.close({ code: 4321, reason: 'too late' })
  expect(told).toEqual([])
  await Promise.resolve()
  expect(told).toEqual([{ code: 1006, reason: 'the port closed' }])
})

test('a port that was closed before its start tells so once', async () => {
  const told: CloseReason[] = []
  const transport = messagePortTransport(new Port('on and off').face)
  transport.close({ code: 4321, reason: 'early' })
  transport.start(listening(told))
  await Promise.resolve()
  expect(told).toEqual([{ code: 4321, reason: 'early' }])
})

function listening(told: CloseReason[]) {
  return {
    frame: () => {},
    writable: () => {},
    activity: () => {},
    closed: (reason: CloseReason) => void told.push(reason),
  }
}
