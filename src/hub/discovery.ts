import type { Description, MethodDescription } from '../contract/describe.js'
import type { Instance } from './registry.js'

/** One OpenRPC document for all services: a method for each `<service>.<method>`, schemas kept apart by service. */
export function discover(instances: readonly Instance[]): Description {
  const schemas = instances.flatMap(({ service, description }) =>
    Object.entries(description.components?.schemas ?? {}).map(
      ([name, schema]): [string, unknown] => [
        schemaName(service, name),
        relocated(schema, service),
      ],
    ),
  )
  return {
    openrpc: '1.3.2',
    info: { title: 'bothways hub', version: '1.0.0' },
    methods: instances.flatMap(({ service, description }) =>
      description.methods.map((method) => ({
        ...(relocated(method, service) as MethodDescription),
        name: `${service}.${method.name}`,
      })),
    ),
    components: { schemas: Object.fromEntries(schemas) },
  }
}

const schemasAt = '#/components/schemas/'

function schemaName(service: string, name: string): string {
  return `${service}.${name}`
}

/** A copy whose references to schemas lead to where those of this service are. */
function relocated(value: unknown, service: string): unknown {
  if (Array.isArray(value)) return value.map((item) => relocated(item, service))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === '$ref' && typeof member === 'string' && member.startsWith(schemasAt)
        ? `${schemasAt}${schemaName(service, member.slice(schemasAt.length))}`
        : relocated(member, service),
    ]),
  )
}
