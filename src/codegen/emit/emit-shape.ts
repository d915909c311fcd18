import type { ContractModel } from '../model.js'
import { documentOf } from './emit-openrpc.js'
import { isIdentifier, literal, memberKey } from './literal.js'

/**
 * The file of what describes the contract at run time: the OpenRPC document without its words for people, a line a method
 * and a line a type. The contract loads it when somebody asks for it, or a call has failed.
 */
export function emitShape(
  model: ContractModel,
  header: string,
  { runtime, drift }: { readonly runtime: string; readonly drift: string },
): string {
  const { methods, components, ...head } = documentOf({ ...model, isBare: true }) as {
    methods: unknown[]
    components?: { schemas: object }
  }
  const lines = [
    ...Object.entries(head).map(([name, value]) => `  ${keyOf(name)}: ${print(value)},`),
    '  methods: [',
    ...methods.map((method) => `    ${print(method)},`),
    '  ],',
    ...(components ? printSchemas(components.schemas) : []),
  ]
  return [
    header,
    [
      `import type { Description } from ${literal(runtime)}`,
      `export { explain } from ${literal(drift)}`,
    ].join('\n'),
    `export const name = ${literal(model.name)}`,
    `export const description: Description = {\n${lines.join('\n')}\n}\n`,
  ].join('\n\n')
}

function printSchemas(schemas: object): string[] {
  return [
    '  components: {',
    '    schemas: {',
    ...Object.entries(schemas).map(([name, schema]) => `      ${keyOf(name)}: ${print(schema)},`),
    '    },',
    '  },',
  ]
}

/** A JSON value as TypeScript, on one line. */
function print(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(print).join(', ')}]`
  if (typeof value === 'string') return literal(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([name, member]) => `${keyOf(name)}: ${print(member)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

function keyOf(name: string): string {
  return isIdentifier(name) && name !== '__proto__' ? name : memberKey(name)
}
