import { errorCodes, RpcError } from '../protocol/error.js'

/** `document`, which was found at `address`. Throws where it is that of a hub at which nobody provides `service`. */
export function checkProvided(
  document: object,
  address: string,
  service: string | undefined,
): object {
  const versions = versionsIn(document)
  if (service === undefined || versions === undefined || Object.hasOwn(versions, service))
    return document
  throw new RpcError(errorCodes.unavailable, `nobody provides "${service}" at ${address}`, {
    hint: `bothways discover ${address} lists what is provided`,
  })
}

/** The versions of the services at a hub; nothing where `document` is of one service. */
function versionsIn(document: object): Readonly<Record<string, unknown>> | undefined {
  const { 'x-versions': versions } = document as { 'x-versions'?: unknown }
  return typeof versions === 'object' && versions !== null
    ? (versions as Record<string, unknown>)
    : undefined
}

/** The document of `service` alone, by the names that it has itself, where `document` is that of a hub. */
export function serviceIn(document: object, service: string): object {
  const versions = versionsIn(document)
  if (versions === undefined) return document
  const { methods, components } = document as Described
  const own = (name: string) =>
    name.startsWith(`${service}.`) ? name.slice(service.length + 1) : name
  const relocated = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(relocated)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        key,
        key === '$ref' && typeof member === 'string'
          ? member.replace(/^(#\/components\/\w+\/)(.*)$/, (_, home, name) => home + own(name))
          : relocated(member),
      ]),
    )
  }
  const named = (parts: unknown) =>
    mapped(parts, (parts) =>
      Object.entries(parts).map(([name, part]) => [own(name), relocated(part)]),
    )
  const method = (method: unknown) =>
    mapped(method, (method) =>
      Object.entries(method).map(([key, member]) => [
        key,
        key === 'name' && typeof member === 'string' ? own(member) : relocated(member),
      ]),
    )
  return {
    ...document,
    info: { title: service, version: String(versions[service]) },
    ...(Array.isArray(methods) ? { methods: methods.map(method) } : {}),
    components: mapped(components ?? {}, (components) =>
      Object.entries(components).map(([kind, parts]) => [kind, named(parts)]),
    ),
  }
}

/** `value` with other entries; what is no object is left as it is, for the reader of the document to fault. */
function mapped(value: unknown, change: (value: object) => [string, unknown][]): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? Object.fromEntries(change(value)) : value
}

interface Described {
  readonly methods?: unknown
  readonly components?: unknown
}
