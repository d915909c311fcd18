import type { Row, RowKind } from './timeline.js'

/** Whether a row is shown. */
export type Filter = (row: Row) => boolean

/**
 * Reads a filter: words that all have to fit, such as `method:workspace.* status:error -peer:hub hello`. A word
 * without a key is looked for in the whole message; `-` in front means that it must not fit.
 */
export function filterFrom(query: string): Filter {
  const words = query.split(/\s+/).filter((word) => word !== '' && word !== '-')
  const filters = words.map(wordFilter)
  return (row) => filters.every((filter) => filter(row))
}

function wordFilter(word: string): Filter {
  if (word.startsWith('-')) {
    const unwanted = wordFilter(word.slice(1))
    return (row) => !unwanted(row)
  }
  const colon = word.indexOf(':')
  const read = fields.get(word.slice(0, colon))
  if (read === undefined) return textFilter(word)
  const pattern = patternFrom(word.slice(colon + 1))
  return (row) => pattern.test(read(row))
}

const fields = new Map<string, (row: Row) => string>([
  ['method', ({ method }) => method],
  ['status', ({ status, code }) => (code === undefined ? status : `${status} ${code}`)],
  ['dir', ({ direction }) => direction],
  ['kind', ({ kind }) => wordsForKind[kind] ?? kind],
  ['peer', ({ peer }) => peer],
  ['id', ({ id }) => String(id)],
])

/** What a kind is also looked for as. */
const wordsForKind: Partial<Record<RowKind, string>> = {
  result: 'result response',
  error: 'error response',
  stream: 'stream request',
  items: 'items notification',
  progress: 'progress notification',
}

function textFilter(word: string): Filter {
  const wanted = word.toLowerCase()
  return ({ method, peer, value }) =>
    `${method} ${peer} ${JSON.stringify(value)}`.toLowerCase().includes(wanted)
}

/** A half-typed value fits what begins with it; `*` stands for anything. */
function patternFrom(value: string): RegExp {
  const parts = value.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`(^|\\s)${parts.join('.*')}`, 'i')
}
