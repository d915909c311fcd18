import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { errorCodes, RpcError } from '../../protocol/error.js'
import { checkName } from '../hub-service.js'
import { readManifest, type ServiceManifest } from '../manifest.js'

/** Where manifests are looked for. */
export interface FindOptions {
  /** Folders to look in, the first first. Default: the working directory, `ipc` in it, and `~/.bothways/ipc`. */
  readonly folders?: readonly string[]
}

/** A manifest, and the file it was in. */
export interface Found {
  readonly file: string
  readonly manifest: ServiceManifest
}

/** Finds `<name>.ekko.ipc.json`. Throws an `RpcError` that says where it looked, or what is wrong with the file. */
export function findManifest(name: string, options: FindOptions = {}): Found {
  const found = lookForManifest(name, options)
  if (found !== undefined) return found
  throw new RpcError(errorCodes.unavailable, `there is no manifest of the service "${name}"`, {
    hint: `looked for ${placesOf(name, options.folders).join(', ')}`,
  })
}

/** The same, but nothing where there is none. */
export function lookForManifest(name: string, { folders }: FindOptions = {}): Found | undefined {
  for (const file of placesOf(name, folders)) {
    const text = textOf(file)
    if (text !== undefined)
      return { file, manifest: readManifest(parsed(text, file), file).manifest }
  }
  return undefined
}

/** The files that may be the manifest of the service `name`. Throws for what no service may be called. */
export function placesOf(name: string, folders: readonly string[] = foldersFrom('.')): string[] {
  checkName(name)
  return folders.map((folder) => resolve(folder, `${name}.ekko.ipc.json`))
}

/** Where manifests are by default, as seen from the folder `root`. */
export function foldersFrom(root: string): string[] {
  return [root, join(root, 'ipc'), join(homedir(), '.bothways', 'ipc')]
}

function textOf(file: string): string | undefined {
  try {
    // Programs of .NET write a byte order mark.
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  } catch (cause) {
    const { code } = Object(cause) as { code?: string }
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new RpcError(errorCodes.unavailable, `${file} cannot be read: ${code}`, { cause })
  }
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const { message } = cause as Error
    throw new RpcError(errorCodes.invalidRequest, `${file} is no JSON: ${message}`, { cause })
  }
}
