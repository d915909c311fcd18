import type { ContractModel, ErrorCase, Method, NamedType, Type } from '../model.js'
import { sideNames } from '../names.js'
import { byCodeUnits } from '../place.js'
import { docComment, methodComment } from './comment.js'
import { literal } from './literal.js'
import { type NameOf, printBody, printType } from './print-type.js'

/** The file of types: nothing in it is left at run time. */
export function emitTypes(model: ContractModel, header: string, runtime: string): string {
  const nameOf = nameIn(model)
  const types = [...model.types.values()].map((type) => printNamed(type, nameOf))
  const { service, client } = sideNames(model)
  const answers = `What ${model.name} answers and is told.`
  const asks = `What ${model.name} may ask of its client, and tell it.`
  const sides = [
    printSide(service, answers, messagesTo('server', model), model),
    printSide(client, asks, messagesTo('client', model), model),
    ...printRegistrations(model, nameOf),
  ]
  return `${[header, ...imports(model, runtime), ...types, ...sides].join('\n\n')}\n`
}

function nameIn({ types }: ContractModel): NameOf {
  return (id) => types.get(id)?.name ?? 'unknown'
}

/** The messages that one side takes. */
export function messagesTo(side: 'server' | 'client', { methods }: ContractModel): Method[] {
  return methods.filter(({ from }) => from !== side)
}

/** The params of a method as the one value they are given in; nothing where there are none. */
export function paramsType({ params, payload }: Method): Type | undefined {
  if (payload !== undefined) return payload.type
  if (params.length === 0) return undefined
  // Their texts stand in the comment of the method, as @param.
  return { kind: 'object', members: params.map((param) => ({ ...param, docs: {} })), patterns: [] }
}

/** Whether a method may be called without params. */
export function mayOmitParams({ params, payload }: Method): boolean {
  return payload === undefined ? params.every(({ required }) => !required) : !payload.required
}

function imports({ methods }: ContractModel, runtime: string): string[] {
  const names = new Set<string>(methods.map(({ kind }) => kindNames[kind]))
  if (methods.some(({ kinds }) => kinds !== undefined)) names.add('Streams')
  if (methods.some((method) => failuresOf(method).length > 0)) names.add('Failure')
  return names.size === 0
    ? []
    : [`import type { ${[...names].sort().join(', ')} } from ${literal(runtime)}`]
}

const kindNames = {
  request: 'Request',
  stream: 'Stream',
  notification: 'Notification',
  event: 'Event',
} as const

/** A type under its name, exported. */
export function printNamed({ name, type, docs }: NamedType, nameOf: NameOf): string {
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
  model: ContractModel,
): string {
  const lines = methods.flatMap((method) => [
    ...methodComment(method, '  '),
    printMethod(method, model.partial === true, model),
  ])
  const body = lines.length === 0 ? '{}' : ['{', ...lines, '}'].join('\n')
  return `/** ${promise} */\nexport interface ${name} ${body}`
}

/** What is told of a method that a service begins to serve later on, by method. */
function printRegistrations(model: ContractModel, nameOf: NameOf): string[] {
  const options = new Map<string, Type>()
  for (const { registration } of model.methods)
    if (registration !== undefined) options.set(registration.method, registration.options)
  if (options.size === 0) return []
  const members = [...options].map(([name, type]) => ({ name, type, required: true, docs: {} }))
  const sorted = members.toSorted((a, b) => byCodeUnits(a.name, b.name))
  const body = printBody({ kind: 'object', members: sorted, patterns: [] }, nameOf, '')
  const promise = `What ${model.name} tells of a method that it begins to serve later on.`
  return [`/** ${promise} */\nexport interface ${sideNames(model).registrations} ${body}`]
}

function printMethod(method: Method, isPartial: boolean, model: ContractModel): string {
  const nameOf = nameIn(model)
  const head = `  ${literal(method.name)}${isPartial ? '?' : ''}: `
  const kinds = streamsOf(method, model)
  if (kinds === undefined) return printShape(head, method, nameOf, '  ')
  const each = kinds.map((kind) => `${printShape('    ', kind, nameOf, '    ')},`)
  return `${head}Streams<[\n${each.join('\n')}\n  ]>`
}

/** One stream for each value of a param that items depend on, and one for the values that are left. */
function streamsOf(method: Method, { types }: ContractModel): Method[] | undefined {
  const { kinds, params } = method
  const param = params.find(({ name }) => name === kinds?.by)
  if (kinds === undefined || param === undefined) return undefined
  const narrowed = (type: Type, item: Type): Method => ({
    ...method,
    item,
    params: params.map((one) => (one === param ? { ...one, type, required: true } : one)),
  })
  const streams = kinds.items.map(({ value, item }) =>
    narrowed({ kind: 'literal', values: [value] }, item),
  )
  const all = param.type.kind === 'reference' ? types.get(param.type.id)?.type : param.type
  if (all?.kind !== 'literal') return [...streams, narrowed(param.type, method.item ?? unknown)]
  const left = all.values.filter((value) => !kinds.items.some((kind) => kind.value === value))
  if (left.length === 0) return streams
  return [...streams, narrowed({ kind: 'literal', values: left }, method.item ?? unknown)]
}

function printShape(start: string, method: Method, nameOf: NameOf, indent: string): string {
  const head = `${start}${kindNames[method.kind]}`
  const types = typeArguments(method)
  if (types.length === 0) return head
  const flat = types.map((type) => printArgument(type, nameOf, indent, 0))
  const line = `${head}<${flat.join(', ')}>`
  if (line.length <= 100 && !line.includes('\n')) return line
  const inner = `${indent}  `
  const broken = types.map((type) => {
    const text = printArgument(type, nameOf, inner, inner.length + 1)
    return text.startsWith('\n') ? text.slice(1) : `${inner}${text}`
  })
  return `${head}<\n${broken.join(',\n')}\n${indent}>`
}

/** What stands between the angle brackets of a message: a type, or the words for its absence or for its failures. */
type Argument = Type | 'undefined' | 'void' | 'never' | Optional | readonly ErrorCase[]
interface Optional {
  readonly optional: Type
}

function printArgument(type: Argument, nameOf: NameOf, indent: string, column: number): string {
  if (typeof type === 'string') return type
  if ('optional' in type) return `${printType(type.optional, nameOf, indent, column)} | undefined`
  if ('kind' in type) return printType(type, nameOf, indent, column)
  return type.map((error) => printFailure(error, nameOf, indent)).join(' | ')
}

function printFailure({ code, data }: ErrorCase, nameOf: NameOf, indent: string): string {
  const text = data === undefined ? '' : `, ${printType(data, nameOf, indent, 0)}`
  return `Failure<${code ?? 'number'}${text}>`
}

const unknown: Type = { kind: 'unknown' }

/** What a message of this kind is made of, without what is left out at the end. */
function typeArguments(method: Method): Argument[] {
  const params = paramsArgument(method)
  if (method.kind === 'request') return requestArguments(method, params)
  if (method.kind !== 'stream') return params === 'undefined' ? [] : [params]
  const { item = unknown, result, input } = method
  if (input !== undefined) return [params, item, result ?? 'void', input]
  return result === undefined ? [params, item] : [params, item, result]
}

function paramsArgument(method: Method): Argument {
  const type = paramsType(method)
  if (type === undefined) return 'undefined'
  return method.payload?.required === false && type.kind !== 'unknown' ? { optional: type } : type
}

function requestArguments(method: Method, params: Argument): Argument[] {
  const { result = unknown, partialResult } = method
  const failures = failuresOf(method)
  const failure = failures.length === 0 ? 'never' : failures
  if (partialResult !== undefined) return [params, result, failure, partialResult]
  return failure === 'never' ? [params, result] : [params, result, failure]
}

/** The errors of a method that have something to say beside code and message. */
function failuresOf({ kind, errors }: Method): readonly ErrorCase[] {
  return kind === 'request' ? errors.filter(({ data }) => data !== undefined) : []
}
