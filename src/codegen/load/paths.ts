import { readFile, stat } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { ArgumentError } from '../argument-error.js'

/** Whether `path` is an address rather than the path of a file. */
export function isAddress(path: string): boolean {
  return /^[a-z][a-z\d+.-]+:\/\//i.test(path)
}

/** The text of the document at `path`. Rejects with an ArgumentError where there is none to be read. */
export async function readInput(path: string): Promise<string> {
  if (isAddress(path)) {
    const advice = 'add --allow-remote, or save the document and give the path of its file'
    throw new ArgumentError(`${path} is an address, and nothing is fetched; ${advice}`)
  }
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw refusalOf(path, error)
  }
}

/** The text of the file at `path`; nothing where there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** How it is said that a path names no file that could be read, at whatever length or depth, or with which characters. */
const noFile = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE']

/** The text of the file that a document refers to by `path`; nothing where it names no file. */
export async function readReference(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (noFile.includes(String(code))) return undefined
    throw error
  }
}

function refusalOf(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EISDIR') {
    const example = join(path, 'orders.openrpc.json')
    return new ArgumentError(`${path} is a folder; give the document in it, such as ${example}`)
  }
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new ArgumentError(`${path} does not exist; give the path of an OpenRPC document`)
  return error
}

/** Where the generated files go. */
export interface OutputPlace {
  readonly directory: string
  /** The file, that for the types where there are several; nothing where the files are named after the contract. */
  readonly file: string | undefined
}

/** What `out` means: a file of one of the kinds there are, or a folder, there or new. Rejects with an ArgumentError where it is neither. */
export async function placeOf(out: string): Promise<OutputPlace> {
  const found = await stat(out).catch(() => undefined)
  if (found?.isDirectory()) return { directory: out, file: undefined }
  if (/\.(ts|md|openrpc\.json)$/.test(out)) return { directory: dirname(out), file: out }
  // A dot in the last part is more often a file of another kind than the name of a new folder.
  const mayBecomeFolder = extname(out) === '' || /[\\/]$/.test(out)
  if (found === undefined && mayBecomeFolder) return { directory: out, file: undefined }
  const advice = 'give a file for the types, such as src/orders.gen.ts, or a folder, ending in /'
  throw new ArgumentError(
    `${out} is neither a .ts, .md or .openrpc.json file nor a folder; ${advice}`,
  )
}
