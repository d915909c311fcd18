/** Milliseconds as people read them: `0.4 ms`, `102.8 ms`, `1.25 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${milliseconds.toFixed(1)} ms`
  return `${(milliseconds / 1_000).toFixed(2)} s`
}

/** Bytes as people read them: `62 B`, `1.2 kB`. */
export function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** The time of day of a moment, given in milliseconds since the page was opened. */
export function timeOfDay(at: number): string {
  const date = new Date(performance.timeOrigin + at)
  const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()]
  const parts = [hours, minutes, seconds].map((part) => String(part).padStart(2, '0'))
  return `${parts.join(':')}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
