import { basename } from 'node:path'
import type { Diagnostic } from '../diagnostic.js'
import type { Origin } from './origin.js'
import { parse } from './parse.js'
import { referencedFiles } from './sources.js'

/** The documents that a document refers to, by the names it has for them. */
export interface Referenced {
  readonly documents: ReadonlyMap<string, unknown>
  /** Which of them were found under another name than the one they are referred to by. */
  readonly warnings: readonly Diagnostic[]
}

/**
 * Reads what `document`, which is `source` of `origin`, refers to, and what that refers to. What cannot be read is left
 * out: the reference that needs it is the better place to say so. `read` has what was read already, by whole names.
 */
export async function readReferenced(
  document: unknown,
  source: string,
  origin: Origin,
  read = new Map<string, unknown>(),
): Promise<Referenced> {
  // By the names of the files themselves, so that each is read once, whatever it is called.
  read.set(origin.whole(source), document)
  const documents = new Map<string, unknown>()
  const warnings: Diagnostic[] = []
  const waiting = referencedFiles(document, source)
  for (const file of waiting) {
    const found = await findFile(file, origin, read)
    if (found === undefined) continue
    if (found !== file) warnings.push(foundElsewhere(source, file, found))
    const value = read.get(origin.whole(found))
    documents.set(found, value).set(file, value)
    for (const further of referencedFiles(value, found)) waiting.add(further)
  }
  return { documents, warnings }
}

/** The file that `file` names, read into `read`: it itself, or else the one beside the document that must be meant. */
async function findFile(
  file: string,
  origin: Origin,
  read: Map<string, unknown>,
): Promise<string | undefined> {
  if (await readInto(read, file, origin)) return file
  const other = await namesake(file, origin)
  return other !== undefined && (await readInto(read, other, origin)) ? other : undefined
}

async function readInto(read: Map<string, unknown>, file: string, origin: Origin) {
  const whole = origin.whole(file)
  if (read.has(whole)) return true
  const text = await origin.read(file)
  if (text !== undefined) read.set(whole, parse(text, file))
  return text !== undefined
}

/**
 * The file of `origin` with the same base name, or with that behind a prefix and a hyphen: documents of one service
 * often refer to one another from the root of their repository, and are then copied into one folder.
 */
async function namesake(file: string, origin: Origin): Promise<string | undefined> {
  const base = basename(file)
  const there = await origin.list()
  const same = there.find((name) => basename(name) === base)
  if (same !== undefined) return same
  const [only, ...others] = there.filter((name) => name.endsWith(`-${base}`))
  return others.length === 0 ? only : undefined
}

function foundElsewhere(source: string, file: string, found: string): Diagnostic {
  const problem = `it refers to ${file}, which is not there, so ${found} is taken`
  return { file: source, pointer: '', problem, advice: 'correct the references, or move the file' }
}
