/** How many lines of each side are shown. */
const most = 5

/** Where `before` and `after` first differ, in the way of a unified diff, cut short. */
export function firstDifference(path: string, before: string, after: string): string {
  const [old, fresh] = [before.split('\n'), after.split('\n')]
  const start = shared(old, fresh)
  const end = shared(old.slice(start).reverse(), fresh.slice(start).reverse())
  const removed = old.slice(start, old.length - end)
  const added = fresh.slice(start, fresh.length - end)
  return [`${path}:${start + 1}`, ...marked('-', removed), ...marked('+', added)].join('\n')
}

function shared(a: readonly string[], b: readonly string[]): number {
  const index = a.findIndex((line, at) => line !== b[at])
  return index < 0 ? Math.min(a.length, b.length) : index
}

function marked(mark: string, lines: readonly string[]): string[] {
  const shown = lines.slice(0, most).map((line) => `${mark} ${line}`)
  return lines.length > most ? [...shown, `${mark} … ${lines.length - most} more lines`] : shown
}
