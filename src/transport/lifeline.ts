/** How the ends of a port learn that the other has died: a browser says nothing of a worker that was terminated. */
export interface Lifeline {
  /** Takes a lock that dies with this page or worker, and has `tell` tell the other end its name. */
  hold(tell: (name: string) => void): void
  /** Waits for the lock that the other end said it holds. */
  watch(name: string): void
  /** Lets go of both: the conversation is over. */
  release(): void
}

const prefix = 'bothways-'

/** `gone` is told when the other end's lock is free, so that it has died. Nothing where there are no Web Locks. */
export function lifeline(gone: () => void): Lifeline {
  const locks = lockManager()
  const over = new AbortController()
  const { signal } = over
  const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  return {
    hold(tell) {
      if (locks !== undefined) void hold(locks, ended, tell)
    },
    watch(name) {
      if (locks !== undefined) void watch(locks, name, signal, gone)
    },
    release: () => over.abort(),
  }
}

function lockManager(): LockManager | undefined {
  return 'navigator' in globalThis ? globalThis.navigator.locks : undefined
}

async function hold(
  locks: LockManager,
  ended: Promise<void>,
  tell: (name: string) => void,
): Promise<void> {
  const name = prefix + crypto.getRandomValues(new Uint32Array(4)).join('-')
  const isHeld = () => {
    tell(name)
    return ended
  }
  // A page without an origin may hold none; its end is then told by the port alone, or not.
  await locks.request(name, isHeld).catch(() => {})
}

async function watch(
  locks: LockManager,
  name: string,
  signal: AbortSignal,
  gone: () => void,
): Promise<void> {
  try {
    if (!name.startsWith(prefix)) return
    // Another origin's locks are not seen from here: one that is not held would seem to be free at once.
    const { held = [] } = await locks.query()
    if (!held.some((lock) => lock.name === name)) return
    await locks.request(name, { signal }, () => afterMessages(gone))
  } catch {
    // The conversation ended first, or this page has no origin.
  }
}

/** Runs `action` once the messages that have arrived by now were handled: the last of them may say why it ended. */
function afterMessages(action: () => void): void {
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => {
    port1.close()
    action()
  }
  port2.postMessage(undefined)
}
