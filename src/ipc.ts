import { type HubOptions, serviceOnHub } from './ipc/hub-service.js'
import { dialPlace } from './ipc/node/dial-place.js'
import { type FindOptions, findManifest } from './ipc/node/find.js'
import { openerWith } from './ipc/open.js'
import type { AnyEvents, AnyMethods, Service, ServiceOptions } from './ipc/service.js'

export type { StateListener } from './ipc/connection.js'
export type {
  MethodInfo,
  ServiceInfo,
  ServiceManifest,
  ServiceTransport,
} from './ipc/manifest.js'
export type { ServiceWords } from './ipc/service.js'
export type { ServiceWord } from './ipc/words.js'
export type { AnyEvents, AnyMethods, FindOptions, HubOptions, Service, ServiceOptions }

/** How a service is found, and spoken to: by its manifest, or through a hub. */
export type ConnectServiceOptions = (ServiceOptions & FindOptions) | HubOptions

/**
 * The service that `manifest` describes: a function for each of its methods, with the arguments by position. Connects at the
 * first call, and at the next one after the connection dropped; then what was subscribed to is again. Throws
 * `invalidRequest` with every fault of the manifest.
 */
export const openService = openerWith(dialPlace)

/**
 * Finds the service `name`, by `<name>.ekko.ipc.json` in the working directory, `./ipc` or `~/.bothways/ipc`, or through a
 * hub, and connects to it. Rejects with `unavailable`, saying where it looked and what to do.
 */
export async function connectService<Methods = AnyMethods, Events = AnyEvents>(
  name: string,
  options: ConnectServiceOptions = {},
): Promise<Service<Methods, Events>> {
  const service =
    'hub' in options
      ? await serviceOnHub<Methods, Events>(name, options)
      : openService<Methods, Events>(findManifest(name, options).manifest, options)
  await service.connect()
  return service
}
