import { vi } from 'vitest'

/** Resolves when a transport of this page waits for the lock of the other end: from then on a death is told. */
export async function tied(): Promise<void> {
  await vi.waitUntil(async () => {
    const { pending = [] } = await navigator.locks.query()
    return pending.some(({ name }) => name?.startsWith('bothways-'))
  })
}
