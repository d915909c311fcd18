import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isAddress, readIfThere } from './paths.js'

/** Reads what is at an address. */
export type Fetch = (address: string) => Promise<string>

/** Where a document came from, and what stands beside it. */
export interface Origin {
  /** The text of `file`, which is relative to the document or an address; nothing where there is none. */
  read(file: string): Promise<string | undefined>
  /** The names of the files beside the document, as far as that can be told. */
  list(): Promise<readonly string[]>
}

export interface FolderOptions {
  /** Reads what is at an address. Without it nothing is fetched. */
  readonly fetch?: Fetch | undefined
  /** Is told the path of every file that is read, or looked for. */
  readonly reading?: ((path: string) => void) | undefined
}

/** The folder that a document is in. */
export function folderOrigin(directory: string, { fetch, reading }: FolderOptions = {}): Origin {
  return {
    read: async (file) => {
      if (isAddress(file)) return fetch?.(file)
      const path = join(directory, file)
      reading?.(path)
      return readIfThere(path)
    },
    list: () => readdir(directory),
  }
}

/** The place of the document at `address`. */
export function addressOrigin(address: string, fetch: Fetch): Origin {
  return {
    read: (file) => fetch(new URL(file, address).href),
    list: async () => [],
  }
}
