/** As many of `items`, in their order, as take at most `bytes` as JSON, and how many were left out. */
export function fitting<T>(
  items: readonly T[],
  bytes: number,
): { readonly shown: readonly T[]; readonly omitted: number } {
  let left = bytes
  const shown = items.filter((item) => {
    left -= sizeOf(item)
    return left >= 0
  })
  return { shown, omitted: items.length - shown.length }
}

/** Bytes of `item` as JSON, and of the comma behind it. */
function sizeOf(item: unknown): number {
  return new TextEncoder().encode(JSON.stringify(item)).length + 1
}
