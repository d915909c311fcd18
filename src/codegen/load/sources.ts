import type { Place } from '../model.js'
import { isJsonObject, keysOf, own, pointerOf } from '../place.js'

/** How much of a reference is shown where it leads nowhere, in characters. */
const mostShown = 200

/** Where a reference leads, or why it leads nowhere. */
export type Target =
  | { readonly place: Place; readonly value: unknown }
  | { readonly problem: string; readonly advice: string }

/** The documents at hand, by file, and the way from a `$ref` to what it names. Nothing is ever fetched. */
export class Sources {
  readonly #documents: ReadonlyMap<string, unknown>
  // A document that is known by two names must not yield its types twice.
  readonly #firstNames = new Map<unknown, string>()
  readonly #used = new Set<unknown>()

  constructor(documents: ReadonlyMap<string, unknown>) {
    this.#documents = documents
    for (const [file, value] of documents) {
      if (!this.#firstNames.has(value)) this.#firstNames.set(value, file)
    }
  }

  /** The files of the documents at hand. */
  files(): string[] {
    return [...this.#documents.keys()]
  }

  /** The document `file`. */
  root(file: string): unknown {
    return this.#documents.get(file)
  }

  /** Notes that `file` is read, also where nothing refers to it. */
  use(file: string): void {
    this.#used.add(this.root(file))
  }

  /** Whether `file` was referred to or is read. */
  isUsed(file: string): boolean {
    return this.#used.has(this.root(file))
  }

  /** What `reference` names, seen from `from`: files are relative to the document the reference stands in. */
  locate(reference: string, from: Place): Target {
    const [path = '', fragment = ''] = splitOnce(reference, '#')
    const said = JSON.stringify(shortened(reference))
    if (isFar(path) && !URL.canParse(path))
      return { problem: `${said} is no address`, advice: 'correct it' }
    if (/(^|\/)\.{0,2}$/.test(path) && path !== '' && !isFar(path) && !isFar(from.file)) {
      const advice = 'name the document in it, or begin with # for this one'
      return { problem: `${said} names a folder`, advice }
    }
    const file = path === '' ? from.file : localFile(path, from.file)
    if (file === undefined || (isFar(file) && !this.#documents.has(file))) {
      return {
        problem: `${said} is no relative file`,
        advice: 'copy what it names beside this document',
      }
    }
    if (!this.#documents.has(file)) {
      return {
        problem: `${said} needs the file ${printed(file)}, which cannot be read`,
        advice: 'put it there',
      }
    }
    this.use(file)
    return this.#walk(this.#firstNames.get(this.#documents.get(file)) ?? file, fragment, reference)
  }

  #walk(file: string, fragment: string, reference: string): Target {
    const pointer = decoded(fragment)
    if (pointer === undefined || (pointer !== '' && !pointer.startsWith('/'))) {
      return {
        problem: `"${reference}" is no JSON pointer`,
        advice: 'write it as #/components/schemas/Name',
      }
    }
    const keys = keysOf(pointer)
    let value = this.#documents.get(file)
    for (const key of keys) value = child(value, key)
    if (value === undefined) {
      return {
        problem: `"${reference}" names nothing in ${file}`,
        advice: 'define it, or correct the reference',
      }
    }
    return { place: { file, pointer: pointerOf(keys) }, value }
  }
}

/** The files that the `$ref`s anywhere in `document` name, relative to the first document, and the addresses. */
export function referencedFiles(document: unknown, file: string): Set<string> {
  const files = new Set(companionsOf(document, file))
  const seen = new Set<unknown>()
  const waiting: unknown[] = [document]
  // A list, not recursion: nesting is not bounded yet. `seen`, because YAML aliases may share a node or loop.
  while (waiting.length > 0) {
    const node = waiting.pop()
    if (typeof node !== 'object' || node === null || seen.has(node)) continue
    seen.add(node)
    const reference = isJsonObject(node) ? own(node, '$ref') : undefined
    const path = typeof reference === 'string' ? splitOnce(reference, '#')[0] : ''
    const target = path === '' || path === undefined ? undefined : localFile(path, file)
    if (target !== undefined) files.add(target)
    for (const value of Object.values(node)) waiting.push(value)
  }
  return files
}

/** The schema that ACP's list of methods is about lies beside it, and nothing in the list says so. */
function companionsOf(document: unknown, file: string): string[] {
  const schema = file.replace(/meta(?=\.json$)/, 'schema')
  return isJsonObject(document) && Object.hasOwn(document, 'agentMethods') && schema !== file
    ? [schema]
    : []
}

function isFar(path: string): boolean {
  return /^https?:/i.test(path)
}

function localFile(path: string, from: string): string | undefined {
  if (isFar(path)) return URL.canParse(path) ? path : undefined
  if (isFar(from)) return farFile(path, from)
  if (/^[a-z][a-z\d+.-]*:|^[/\\]/i.test(path)) return undefined
  const parts = from.split('/').slice(0, -1)
  for (const part of path.split('/')) {
    if (part === '.' || part === '') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else parts.push(part)
  }
  return parts.join('/')
}

function farFile(path: string, from: string): string | undefined {
  const address = URL.canParse(path, from) ? new URL(path, from).href : ''
  return isFar(address) ? address : undefined
}

function shortened(text: string): string {
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text
}

/** `text` in one line, as characters that can be seen. */
function printed(text: string): string {
  return JSON.stringify(shortened(text)).slice(1, -1)
}

function child(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? own(value as Record<string, unknown>, key)
    : undefined
}

function splitOnce(text: string, mark: string): string[] {
  const at = text.indexOf(mark)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + mark.length)]
}

function decoded(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return undefined
  }
}
