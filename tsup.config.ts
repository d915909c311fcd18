import { defineConfig } from 'tsup'

export default defineConfig([
  {
    // A file each, as in src: bundlers shake modules better than chunks, and there is one copy of every class.
    entry: ['src/**/*.ts'],
    bundle: false,
    format: 'esm',
    target: 'es2022',
    sourcemap: true,
    // Two hundred lines of file names would stand between npm start and the address to open. Faults are still told.
    silent: true,
  },
  {
    // The demo extension, which imports the package as any other program does.
    entry: { 'demo/workspace': 'examples/workspace/extension.ts' },
    format: 'esm',
    target: 'es2022',
    external: [/^bothways/],
    silent: true,
  },
])
