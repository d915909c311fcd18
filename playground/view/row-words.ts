import { progressText } from '../state/progress.js'
import type { Row } from '../state/timeline.js'
import { memberOf } from '../wire/reading.js'

export const directionWords = { in: 'in', out: 'out' } as const

export const kindWords = {
  request: 'request',
  stream: 'stream',
  items: 'items',
  progress: 'progress',
  notification: 'notification',
  result: 'response',
  error: 'response',
  unreadable: 'unreadable',
} as const

/** `1 item`, `1,234 items`. */
export function countOf(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`
}

/** How a message ended, in a mark and a word: never by colour alone. */
export function statusText({ kind, items, value, status, code, direction }: Row): string {
  if (kind === 'items') return countOf(items, 'item')
  if (kind === 'progress') return progressText(memberOf(memberOf(value, 'params'), 'value'))
  switch (status) {
    case 'ok':
      return '✓ ok'
    case 'error':
      return code === undefined ? '✗ error' : `✗ ${code}`
    case 'pending':
      return '… pending'
    case 'cancelled':
      return '⊘ cancelled'
    case 'lost':
      return '✗ lost'
    case 'told':
      return direction === 'out' ? '· sent' : '· received'
  }
}
