import { preact } from '@preact/preset-vite'
import { defineConfig } from 'vite'

const source = (path: string) => new URL(`../src/${path}`, import.meta.url).pathname

export default defineConfig({
  root: new URL('.', import.meta.url).pathname,
  // Relative, so that the page works wherever a hub serves it.
  base: './',
  plugins: [preact()],
  resolve: {
    alias: [
      { find: /^bothways$/, replacement: source('index.ts') },
      { find: /^bothways\/(.*)$/, replacement: source('$1.ts') },
    ],
  },
  build: {
    outDir: new URL('../dist/playground', import.meta.url).pathname,
    emptyOutDir: true,
    target: 'es2022',
    // Browsers that know light-dark(): without this every colour is rewritten into two.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // What is inlined, and the polyfill for module preloading, would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
