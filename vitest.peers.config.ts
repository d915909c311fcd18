import { defineConfig } from 'vitest/config'
import { alias } from './vitest.config.js'

/** The tests against programs of others: npm run test:peers. */
export default defineConfig({
  resolve: { alias },
  test: {
    name: 'peers',
    include: ['test/peers/*.peer.test.ts'],
    // A language server takes its time on a busy machine.
    testTimeout: 120_000,
    reporters: process.env['CI']
      ? ['default', ['json', { outputFile: 'test-results-peers.json' }]]
      : ['default'],
  },
})
