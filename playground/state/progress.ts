import { memberOf } from '../wire/reading.js'

/** A part of a whole. */
export interface Share {
  readonly done: number
  readonly total: number
}

/**
 * The share that a progress value tells: `{ done, total }` as our own example does, `{ progress, total }` as MCP does, or
 * `{ percentage }` as LSP does. Nothing where it tells something else.
 */
export function shareIn(value: unknown): Share | undefined {
  const percentage = memberOf(value, 'percentage')
  const [done, total] =
    percentage === undefined
      ? [memberOf(value, 'done') ?? memberOf(value, 'progress'), memberOf(value, 'total')]
      : [percentage, 100]
  return isAmount(done) && isAmount(total) ? { done, total } : undefined
}

/** A progress value in a few words: `42 of 100`, or as JSON. */
export function progressText(value: unknown): string {
  const share = shareIn(value)
  if (share !== undefined)
    return `${share.done.toLocaleString('en')} of ${share.total.toLocaleString('en')}`
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return text.length > 100 ? `${text.slice(0, 99)}…` : text
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}
