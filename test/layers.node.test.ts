import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { expect, test } from 'vitest'

/** What each part of src may import beside itself, types included. Anything else is a mistake. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  'runtime.ts': [],
  transport: ['protocol', 'runtime.ts'],
  link: ['protocol', 'transport', 'runtime.ts'],
  stream: ['protocol', 'runtime.ts'],
  peer: ['protocol', 'link', 'stream', 'transport', 'runtime.ts'],
  dialects: ['protocol'],
  contract: ['protocol', 'peer', 'stream', 'runtime.ts'],
  client: ['protocol', 'peer', 'contract', 'link', 'transport', 'runtime.ts'],
  hub: ['protocol', 'peer', 'contract', 'link', 'transport', 'client', 'runtime.ts'],
  ipc: ['protocol', 'peer', 'contract', 'dialects', 'transport', 'client', 'runtime.ts'],
  // The text of modules and their words, nothing that runs.
  codegen: ['ipc'],
}

/** Entries that run in a browser: nothing they reach may need Node. */
const portable = [
  'index.ts',
  'websocket.ts',
  'message-port.ts',
  'dialects.ts',
  'msgpack.ts',
  'contract.ts',
  'drift.ts',
  'client.ts',
  'hub.ts',
  'opentelemetry.ts',
  'ipc-browser.ts',
]

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
)

/** The part a file belongs to: its top folder, or the file itself. */
const partOf = (file: string): string => file.split('/')[0] ?? file

function specifiersIn(file: string): string[] {
  const text = readFileSync(`src/${file}`, 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, specifier = '']) => specifier,
  )
}

function importsOf(file: string): string[] {
  return specifiersIn(file)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => posix.join(posix.dirname(file), specifier.replace(/\.js$/, '.ts')))
}

test.each(files.filter((file) => partOf(file) in allowed))(
  '%s imports only what its layer allows',
  (file) => {
    const part = partOf(file)
    const others = importsOf(file)
      .map(partOf)
      .filter((other) => other !== part)
    expect(others.filter((other) => !allowed[part]?.includes(other))).toEqual([])
  },
)

test('every folder of src has a place among the layers', () => {
  const folders = files.filter((file) => file.includes('/')).map(partOf)
  expect(
    [...new Set(folders)].filter((folder) => !(folder in allowed) && folder !== 'cli'),
  ).toEqual([])
})

/** The files that `entry` imports, all told. */
function reachedBy(entry: string): string[] {
  const reached = new Set<string>()
  const queue = [entry]
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (reached.has(file)) continue
    reached.add(file)
    queue.push(...importsOf(file))
  }
  return [...reached]
}

/** The lines of `file` that say `words`, without its comments. */
function linesWith(file: string, words: RegExp): string[] {
  const code = readFileSync(`src/${file}`, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  return code.split('\n').filter((line) => words.test(line))
}

test.each(portable)('nothing that %s reaches needs Node', (entry) => {
  const reached = reachedBy(entry)
  expect(reached.filter((file) => !existsSync(`src/${file}`))).toEqual([])
  expect(
    reached.filter((file) => specifiersIn(file).some((name) => name.startsWith('node:'))),
  ).toEqual([])
})

test.each(portable)('%s makes no code of text, and sets timers by its runtime alone', (entry) => {
  const reached = reachedBy(entry).filter((file) => file !== 'runtime.ts')
  const words = /\b(Buffer|process|eval|new Function|setTimeout|setInterval|setImmediate)\b[.(]/
  expect(reached.flatMap((file) => linesWith(file, words))).toEqual([])
})

test('the library prints nothing: only its commands do, and what moves the console of a process', () => {
  const words = /(?<!:)\bconsole\b|\bprocess\.(stdout|stderr|emitWarning)\b/
  const quiet = files.filter((file) => partOf(file) !== 'cli' && file !== 'cli.ts')
  const lines = quiet.flatMap((file) => linesWith(file, words).map((line) => [file, line.trim()]))
  expect(lines).toEqual([
    [
      'transport/node/stdio.ts',
      'if (consoleToStderr) globalThis.console = new Console(process.stderr)',
    ],
    [
      'transport/node/stdio.ts',
      'return framedTransport(new NodeByteStream(process.stdin, process.stdout), options)',
    ],
  ])
})
