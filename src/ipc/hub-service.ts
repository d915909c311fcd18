import { join } from '../client/join.js'
import type { Membership } from '../client/membership.js'
import { isServiceName } from '../contract/contract.js'
import type { Discovery } from '../contract/describe.js'
import type { Diagnostic, PeerOptions } from '../peer/options.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import type { Params } from '../protocol/message.js'
import { byPosition, type Line } from './line.js'
import type { MethodInfo, ServiceManifest } from './manifest.js'
import { type Service, type ServiceOptions, serviceOver } from './service.js'

/** How a service is found through a hub. */
export interface HubOptions extends ServiceOptions {
  /** The address of the hub, such as `ws://127.0.0.1:7377`. */
  readonly hub: string
  /** What proves to the hub who this is, or a function that fetches it. */
  readonly token?: string | ((url: string) => string | Promise<string>)
  /** Milliseconds to wait until somebody provides the service. Default 30,000. */
  readonly wait?: number
  /** Aborting gives up the search with `signal.reason`. */
  readonly signal?: AbortSignal
}

/** Throws `invalidRequest` for what no service may be called, such as a path. */
export function checkName(name: string): void {
  if (isServiceName(name)) return
  throw new RpcError(
    errorCodes.invalidRequest,
    `${JSON.stringify(name).slice(0, 80)} is no name of a service`,
    { hint: 'a name has letters, digits, - and _, in tokens separated by dots' },
  )
}

/** The service that some member of a hub provides, described by what the hub knows of it. */
export async function serviceOnHub<Methods, Events>(
  name: string,
  options: HubOptions,
): Promise<Service<Methods, Events>> {
  checkName(name)
  // Told by the first connection too, which is there before the service is.
  let tell: (event: Diagnostic) => void = () => {}
  const given = { ...options, onDiagnostic: (event: Diagnostic) => tell(event) }
  let ready: Membership | undefined = await joined(name, given, options.signal)
  const { methods } = await ready.discover(name).catch((reason) => {
    void ready?.leave()
    throw reason
  })
  const manifest = manifestOf(name, methods)
  return serviceOver(manifest, options, async (signal, onDiagnostic) => {
    tell = onDiagnostic
    const membership = ready ?? (await joined(name, given, signal))
    ready = undefined
    return lineThrough(membership, name, methods)
  })
}

async function joined(
  name: string,
  { hub, wait = 30_000, ...options }: HubOptions & Pick<PeerOptions, 'onDiagnostic'>,
  signal: AbortSignal | undefined,
): Promise<Membership> {
  const membership = await join(hub, { ...options, ...(signal && { signal }) })
  try {
    await membership.waitFor(name, { timeout: wait, ...(signal && { signal }) })
    membership.peer.notify('hub.use', { service: name })
    return membership
  } catch (reason) {
    void membership.leave()
    throw reason
  }
}

function lineThrough({ peer }: Membership, service: string, methods: Discovery['methods']): Line {
  const byName = new Map(
    methods
      .filter(({ paramStructure }) => paramStructure === 'by-name')
      .map(({ name, params }) => [name.slice(service.length + 1), params]),
  )
  return {
    peer,
    nameOf: (message) => `${service}.${message}`,
    paramsOf: (method, args) => {
      const params = byName.get(method)
      return params === undefined ? byPosition(args) : named(method, args, params)
    },
    // The hub tells whoever uses a service.
    subscribe: () => {},
    unsubscribe: () => {},
  }
}

/** The params of a method that takes them by name: given in one object, or in the order in which they are described. */
function named(method: string, args: readonly unknown[], params: readonly unknown[]) {
  const [only] = args
  if (args.length === 0) return undefined
  if (args.length === 1 && typeof only === 'object' && only !== null && !Array.isArray(only))
    return only as Params
  const names = params.map((param) => String(Object(param).name))
  if (args.length > names.length)
    throw new RpcError(errorCodes.invalidParams, `${method} takes its params by name`, {
      method,
      delivery: 'unsent',
      hint: `give them in one object: ${method}({ … })`,
    })
  return Object.fromEntries(args.map((argument, index) => [names[index], argument])) as Params
}

function manifestOf(service: string, methods: Discovery['methods']): ServiceManifest {
  const isOfClient = (method: Discovery['methods'][number]) =>
    method['x-direction'] === 'serverToClient'
  const entry = ({ name, description, params }: Discovery['methods'][number]) => {
    const parameters = params.map((param) => ({ name: String(Object(param).name) }))
    const info: MethodInfo = { ...(description !== undefined && { description }), parameters }
    return [name.slice(service.length + 1), info] as const
  }
  // What is streamed, or told without an answer, is no function of the service: it has a word for the second, publish().
  const isAsked = (method: Discovery['methods'][number]) =>
    !isOfClient(method) && !['stream', 'notification'].includes(method['x-kind'] ?? 'request')
  return {
    service: { name: service },
    methods: Object.fromEntries(methods.filter(isAsked).map(entry)),
    events: Object.fromEntries(methods.filter(isOfClient).map(entry)) as Record<string, object>,
  }
}
