import { vi } from 'vitest'

/**
 * What resolves when a transport that is made from now on waits for the lock of the other end: from then on a death is told.
 */
export async function tying(): Promise<() => Promise<unknown>> {
  const before = new Set(await awaited())
  return () =>
    vi.waitUntil(async () => (await awaited()).some((name) => !before.has(name)), {
      timeout: 20_000,
    })
}

/** The locks of other ends that transports of this page wait for. */
async function awaited(): Promise<string[]> {
  const { pending = [] } = await navigator.locks.query()
  return pending.flatMap(({ name }) => (name?.startsWith('bothways-') ? [name] : []))
}
