import type { Dialect } from '../protocol/dialect.js'
import { reserved } from '../protocol/reserved.js'
import { tableDialect } from './table.js'

/**
 * The Language Server Protocol, 3.17, and vscode-jsonrpc. Takes messages without `jsonrpc`. Cancels by `$/cancelRequest`,
 * and answers what was cancelled with −32800. `$/progress` is the application's, for its tokens are in the params:
 * `peer.on('$/progress', …)` and `peer.notify('$/progress', { token, value })`; `context.progress` goes nowhere.
 */
export const lsp: Dialect = tableDialect({
  name: 'lsp',
  version: 'optional',
  cancel: { method: reserved.cancel, id: 'id' },
})
