import { basename } from 'node:path'
import {
  ArgumentError,
  DocumentError,
  diagnosticText,
  type Fetch,
  ForeignFileError,
  findChanges,
  type GeneratedFiles,
  generateFrom,
  type Resolved,
  writeChanged,
} from '../codegen.js'
import { RpcError } from '../protocol/error.js'
import { difference } from './difference.js'
import { discoverAt, isLive, liveName, shown } from './live.js'
import { describeModule, isModule } from './module.js'
import { fetchText } from './remote.js'
import { UsageError } from './usage-error.js'
import { watch } from './watch.js'

export interface GenOptions {
  /** The `.ts` file for the types, a `.md` or `.openrpc.json` file, or a folder. */
  readonly out?: string | undefined
  /** Whether `out` is for `import service from 'ipc:name'`: a `.d.ts` file, or a folder. */
  readonly ipc?: boolean | undefined
  readonly name?: string | undefined
  readonly runtime?: string | undefined
  /** False for a contract without checks. */
  readonly checks?: boolean | undefined
  /** Whether the contract can tell what changed at the other end. Default: where it has checks. */
  readonly shape?: boolean | undefined
  /** The methods to generate for, by names in which `*` stands for anything. */
  readonly only?: readonly string[] | undefined
  /** Whether addresses may be read. */
  readonly allowRemote?: boolean | undefined
  /** Compares with what is there instead of writing. */
  readonly check?: boolean | undefined
}

/** Where a command says things: results on one stream, all else on the other. */
export interface Output {
  readonly result: (line: string) => void
  readonly note: (line: string) => void
}

const exitCodes = { ok: 0, usage: 2, drift: 8 } as const

const standardOutput: Output = {
  result: (line) => process.stdout.write(`${line}\n`),
  note: (line) => process.stderr.write(`${line}\n`),
}

type Inputs = string | readonly [string, ...string[]]

/** Runs `bothways gen`, once or until it is told to stop. */
export async function runGen(
  input: readonly [string, ...string[]],
  options: GenOptions,
  isWatched: boolean,
): Promise<number> {
  const { out, check } = options
  if (!isWatched || out === undefined) return gen(input, options)
  if (check === true) throw new UsageError('--watch and --check exclude each other; give one')
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  return genAgain(input, { ...options, out }, stop.signal)
}

/** Runs `bothways gen` and returns its exit code: 0, 2 for faults in usage or document, 8 for drift under `--check`. */
export async function gen(
  input: Inputs,
  options: GenOptions,
  output: Output = standardOutput,
): Promise<number> {
  const { out, check = false } = options
  if (out === undefined) {
    output.note('gen needs --out: a .ts file for the types, such as src/orders.gen.ts, or a folder')
    return exitCodes.usage
  }
  try {
    const generated = await make(input, out, options, output)
    return check ? await compare(generated, output) : await write(generated, output)
  } catch (error) {
    output.note(explain(error))
    return exitCodes.usage
  }
}

/**
 * Generates now, and again whenever a file changes that was read, or looked for, until `signal` aborts. What is wrong is
 * said, and what was written last stays.
 */
export async function genAgain(
  input: Inputs,
  options: GenOptions & { readonly out: string },
  signal: AbortSignal,
  output: Output = standardOutput,
): Promise<number> {
  let sources = new Set<string>()
  const once = async () => {
    sources = new Set(typeof input === 'string' ? [input] : input)
    try {
      await write(await make(input, options.out, options, output, sources), output)
    } catch (error) {
      output.note(explain(error))
    }
  }
  await watch(once, () => [...sources], signal)
  return exitCodes.ok
}

async function make(
  input: Inputs,
  out: string,
  { name, runtime, checks, shape, only, ipc, allowRemote = false }: GenOptions,
  output: Output,
  sources = new Set<string>(),
): Promise<GeneratedFiles> {
  const generated = await generateFrom(input, out, {
    name,
    runtime,
    checks,
    shape,
    only,
    ipc,
    fetch: allowRemote ? fetching(output) : undefined,
    reading: (path) => sources.add(path),
    resolve: (given) => resolve(given, name, output),
  })
  for (const warning of generated.warnings) output.note(`warning: ${diagnosticText(warning)}`)
  if (generated.opaque.length > 0) output.note(`typed as unknown: ${generated.opaque.length}`)
  return generated
}

function fetching(output: Output): Fetch {
  return (address) => {
    output.note(`reading ${address}`)
    return fetchText(address)
  }
}

/** The document of a module or of a running service. What runs at an address is asked, and nothing else is fetched. */
async function resolve(
  input: string,
  name: string | undefined,
  output: Output,
): Promise<Resolved | undefined> {
  if (isModule(input))
    return { source: basename(input), document: await describeModule(input, name) }
  if (!isLive(input)) return undefined
  output.note(`asking ${shown(input)}`)
  const document = await discoverAt(input)
  return { source: liveName(input, document), document }
}

async function write({ files, directory }: GeneratedFiles, output: Output): Promise<number> {
  for (const path of await writeChanged(files, directory)) output.result(path)
  return exitCodes.ok
}

async function compare({ files, directory }: GeneratedFiles, output: Output): Promise<number> {
  const changes = await findChanges(files, directory)
  for (const { path, before, after } of changes) {
    output.result(before === undefined ? `${path} is missing` : difference(path, before, after))
  }
  if (changes.length === 0) return exitCodes.ok
  output.note('run the same command without --check to bring the files up to date')
  return exitCodes.drift
}

const expected = [ArgumentError, DocumentError, ForeignFileError, UsageError]

// These are about the document or the files; anything else is a bug and keeps its stack.
function explain(error: unknown): string {
  if (error instanceof RpcError)
    return error.hint === undefined ? error.message : `${error.message}; ${error.hint}`
  const isOfSystem = error instanceof Error && 'syscall' in error
  if (error instanceof Error && (isOfSystem || expected.some((kind) => error instanceof kind)))
    return error.message
  throw error
}
