const key = 'bothways-token'

/**
 * The token that the address brings behind `#t=`, or brought before. It moves to the storage of this tab, so that the
 * address can be shown and shared.
 */
export function takeToken(): string | undefined {
  const brought = new URLSearchParams(location.hash.slice(1)).get('t')
  if (brought !== null) {
    sessionStorage.setItem(key, brought)
    history.replaceState(null, '', location.pathname + location.search)
  }
  return sessionStorage.getItem(key) ?? undefined
}
