import { defineConfig } from 'tsup'

export default defineConfig([
  {
    // A file each, as in src: bundlers shake modules better than chunks, and there is one copy of every class.
    entry: ['src/**/*.ts'],
    bundle: false,
    format: 'esm',
    target: 'es2022',
    sourcemap: true,
  },
  {
    // The demo extension, which imports the package as any other program does.
    entry: { 'demo/workspace': 'examples/workspace/extension.ts' },
    format: 'esm',
    target: 'es2022',
    external: [/^bothways/],
  },
])
