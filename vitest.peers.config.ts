import { defineConfig } from 'vitest/config'
import { alias } from './vitest.config.js'

/** The tests against programs of others, other compilers and another validator: npm run test:peers. */
export default defineConfig({
  resolve: { alias },
  test: {
    name: 'peers',
    include: ['test/**/*.peer.test.ts'],
    // A language server takes its time on a busy machine, and so does a compiler.
    testTimeout: 300_000,
    reporters: process.env['CI']
      ? ['default', ['json', { outputFile: 'test-results-peers.json' }]]
      : ['default'],
  },
})
