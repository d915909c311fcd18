import {
  ArgumentError,
  DocumentError,
  diagnosticText,
  ForeignFileError,
  findChanges,
  type GeneratedFiles,
  generateFrom,
  writeChanged,
} from '../codegen.js'
import { firstDifference } from './difference.js'

export interface GenOptions {
  /** The `.ts` file for the types, a `.md` or `.openrpc.json` file, or a folder. */
  readonly out?: string | undefined
  readonly name?: string | undefined
  readonly runtime?: string | undefined
  /** False for a contract without checks. */
  readonly checks?: boolean | undefined
  /** The methods to generate for, by names in which `*` stands for anything. */
  readonly only?: readonly string[] | undefined
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

/** Runs `bothways gen` and returns its exit code: 0, 2 for faults in usage or document, 8 for drift under `--check`. */
export async function gen(
  input: string | readonly [string, ...string[]],
  options: GenOptions,
  output: Output = standardOutput,
): Promise<number> {
  const { out, check = false, ...rest } = options
  if (out === undefined) {
    output.note('gen needs --out: a .ts file for the types, such as src/orders.gen.ts, or a folder')
    return exitCodes.usage
  }
  try {
    const generated = await generateFrom(input, out, rest)
    for (const warning of generated.warnings) output.note(`warning: ${diagnosticText(warning)}`)
    if (generated.opaque.length > 0) output.note(`typed as unknown: ${generated.opaque.length}`)
    return check ? await compare(generated, output) : await write(generated, output)
  } catch (error) {
    output.note(explain(error))
    return exitCodes.usage
  }
}

async function write({ files, directory }: GeneratedFiles, output: Output): Promise<number> {
  for (const path of await writeChanged(files, directory)) output.result(path)
  return exitCodes.ok
}

async function compare({ files, directory }: GeneratedFiles, output: Output): Promise<number> {
  const changes = await findChanges(files, directory)
  for (const { path, before, after } of changes) {
    output.result(
      before === undefined ? `${path} is missing` : firstDifference(path, before, after),
    )
  }
  if (changes.length === 0) return exitCodes.ok
  output.note('run the same command without --check to bring the files up to date')
  return exitCodes.drift
}

const expected = [ArgumentError, DocumentError, ForeignFileError]

// These are about the document or the files; anything else is a bug and keeps its stack.
function explain(error: unknown): string {
  const isOfSystem = error instanceof Error && 'syscall' in error
  if (error instanceof Error && (isOfSystem || expected.some((kind) => error instanceof kind)))
    return error.message
  throw error
}
