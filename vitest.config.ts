import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { chromiumOptions } from './test/chromium.js'

export const alias = [
  { find: /^bothways$/, replacement: new URL('./src/index.ts', import.meta.url).pathname },
  { find: /^bothways\/(.*)$/, replacement: new URL('./src/$1.ts', import.meta.url).pathname },
]

/** A busy machine is no fault; what hangs is found all the same. */
const patience = { testTimeout: 30_000, hookTimeout: 30_000 }

export default defineConfig({
  test: {
    reporters: process.env['CI']
      ? ['default', ['json', { outputFile: 'test-results.json' }]]
      : ['default'],
    projects: [
      {
        resolve: { alias },
        test: {
          ...patience,
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.browser.test.ts', 'test/**/*.peer.test.ts'],
        },
      },
      {
        resolve: { alias },
        test: {
          ...patience,
          name: 'browser',
          globalSetup: 'test/echo-server.ts',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.node.test.ts', 'test/**/*.peer.test.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            instances: [{ browser: 'chromium' }],
            provider: playwright({ launchOptions: chromiumOptions }),
          },
        },
      },
    ],
  },
})
