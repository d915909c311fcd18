import { dialPage } from './ipc/dial-page.js'
import { checkName, type HubOptions, serviceOnHub } from './ipc/hub-service.js'
import { openerWith } from './ipc/open.js'
import type { AnyEvents, AnyMethods, Service } from './ipc/service.js'
import { errorCodes, RpcError } from './protocol/error.js'

/** What `bothways/ipc` is in a browser: as in Node, as far as WebSockets reach. */
export const openService = openerWith(dialPage)

/** Finds the service `name` through a hub, and connects to it. A page has no folders to look for manifests in. */
export async function connectService<Methods = AnyMethods, Events = AnyEvents>(
  name: string,
  options: Partial<HubOptions> = {},
): Promise<Service<Methods, Events>> {
  checkName(name)
  const { hub } = options
  if (hub === undefined) throw noFolders(name)
  const service = await serviceOnHub<Methods, Events>(name, { ...options, hub })
  await service.connect()
  return service
}

function noFolders(name: string): RpcError {
  return new RpcError(errorCodes.unavailable, `a page has no folder with a manifest of "${name}"`, {
    hint: `import it through the plugin of your bundler ('ipc:${name}'), or name a hub: connectService(name, { hub })`,
  })
}
