import { memoryPair, Peer, type PeerOptions, type RequestOptions } from 'bothways'
import { Membership } from 'bothways/client'
import { boolean, contract, event, notification, object, request, string } from 'bothways/contract'
import type { Handshake, Hub } from 'bothways/hub'
import { Raw } from '../support/raw.js'

/** A service as the tests provide it. */
export const files = contract('files', '1.0.0', {
  service: {
    read: request({ params: object({ path: string() }), result: string() }),
    write: request({ params: object({ path: string() }), result: boolean() }),
    hang: request(),
    log: notification({ params: object({ line: string() }) }),
  },
  client: {
    confirm: request({ params: object({ question: string() }), result: boolean() }),
    changed: event({ data: object({ path: string() }) }),
  },
})

export const fileHandlers = {
  read: ({ path }: { path: string }) => `text of ${path}`,
  write: () => true,
  hang: () => new Promise(() => {}),
  log: () => {},
}
export const fileUser = { confirm: () => true, changed: () => {} }

/** A promise, and what settles it. */
export function deferred<T = void>() {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

/** A `hang` that says when it was called, and with what it was told to stop. */
export function hanging() {
  const called = deferred()
  const stopped = deferred<unknown>()
  const hang = (_params: unknown, { signal }: { signal: AbortSignal }) => {
    signal.addEventListener('abort', () => stopped.resolve(signal.reason))
    called.resolve()
    return new Promise(() => {})
  }
  return { hang, called: called.promise, stopped: stopped.promise }
}

export const handshake: Handshake = { headers: new Map(), path: '/', address: 'test' }

/** A member of `hub`, over memory. */
export async function enter(hub: Hub, principal: string, name = principal): Promise<Membership> {
  return (await enterWire(hub, principal, name)).member
}

/** A member of `hub`, and the end of its connection, which can be cut. */
export async function enterWire(
  hub: Hub,
  principal: string,
  name = principal,
  options: PeerOptions = {},
) {
  const [near, far] = memoryPair()
  hub.accept(far, handshake, { principal })
  const peer = new Peer(near, { hello: { say: () => ({ name }) }, ...options })
  await peer.greeted
  return { member: new Membership(peer), cut: () => near.close({ code: 1006, reason: '' }) }
}

/** A member that says no hello and writes its messages itself. */
export function enterRaw(hub: Hub, principal: string): Raw {
  const [near, far] = memoryPair()
  hub.accept(far, handshake, { principal })
  return new Raw(near)
}

/** Resolves once the hub has handled what `member` told it before. */
export async function settled(member: Membership, options?: RequestOptions): Promise<void> {
  await member.peer.request('hub.watch', undefined, options)
}
