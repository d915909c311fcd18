import type { ContractModel, Method } from '../model.js'
import { sideNames } from '../names.js'
import { byCodeUnits } from '../place.js'
import { type BytesCode, emitBytes } from './emit-bytes.js'
import { checkedParts, type MethodChecks } from './emit-checks.js'
import { messagesTo } from './emit-types.js'
import { literal, memberKey } from './literal.js'

const width = 100

/** Where the contract file finds what it imports. */
export interface Specifiers {
  readonly runtime: string
  readonly types: string
  readonly checks: string
  /** Where there is one. */
  readonly shape?: string | undefined
}

/** The file of the contract constant: names, kinds and order of params, one line a message. */
export function emitContract(
  model: ContractModel,
  header: string,
  from: Specifiers,
  checks: ReadonlyMap<Method, MethodChecks>,
): string {
  const { service, client } = sideNames(model)
  const bytes = emitBytes(model)
  const constant = [
    ...printHead(model, [service, client]),
    ...printSide('service', messagesTo('server', model), checks, bytes),
    ...printSide('client', messagesTo('client', model), checks, bytes),
    ...(model.partial === true ? ['  partial: true,'] : []),
    ...(from.shape === undefined ? [] : [`  shape: () => import(${literal(from.shape)}),`]),
    '})',
  ]
  const isInParts = model.methods.some(({ partialResult }) => partialResult !== undefined)
  const isSubscribed = model.methods.some(({ subscription }) => subscription !== undefined)
  const used = `${isInParts ? ', inParts' : ''}${isSubscribed ? ', subscription' : ''}`
  const words =
    bytes.methods.size === 0 ? '' : `${bytes.constants.length > 0 ? 'type BytesAt, ' : ''}bytesAt, `
  const imports = [
    `import { ${words}type Contract, defineContract${used} } from ${literal(from.runtime)}`,
    ...importChecks(checks, from.checks),
    ...importSides([client, service], from.types),
  ]
  const places = bytes.constants.length === 0 ? '' : `${bytes.constants.join('\n')}\n\n`
  return `${header}\n\n${imports.join('\n')}\n\n${places}${constant.join('\n')}\n`
}

function printHead({ name, version }: ContractModel, sides: readonly string[]): string[] {
  const start = `export const ${name}: Contract<${sides.join(', ')}> =`
  const call = `/*@__PURE__*/ defineContract<${sides.join(', ')}>(${literal(name)}, ${literal(version)}, {`
  const line = `${start} ${call}`
  return line.length <= width ? [line] : [start, `  ${call}`]
}

/** The import of the interfaces of both sides, as far as they are used. */
export function importSides(names: readonly string[], specifier: string): string[] {
  const line = `import type { ${names.join(', ')} } from ${literal(specifier)}`
  if (line.length <= width) return [line]
  return ['import type {', ...names.map((name) => `  ${name},`), `} from ${literal(specifier)}`]
}

// One name a line always: a new method then adds lines and changes none.
function importChecks(checks: ReadonlyMap<Method, MethodChecks>, specifier: string): string[] {
  const names = [...checks.values()].flatMap(({ kinds, ...parts }) => [
    ...Object.values(parts),
    ...(kinds?.values() ?? []),
  ])
  const used = [...new Set(names.filter((name) => name !== undefined))].sort(byCodeUnits)
  if (used.length === 0) return []
  return ['import {', ...used.map((name) => `  ${name},`), `} from ${literal(specifier)}`]
}

function printSide(
  side: string,
  methods: readonly Method[],
  checks: ReadonlyMap<Method, MethodChecks>,
  bytes: BytesCode,
): string[] {
  if (methods.length === 0) return [`  ${side}: {},`]
  return [
    `  ${side}: {`,
    ...methods.flatMap((method) => printMessage(method, checks.get(method) ?? {}, bytes)),
    '  },',
  ]
}

function printMessage(method: Method, checks: MethodChecks, bytes: BytesCode): string[] {
  const fields = [
    // The compiler looks names such as toString up in Object first, and would take the kind for any string there. Most
    // are requests, and what goes without saying is not sent to every page.
    ...(method.kind === 'request' ? [] : [`kind: '${method.kind}' as const`]),
    ...messageFields(method, checks, bytes),
  ]
  const head = `    ${memberKey(method.name)}: {`
  if (fields.length === 0) return [`${head}},`]
  const line = `${head} ${fields.join(', ')} },`
  return line.length <= width && !line.includes('\n')
    ? [line]
    : [head, ...fields.map((field) => `      ${field},`), '    },']
}

/** What a message says beside its kind: how it goes on the wire, and by which functions it is checked. */
export function messageFields(
  method: Method,
  checks: MethodChecks,
  { methods }: BytesCode,
): string[] {
  const names = method.positional ? method.params.map(({ name }) => literal(name)) : []
  const bytes = methods.get(method)
  return [
    ...(names.length > 0 ? [`positions: [${names.join(', ')}]`] : []),
    ...(method.partialResult === undefined ? [] : ['inParts']),
    ...printSubscription(method),
    ...checkedParts.flatMap((part) =>
      checks[part] === undefined ? [] : [`${part}: ${checks[part]}`],
    ),
    ...printKinds(method, checks),
    ...(bytes === undefined ? [] : [`bytes: ${braced(bytes)}`]),
  ]
}

function printSubscription({ subscription }: Method): string[] {
  if (subscription === undefined) return []
  const { id, unsubscribe, unsubscribeParam, notification, members, others } = subscription
  const isNumeric = id.kind === 'number'
  const fields = [
    `unsubscribe: ${literal(unsubscribe)}`,
    ...(unsubscribeParam === undefined ? [] : [`unsubscribeParam: ${literal(unsubscribeParam)}`]),
    `notification: ${literal(notification)}`,
    ...(members.id === 'subscription' ? [] : [`id: ${literal(members.id)}`]),
    ...(members.item === 'result' ? [] : [`item: ${literal(members.item)}`]),
    ...(others.length === 0 ? [] : [`others: [${others.map(literal).join(', ')}]`]),
    ...(isNumeric ? ['numeric: true'] : []),
  ]
  return [`subscription: subscription(${braced(fields)})`]
}

function printKinds({ kinds }: Method, checks: MethodChecks): string[] {
  if (kinds === undefined || checks.kinds === undefined) return []
  const items = [...checks.kinds].map(([value, check]) => `${memberKey(value)}: ${check}`)
  const inner = braced(items, `${fieldIndent}  `)
  return [`kinds: ${braced([`by: ${literal(kinds.by)}`, `items: ${inner}`])}`]
}

const fieldIndent = '      '

/** The fields of an object inside a message, on one line or on one each. */
function braced(fields: readonly string[], indent = fieldIndent): string {
  const line = `{ ${fields.join(', ')} }`
  if (line.length <= width - 40 && !line.includes('\n')) return line
  return ['{', ...fields.map((field) => `${indent}  ${field},`), `${indent}}`].join('\n')
}
