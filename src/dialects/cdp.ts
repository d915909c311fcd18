import type { Dialect } from '../protocol/dialect.js'
import { tableDialect } from './table.js'

/**
 * The Chrome DevTools Protocol, as browsers and `node --inspect` speak it: no `jsonrpc`, whole numbers as ids, and
 * `meta.sessionId` beside a message, both ways. An error without id rejects the one request that waits, where it is one.
 * There is no cancelling: an aborted request rejects here, and its answer is dropped.
 */
export const cdp: Dialect = tableDialect({
  name: 'cdp',
  version: 'forbidden',
  ids: { what: 'an integer', are: Number.isSafeInteger },
  members: ['sessionId'],
  blamesOnly: true,
})
