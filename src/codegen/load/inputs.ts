import { basename, dirname, relative, sep } from 'node:path'
import { ArgumentError } from '../argument-error.js'
import type { Diagnostic } from '../diagnostic.js'
import { addressOrigin, type Fetch, folderOrigin, type Origin } from './origin.js'
import { parse } from './parse.js'
import { isAddress, readInput } from './paths.js'
import { readReferenced } from './referenced.js'

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

/** Documents that belong together, and all that they refer to. */
export interface Loaded extends Resolved {
  /** By path relative to the first. */
  readonly documents: ReadonlyMap<string, unknown>
  /** Those of them that were given beside the first. */
  readonly inputs: readonly string[]
  readonly warnings: readonly Diagnostic[]
}

/** Reads `inputs`, the first of which names them all. Rejects with an ArgumentError where one cannot be read. */
export async function loadAll(
  inputs: readonly [string, ...string[]],
  options: LoadOptions,
): Promise<Loaded> {
  const loading = new Loading(inputs, options)
  const [first, ...others] = inputs
  const root = await loading.add(first)
  const names: string[] = []
  for (const other of others) names.push((await loading.add(other)).source)
  return { ...root, documents: loading.documents, inputs: names, warnings: loading.warnings }
}

/** Reads one input after the other, and each file once, however it is called. */
class Loading {
  readonly documents = new Map<string, unknown>()
  readonly warnings: Diagnostic[] = []
  readonly #options: LoadOptions
  readonly #first: string
  /** The folder that the names of all files are relative to: that of the first that is a file. */
  readonly #folder: string
  readonly #read = new Map<string, unknown>()

  constructor(inputs: readonly [string, ...string[]], options: LoadOptions) {
    this.#options = options
    this.#first = inputs[0]
    this.#folder = dirname(inputs.find((input) => !isAddress(input)) ?? '')
  }

  async add(input: string): Promise<Resolved> {
    const resolved = await this.#options.resolve?.(input)
    if (resolved !== undefined) {
      this.#keep(resolved.source, resolved.document)
      return resolved
    }
    if (this.#isFetched(input) && !URL.canParse(input))
      throw new ArgumentError(`${input} is no address; correct it`)
    const source = this.#nameOf(input)
    const origin = this.#originOf(input, source)
    const whole = origin.whole(isAddress(input) ? input : source)
    const document = (this.#read.get(whole) ?? (await this.#parse(input, source))) as object
    this.#read.set(whole, document)
    const found = await readReferenced(document, source, origin, this.#read)
    this.#keep(source, document)
    for (const [name, value] of found.documents) this.#keep(name, value)
    this.warnings.push(...found.warnings)
    return { source, document }
  }

  /** What `input` is called: a file by its path from the folder, and so the first by its base name. */
  #nameOf(input: string): string {
    if (!this.#isFetched(input)) return relative(this.#folder, input).split(sep).join('/')
    return input === this.#first ? basename(new URL(input).pathname) : new URL(input).href
  }

  #originOf(input: string, source: string): Origin {
    const { fetch, reading } = this.#options
    if (fetch !== undefined && isAddress(input)) return addressOrigin(input, fetch)
    const within = source.split('/').slice(0, -1).join('/')
    const also = input === this.#first ? undefined : this.#first
    const meant = also === undefined || isAddress(also) ? also : this.#nameOf(also)
    return folderOrigin(this.#folder, { fetch, reading, within, also: meant })
  }

  async #parse(input: string, source: string): Promise<unknown> {
    const { fetch } = this.#options
    const isFetched = fetch !== undefined && isAddress(input)
    return parse(isFetched ? await fetch(input) : await readInput(input), source)
  }

  #isFetched(input: string): boolean {
    return this.#options.fetch !== undefined && isAddress(input)
  }

  /** Two documents of one name would be taken for one another. */
  #keep(name: string, document: unknown): void {
    if (this.documents.has(name) && this.documents.get(name) !== document) {
      const advice = 'rename one, or put them into one folder'
      throw new ArgumentError(`two different documents are called ${name}; ${advice}`)
    }
    this.documents.set(name, document)
  }
}
