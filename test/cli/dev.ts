import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { onTestFinished } from 'vitest'

/** `bothways dev` as it is run: hub, playground and demo extension, each where it really runs. */
export interface Dev {
  readonly process: ChildProcess
  /** The address that it printed, with the token behind the #. */
  readonly page: string
  readonly hub: string
  readonly token: string
  /** The folder that the extension works on. */
  readonly folder: string
  /** The process of the extension. */
  readonly extension: number
  /** What it says on its error output. */
  readonly stderr: Lines
  /** How often a file of the folder was read, with `notesReads`. */
  reads(): Promise<number>
  /** Lets the extension read `held.md`, at which it waits with `notesReads`. */
  release(): void
}

export interface StartOptions {
  /** What is in the folder before anything starts. */
  readonly files?: Readonly<Record<string, string>>
  /** Whether the processes note what they read, and wait where they read `held.md`. */
  readonly notesReads?: boolean
}

/** Starts `bothways dev` on a free port and a folder of its own; both end with the test. */
export async function startDev({
  files = {},
  notesReads = false,
}: StartOptions = {}): Promise<Dev> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'bothways-')))
  await write(folder, files)
  const log = `${folder}.reads`
  const child = spawn(process.execPath, ['dist/cli.js', 'dev', '--port', '0', '--folder', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: notesReads ? noting(log) : process.env,
  })
  onTestFinished(async () => {
    await stopProcess(child)
    await rm(folder, { recursive: true })
    await rm(log, { force: true })
  })
  const stderr = new Lines(child.stderr)
  const [[page], [, extension]] = await Promise.all([
    once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>,
    stderr.find(/^workspace .*\(process (\d+)\)$/),
  ])
  const { host, hash } = new URL(page)
  return {
    process: child,
    page,
    hub: `ws://${host}`,
    token: hash.slice('#t='.length),
    folder,
    extension: Number(extension),
    stderr,
    reads: async () => {
      const lines = (await readFile(log, 'utf8')).split('\n')
      return lines.filter((path) => path.startsWith(folder)).length
    },
    release: () => void process.kill(Number(extension), 'SIGUSR2'),
  }
}

/** The environment of processes that note in `log` what they read. */
function noting(log: string): NodeJS.ProcessEnv {
  const preloaded = pathToFileURL('test/cli/note-reads.js')
  return { ...process.env, NODE_OPTIONS: `--import ${preloaded}`, NOTE_READS: log }
}

/** A file that says `TODO`, one that is held, and twenty that say nothing, in the order of a search. */
export function heldFiles(): Readonly<Record<string, string>> {
  const others = Array.from({ length: 20 }, (_, index) => [`many/${index}.md`, 'nothing'])
  return { 'first.md': 'TODO', 'held.md': 'nothing', ...Object.fromEntries(others) }
}

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  const folders = new Set(Object.keys(files).map((path) => dirname(join(folder, path))))
  for (const path of folders) await mkdir(path, { recursive: true })
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text)
}

/** What a stream says, line by line. What was said before somebody asks is kept for them. */
export class Lines {
  readonly all: string[] = []
  readonly #ended: Promise<unknown>
  #said: Promise<unknown>

  constructor(stream: Readable) {
    const lines = createInterface({ input: stream })
    this.#ended = once(lines, 'close')
    this.#said = once(lines, 'line')
    lines.on('line', (line) => {
      this.all.push(line)
      this.#said = once(lines, 'line')
    })
  }

  /** The first line that `pattern` fits, there already or yet to come. */
  async find(pattern: RegExp): Promise<RegExpExecArray> {
    for (let index = 0; ; index++) {
      if (index === this.all.length) await Promise.race([this.#said, this.#ended])
      const line = this.all[index]
      if (line === undefined) throw new Error(`ended before it said ${pattern}`)
      const found = pattern.exec(line)
      if (found !== null) return found
    }
  }

  /** Resolves with every line once the stream has ended. */
  async toEnd(): Promise<readonly string[]> {
    await this.#ended
    return this.all
  }
}

/** Ends a process as Ctrl+C does, and waits until it has gone. Resolves with its exit code. */
export async function stopProcess(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGINT')
    await once(child, 'exit')
  }
  return child.exitCode
}

/** Runs the command line to its end, which comes with that of the test at the latest. */
export async function runCli(
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['dist/cli.js', ...args])
  onTestFinished(async () => void (await stopProcess(child)))
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const [code] = (await once(child, 'close')) as [number]
  return { code, stdout, stderr }
}
