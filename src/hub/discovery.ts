import type { Components, Discovery, MethodDescription } from '../contract/describe.js'
import { fitting } from './fitting.js'
import type { Instance } from './registry.js'

/**
 * One OpenRPC document for all services: a method for each `<service>.<method>`, components kept apart by service. At
 * most about `bytes` long.
 */
export function discover(instances: readonly Instance[], bytes: number): Discovery {
  const { shown, omitted } = fitting(instances.map(partOf), bytes)
  const merged = (kind: keyof Components) =>
    Object.fromEntries(shown.flatMap(({ components }) => components[kind]))
  return {
    openrpc: '1.3.2',
    info: { title: 'bothways hub', version: '1.0.0' },
    methods: shown.flatMap(({ methods }) => methods),
    components: { schemas: merged('schemas'), contentDescriptors: merged('contentDescriptors') },
    'x-versions': Object.fromEntries(shown.map(({ version }) => version)),
    ...(omitted > 0 && { 'x-omitted': omitted }),
  }
}

/** What one service adds to the document. */
interface Part {
  readonly methods: readonly MethodDescription[]
  readonly components: Readonly<Record<keyof Components, readonly (readonly [string, unknown])[]>>
  readonly version: readonly [service: string, version: string]
}

function partOf({ service, version, description: { methods, components } }: Instance): Part {
  const named = (kind: keyof Components) =>
    Object.entries(components?.[kind] ?? {}).map(
      ([name, component]) => [`${service}.${name}`, relocated(component, service)] as const,
    )
  return {
    methods: methods.map((method) => ({
      ...(relocated(method, service) as MethodDescription),
      name: `${service}.${method.name}`,
    })),
    components: { schemas: named('schemas'), contentDescriptors: named('contentDescriptors') },
    version: [service, version],
  }
}

/** A copy whose references to components lead to where those of this service are. */
function relocated(value: unknown, service: string): unknown {
  if (Array.isArray(value)) return value.map((item) => relocated(item, service))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === '$ref' && typeof member === 'string'
        ? member.replace(/^#\/components\/(schemas|contentDescriptors)\//, `$&${service}.`)
        : relocated(member, service),
    ]),
  )
}
