import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isGenerated } from '../emit/header.js'
import { type Generated, type GenerateOptions, generate } from '../generate.js'
import { addressOrigin, type Fetch, folderOrigin } from './origin.js'
import { parse } from './parse.js'
import { isAddress, placeOf, readIfThere, readInput } from './paths.js'
import { type Referenced, readReferenced } from './referenced.js'

/** The generated code of a document, and the directory it belongs in. */
export interface GeneratedFiles extends Generated {
  readonly directory: string
}

/** How what is generated from is found. */
export interface LoadOptions {
  /** Reads what is at an address. Without it nothing is fetched. */
  readonly fetch?: Fetch | undefined
  /** Is told the path of every file that is read, or looked for. */
  readonly reading?: ((path: string) => void) | undefined
  /** Gives the document of an input that is none itself, such as a module or a running service; nothing for any other. */
  readonly resolve?: ((input: string) => Promise<Resolved | undefined>) | undefined
}

/** A document that was not read from a file. */
export interface Resolved {
  /** What it is called, as a file would be. */
  readonly source: string
  readonly document: object
}

export interface FromOptions
  extends Omit<GenerateOptions, 'source' | 'out' | 'documents'>,
    LoadOptions {}

/**
 * Generates from the document at `input`, or from several that belong together, the first of which names the contract,
 * and the local files they refer to, for the file or the folder `out`. Rejects with an ArgumentError where one of them
 * is something else. Writes nothing.
 */
export async function generateFrom(
  input: string | readonly [string, ...string[]],
  out: string,
  options: FromOptions = {},
): Promise<GeneratedFiles> {
  const [first, ...others] = typeof input === 'string' ? ([input] as const) : input
  const { directory, file } = await placeOf(out)
  const { source, document, ...found } = await load(first, options)
  const documents = new Map(found.documents)
  const warnings = [...found.warnings]
  for (const path of others) {
    const other = await load(path, options)
    for (const [name, value] of [[other.source, other.document] as const, ...other.documents])
      documents.set(name, value)
    warnings.push(...other.warnings)
  }
  const root =
    typeof document === 'object' && document !== null ? document : JSON.stringify(document)
  const generated = generate(root, { ...options, source, documents, out: file })
  return { ...generated, warnings: [...warnings, ...generated.warnings], directory }
}

interface Loaded extends Resolved, Referenced {}

async function load(input: string, options: LoadOptions): Promise<Loaded> {
  const { fetch, resolve, reading } = options
  const resolved = await resolve?.(input)
  if (resolved !== undefined) return { ...resolved, documents: new Map(), warnings: [] }
  const isFetched = fetch !== undefined && isAddress(input)
  const source = basename(isFetched ? new URL(input).pathname : input)
  const origin = isFetched
    ? addressOrigin(input, fetch)
    : folderOrigin(dirname(input), { fetch, reading })
  const text = isFetched ? await fetch(input) : await readInput(input)
  const document = parse(text, source) as object
  return { ...(await readReferenced(document, source, origin)), source, document }
}

/** A file that is not as it would be generated now; `before` is missing where the file is. */
export interface Change {
  readonly path: string
  readonly before: string | undefined
  readonly after: string
}

/**
 * Those of `files` that differ from what is in `directory`. Rejects with a ForeignFileError when one is there that was
 * not generated.
 */
export async function findChanges(
  files: ReadonlyMap<string, string>,
  directory: string,
): Promise<Change[]> {
  const changes: Change[] = []
  for (const [name, after] of files) {
    if (name !== basename(name)) throw new Error(`"${name}" is outside ${directory}`)
    const path = join(directory, name)
    const before = await readIfThere(path)
    if (before !== after) changes.push({ path, before, after })
  }
  const foreign = changes.find(({ before }) => before !== undefined && !isGenerated(before))
  if (foreign !== undefined) throw new ForeignFileError(foreign.path)
  return changes
}

/**
 * Writes those of `files` that differ from what is in `directory`, and returns their paths. Each is put in place at
 * once. Rejects with a ForeignFileError, before anything is written, when a file is there that was not generated.
 */
export async function writeChanged(
  files: ReadonlyMap<string, string>,
  directory: string,
): Promise<string[]> {
  const changes = await findChanges(files, directory)
  await mkdir(directory, { recursive: true })
  for (const { path, after } of changes) await replace(path, after)
  return changes.map(({ path }) => path)
}

/** Thrown instead of overwriting a file, or comparing with one, that was not generated. */
export class ForeignFileError extends Error {
  override readonly name: string = 'ForeignFileError'

  constructor(path: string) {
    super(
      `${path} was not generated by bothways and is left as it is; move it, or choose another name`,
    )
  }
}

// A rename replaces a symbolic link instead of writing through it, and no reader sees half a file.
async function replace(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await writeFile(temporary, text, { flag: 'wx' })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
