import type { Components, Description, MethodDescription } from '../contract/describe.js'
import type { Instance } from './registry.js'

/** One OpenRPC document for all services: a method for each `<service>.<method>`, components kept apart by service. */
export function discover(instances: readonly Instance[]): Description {
  return {
    openrpc: '1.3.2',
    info: { title: 'bothways hub', version: '1.0.0' },
    methods: instances.flatMap(({ service, description }) =>
      description.methods.map((method) => ({
        ...(relocated(method, service) as MethodDescription),
        name: `${service}.${method.name}`,
      })),
    ),
    components: {
      schemas: componentsOf(instances, 'schemas'),
      contentDescriptors: componentsOf(instances, 'contentDescriptors'),
    },
  }
}

/** The components of one kind of all services, each named `<service>.<name>`. */
function componentsOf(
  instances: readonly Instance[],
  kind: keyof Components,
): Record<string, unknown> {
  const named = instances.flatMap(({ service, description }) =>
    Object.entries(description.components?.[kind] ?? {}).map(
      ([name, component]): [string, unknown] => [
        `${service}.${name}`,
        relocated(component, service),
      ],
    ),
  )
  return Object.fromEntries(named)
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
