import { readdir } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'
import { isAddress, readReference } from './paths.js'

/** Reads what is at an address. */
export type Fetch = (address: string) => Promise<string>

/** Where a document came from, and what stands beside it. */
export interface Origin {
  /** The whole path or address of `file`: the same, however it is spelled. */
  whole(file: string): string
  /** The text of `file`, which is relative to the document or an address; nothing where there is none. */
  read(file: string): Promise<string | undefined>
  /** The files beside the document, as far as that can be told, and what else a reference may mean. */
  list(): Promise<readonly string[]>
}

export interface FolderOptions {
  /** Reads what is at an address. Without it nothing is fetched. */
  readonly fetch?: Fetch | undefined
  /** Is told the path of every file that is read, or looked for. */
  readonly reading?: ((path: string) => void) | undefined
  /** Where the document is, relative to the folder; by default in it. */
  readonly within?: string | undefined
  /** What a reference may also mean by its base name: the document that this one belongs to. */
  readonly also?: string | undefined
}

/** The folder that a document is in, or that the names of its files are relative to. */
export function folderOrigin(
  directory: string,
  { fetch, reading, within = '', also }: FolderOptions = {},
): Origin {
  const pathOf = (file: string) => (isAbsolute(file) ? file : join(directory, file))
  return {
    whole: (file) => (isAddress(file) ? file : resolve(pathOf(file))),
    read: async (file) => {
      if (isAddress(file)) return fetch?.(file)
      const path = pathOf(file)
      reading?.(path)
      return readReference(path)
    },
    list: async () => {
      const names = await readdir(pathOf(within))
      const files = names.map((name) => (within === '' ? name : `${within}/${name}`))
      return also === undefined ? files : [...new Set([...files, also])]
    },
  }
}

/** The place of the document at `address`. */
export function addressOrigin(address: string, fetch: Fetch): Origin {
  return {
    whole: (file) => new URL(file, address).href,
    read: (file) => fetch(new URL(file, address).href),
    list: async () => [],
  }
}
