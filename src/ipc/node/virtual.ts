import { hubModuleSource, moduleSource } from '../module-source.js'
import { type FindOptions, findManifest, lookForManifest, placesOf } from './find.js'

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
export function virtualModule(service: string, options: FindOptions = {}): VirtualModule {
  return telling(() => {
    const { manifest, file } = findManifest(service, options)
    return { code: moduleSource(manifest), file }
  })
}

/** The module `ipc:<service>` of Node: that of its manifest, or where there is none, of the hub that the environment names. */
export function moduleInNode(service: string, runtime: string): string {
  return telling(() => {
    const isOnHub = Boolean(process.env['BOTHWAYS_HUB']) && lookForManifest(service) === undefined
    return isOnHub
      ? hubModuleSource(service, runtime)
      : moduleSource(findManifest(service).manifest, runtime)
  })
}

/** Puts what is to be done into the message, which is all that bundlers and Node show. */
function telling<T>(make: () => T): T {
  try {
    return make()
  } catch (reason) {
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
