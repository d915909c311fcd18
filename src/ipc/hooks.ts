import { moduleInNode, serviceIn } from './node/virtual.js'

interface Resolved {
  readonly url: string
  readonly format?: string
  readonly shortCircuit?: boolean
}

interface Loaded {
  readonly format: string
  readonly source?: unknown
  readonly shortCircuit?: boolean
}

/** Node's hook for what a specifier means: `ipc:<service>` is a module. */
export function resolve<R>(
  specifier: string,
  context: unknown,
  next: (specifier: string, context: unknown) => R,
): R | Resolved {
  if (serviceIn(specifier) === undefined) return next(specifier, context)
  return { url: specifier, format: 'module', shortCircuit: true }
}

/** Node's hook for what a module says. */
export function load<R>(
  url: string,
  context: unknown,
  next: (url: string, context: unknown) => R,
): R | Loaded {
  const service = serviceIn(url)
  if (service === undefined) return next(url, context)
  return { format: 'module', source: moduleInNode(service, runtime), shortCircuit: true }
}

// Where this package is: from a module that is no file, its name would lead nowhere.
const runtime = new URL('../ipc.js', import.meta.url).href
