/** How many lines of each side are shown of one change, and how many changes. */
const [mostLines, mostHunks] = [5, 5]

/** How `after` differs from `before`, change by change, in the way of a unified diff, cut short. */
export function difference(path: string, before: string, after: string): string {
  const hunks = hunksOf(before.split('\n'), after.split('\n'))
  const shown = hunks
    .slice(0, mostHunks)
    .map(({ line, removed, added }) =>
      [`${path}:${line}`, ...marked('-', removed), ...marked('+', added)].join('\n'),
    )
  const more = hunks.length - shown.length
  return [...shown, ...(more > 0 ? [`${path}: … ${more} more changes`] : [])].join('\n')
}

interface Hunk {
  /** Where it is in the newer text, from 1. */
  readonly line: number
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

function hunksOf(old: readonly string[], fresh: readonly string[]): Hunk[] {
  const hunks: Hunk[] = []
  const anchors = anchorsOf(old, fresh)
  let [from, at] = [0, 0]
  while (from < old.length || at < fresh.length) {
    if (from < old.length && old[from] === fresh[at]) {
      from++
      at++
      continue
    }
    const [to, until] = nextEqual(old, fresh, from, at, anchors)
    hunks.push({ line: at + 1, removed: old.slice(from, to), added: fresh.slice(at, until) })
    from = to
    at = until
  }
  return hunks
}

/** Where lines stand in both texts that each has once: closing brackets, met everywhere, tell nothing. */
type Anchors = ReadonlyMap<string, readonly [old: number, fresh: number]>

function anchorsOf(old: readonly string[], fresh: readonly string[]): Anchors {
  const [first, second] = [placesOf(old), placesOf(fresh)]
  const shared = [...first].flatMap(([line, place]): [string, [number, number]][] => {
    const other = second.get(line) ?? -1
    return place >= 0 && other >= 0 ? [[line, [place, other]]] : []
  })
  return new Map(shared)
}

/** The place of each line; −1 for one that is there twice. */
function placesOf(lines: readonly string[]): Map<string, number> {
  const places = new Map<string, number>()
  for (const [index, line] of lines.entries()) places.set(line, places.has(line) ? -1 : index)
  return places
}

/** From which lines on the texts agree again: the nearest anchor, and what is equal before it. */
function nextEqual(
  old: readonly string[],
  fresh: readonly string[],
  from: number,
  at: number,
  anchors: Anchors,
): [number, number] {
  let [to, until] = [old.length, fresh.length]
  for (let step = 0; from + step < old.length || at + step < fresh.length; step++) {
    const found = [old[from + step], fresh[at + step]]
      .map((line) => anchors.get(line ?? ''))
      .find((place) => place !== undefined && place[0] >= from && place[1] >= at)
    if (found === undefined) continue
    to = found[0]
    until = found[1]
    break
  }
  while (to > from && until > at && old[to - 1] === fresh[until - 1]) {
    to--
    until--
  }
  return [to, until]
}

function marked(mark: string, lines: readonly string[]): string[] {
  const shown = lines.slice(0, mostLines).map((line) => `${mark} ${line}`)
  const more = lines.length - mostLines
  return more > 0 ? [...shown, `${mark} … ${more} more lines`] : shown
}
