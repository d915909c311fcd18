import { acp, lsp } from 'bothways/dialects'
import { wire } from '../suites/wire.js'
import { memoryRaw } from '../support/pair.js'

// These two differ from JSON-RPC 2.0 in nothing that the vectors know, but for batches.
for (const dialect of [acp, lsp])
  wire(`memory, in the dialect ${dialect.name}`, (options) => memoryRaw({ ...options, dialect }), {
    policy: 1008,
    isBatchless: true,
  })
