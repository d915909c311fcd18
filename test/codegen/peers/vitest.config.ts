import { defineConfig } from 'vitest/config'

const source = new URL('../../../src/', import.meta.url).pathname

/** The tests of generated stubs against programs and types of others: npm run test:stubs. */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^bothways$/, replacement: `${source}index.ts` },
      { find: /^bothways\/(.*)$/, replacement: `${source}$1.ts` },
    ],
  },
  test: { name: 'stubs', include: ['test/codegen/peers/*.peer.test.ts'], testTimeout: 30_000 },
})
