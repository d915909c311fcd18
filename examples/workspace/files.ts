import { type FSWatcher, watch } from 'node:fs'
import { mkdir, readdir, readFile, realpath, stat, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { RpcError } from 'bothways'
import type { Entry, File } from './workspace.gen.js'

/** The error codes of this service: an application's own, outside the range that JSON-RPC reserves. */
export const workspaceErrors = {
  outside: 1,
  missing: 2,
  unreadable: 3,
  tooLarge: 4,
  notText: 5,
} as const

const largestFile = 512_000

/** The files below one folder, and nothing outside it. */
export class Files {
  readonly #root: string

  private constructor(root: string) {
    this.#root = root
  }

  /** Opens the folder at `root`, which must exist. */
  static async open(root: string): Promise<Files> {
    return new Files(await realpath(root))
  }

  async list(path = '.'): Promise<Entry[]> {
    const folder = await this.#locate(path)
    const found = await readdir(folder, { withFileTypes: true }).catch((reason) =>
      fail(path, reason),
    )
    const entries = found.filter((entry) => entry.isFile() || entry.isDirectory())
    const listed = await Promise.all(
      entries.map((entry) => describe(folder, entry.name, entry.isDirectory())),
    )
    return listed.sort((a, b) => b.kind.localeCompare(a.kind) || a.name.localeCompare(b.name))
  }

  async read(path: string): Promise<File> {
    const location = await this.#locate(path)
    const { size } = await stat(location).catch((reason) => fail(path, reason))
    if (size > largestFile) {
      throw new RpcError(
        workspaceErrors.tooLarge,
        `${path} has ${size} bytes, over the limit of ${largestFile}`,
      )
    }
    const bytes = await readFile(location).catch((reason) => fail(path, reason))
    return { path, text: textOf(path, bytes) }
  }

  /** Writes `text` to the file at `path`, and makes its folders; nothing where `signal` has aborted by then. */
  async write(path: string, text: string, signal: AbortSignal): Promise<void> {
    const location = await this.#locate(path)
    signal.throwIfAborted()
    await mkdir(dirname(location), { recursive: true }).catch((reason) => fail(path, reason))
    await writeFile(location, text).catch((reason) => fail(path, reason))
  }

  /** The paths of all files, sorted, without those of packages and in hidden folders. Rejects when `signal` aborts. */
  async paths(signal: AbortSignal): Promise<string[]> {
    const paths: string[] = []
    for await (const location of this.#walk(this.#root)) {
      signal.throwIfAborted()
      paths.push(slashed(relative(this.#root, location)))
    }
    return paths
  }

  /** Calls `changed` with every file that is written or removed, by whoever it is. */
  watch(changed: (path: string, change: 'written' | 'removed') => void): FSWatcher {
    const told = new Map<string, NodeJS.Timeout>()
    return watch(this.#root, { recursive: true }, (_event, name) => {
      if (name === null) return
      // One write makes several events; what counts is what is there once they are over.
      clearTimeout(told.get(name))
      const tell = async () => {
        told.delete(name)
        const found = await stat(join(this.#root, name)).catch(() => undefined)
        if (found === undefined || found.isFile())
          changed(slashed(name), found ? 'written' : 'removed')
      }
      told.set(name, setTimeout(tell, 50).unref())
    })
  }

  /** Where `path` is. Throws where that would be outside, by dots, by being absolute, or through a symbolic link. */
  async #locate(path: string): Promise<string> {
    const location = resolve(this.#root, path)
    if (isAbsolute(path) || path.includes('\0') || !this.#isInside(location)) throw outside(path)
    if (!this.#isInside(await nearestReal(location))) throw outside(path)
    return location
  }

  #isInside(location: string): boolean {
    const path = relative(this.#root, location)
    return path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path)
  }

  async *#walk(folder: string): AsyncGenerator<string> {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name)
      if (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
        yield* this.#walk(path)
      else if (entry.isFile()) yield path
    }
  }
}

async function describe(folder: string, name: string, isFolder: boolean): Promise<Entry> {
  if (isFolder) return { name, kind: 'folder' }
  const found = await stat(join(folder, name)).catch(() => undefined)
  return { name, kind: 'file', ...(found && { bytes: found.size }) }
}

/** The real path of the nearest thing on the way to `location` that exists. */
async function nearestReal(location: string): Promise<string> {
  try {
    return await realpath(location)
  } catch {
    const parent = dirname(location)
    return parent === location ? location : nearestReal(parent)
  }
}

function textOf(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new RpcError(workspaceErrors.notText, `${path} is not text: its bytes are no UTF-8`)
  }
}

function slashed(path: string): string {
  return path.split(sep).join('/')
}

function outside(path: string): RpcError {
  return new RpcError(workspaceErrors.outside, `${JSON.stringify(path)} is outside the workspace`, {
    hint: 'give a path relative to the workspace, such as notes/hello.md',
  })
}

function fail(path: string, reason: NodeJS.ErrnoException): never {
  const [code, what] =
    reason.code === 'ENOENT'
      ? [workspaceErrors.missing, 'does not exist']
      : [workspaceErrors.unreadable, causes.get(reason.code ?? '') ?? 'cannot be used']
  throw new RpcError(code, `${path} ${what}`, { cause: reason })
}

const causes = new Map([
  ['EACCES', 'may not be opened: permission denied'],
  ['EISDIR', 'is a folder, not a file'],
  ['ENOTDIR', 'is a file, not a folder'],
  ['ENOSPC', 'cannot be written: no space is left'],
])
