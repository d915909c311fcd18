import type { Dialect } from '../protocol/dialect.js'
import { tableDialect } from './table.js'

/**
 * The Agent Client Protocol. Cancels by `$/cancel_request`, and answers what was cancelled with −32800. How far the work
 * is, is told by the application's `session/update`; `context.progress` goes nowhere.
 */
export const acp: Dialect = tableDialect({
  name: 'acp',
  version: 'required',
  cancel: { method: '$/cancel_request', id: 'requestId' },
})
