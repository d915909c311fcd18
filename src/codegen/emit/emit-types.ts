import type { ContractModel, Method, NamedType, ObjectType, Type } from '../model.js'
import { upperCamel } from '../names.js'
import { docComment, methodComment } from './comment.js'
import { literal } from './literal.js'
import { type NameOf, printBody, printType } from './print-type.js'

/** The file of types: nothing in it is left at run time. */
export function emitTypes(model: ContractModel, header: string, runtime: string): string {
  const nameOf: NameOf = (id) => model.types.get(id)?.name ?? 'unknown'
  const types = [...model.types.values()].map((type) => printNamed(type, nameOf))
  const { service, client } = sideNames(model)
  const sides = [
    printSide(
      service,
      `What ${model.name} answers and is told.`,
      messagesTo('server', model),
      nameOf,
    ),
    printSide(
      client,
      `What ${model.name} may ask of its client, and tell it.`,
      messagesTo('client', model),
      nameOf,
    ),
  ]
  return `${[header, ...imports(model, runtime), ...types, ...sides].join('\n\n')}\n`
}

/** The names of the two interfaces of a contract. */
export function sideNames({ name }: ContractModel): { service: string; client: string } {
  const stem = upperCamel(name)
  return { service: `${stem}Service`, client: `${stem}Client` }
}

/** The messages that one side takes. */
export function messagesTo(side: 'server' | 'client', { methods }: ContractModel): Method[] {
  return methods.filter(({ from }) => from !== side)
}

/** The params of a method as the one object they are given in; nothing where there are none. */
export function paramsType({ params }: Method): ObjectType | undefined {
  if (params.length === 0) return undefined
  // Their texts stand in the comment of the method, as @param.
  return { kind: 'object', members: params.map((param) => ({ ...param, docs: {} })), patterns: [] }
}

function imports({ methods }: ContractModel, runtime: string): string[] {
  const kinds = new Set(methods.map(({ kind }) => kindNames[kind]))
  return kinds.size === 0
    ? []
    : [`import type { ${[...kinds].sort().join(', ')} } from ${literal(runtime)}`]
}

const kindNames = {
  request: 'Request',
  stream: 'Stream',
  notification: 'Notification',
  event: 'Event',
} as const

function printNamed({ name, type, docs }: NamedType, nameOf: NameOf): string {
  const comment = docComment(docs)
  if (type.kind === 'object')
    return [...comment, `export interface ${name} ${printBody(type, nameOf, '')}`].join('\n')
  const head = `export type ${name} =`
  const text = printType(type, nameOf, '', head.length + 1)
  return [...comment, text.startsWith('\n') ? head + text : `${head} ${text}`].join('\n')
}

function printSide(
  name: string,
  promise: string,
  methods: readonly Method[],
  nameOf: NameOf,
): string {
  const lines = methods.flatMap((method) => [
    ...methodComment(method, '  '),
    printMethod(method, nameOf),
  ])
  const body = lines.length === 0 ? '{}' : ['{', ...lines, '}'].join('\n')
  return `/** ${promise} */\nexport interface ${name} ${body}`
}

function printMethod(method: Method, nameOf: NameOf): string {
  const head = `  ${literal(method.name)}: ${kindNames[method.kind]}`
  const types = typeArguments(method)
  if (types.length === 0) return head
  const flat = types.map((type) => printArgument(type, nameOf, '  ', 0))
  const line = `${head}<${flat.join(', ')}>`
  if (line.length <= 100 && !line.includes('\n')) return line
  const broken = types.map((type) => {
    const text = printArgument(type, nameOf, '    ', 5)
    return text.startsWith('\n') ? text.slice(1) : `    ${text}`
  })
  return `${head}<\n${broken.join(',\n')}\n  >`
}

/** A type, or the word for its absence. */
type Argument = Type | 'undefined' | 'void'

function printArgument(type: Argument, nameOf: NameOf, indent: string, column: number): string {
  return typeof type === 'string' ? type : printType(type, nameOf, indent, column)
}

const unknown: Type = { kind: 'unknown' }

/** What a message of this kind is made of, without what is left out at the end. */
function typeArguments(method: Method): Argument[] {
  const params = paramsType(method) ?? 'undefined'
  if (method.kind === 'request') return [params, method.result ?? unknown]
  if (method.kind !== 'stream') return params === 'undefined' ? [] : [params]
  const { item = unknown, result, input } = method
  if (input !== undefined) return [params, item, result ?? 'void', input]
  return result === undefined ? [params, item] : [params, item, result]
}
