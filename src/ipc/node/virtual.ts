import { moduleSource } from '../module-source.js'
import { type FindOptions, findManifest, placesOf } from './find.js'

const scheme = 'ipc:'

/** The service that `specifier` names, such as `ipc:orders`; undefined for what is no such specifier. */
export function serviceIn(specifier: string): string | undefined {
  return specifier.startsWith(scheme) ? specifier.slice(scheme.length) : undefined
}

/** A module that is no file: its text, and the file it was made of. */
export interface VirtualModule {
  readonly code: string
  readonly file: string
}

/** The module `ipc:<service>`. Throws an error whose message says what is wrong and what to do. */
export function virtualModule(
  service: string,
  options: FindOptions = {},
  runtime?: string,
): VirtualModule {
  try {
    const { manifest, file } = findManifest(service, options)
    return { code: moduleSource(manifest, runtime), file }
  } catch (reason) {
    // Bundlers show the message alone.
    const { message, hint } = reason as { message: string; hint?: string }
    throw new Error(hint === undefined ? message : `${message}: ${hint}`, { cause: reason })
  }
}

/** The files that the module may be made of, to be watched; none for what no service may be called. */
export function watchedFiles(service: string, { folders }: FindOptions): string[] {
  try {
    return placesOf(service, folders)
  } catch {
    return []
  }
}
