import { eventsOf, membersOf } from '../../ipc/channels.js'
import { exportedMethods, moduleSource } from '../../ipc/module-source.js'
import { serviceWords, takenBy } from '../../ipc/words.js'
import type { Report } from '../diagnostic.js'
import type { ContractModel, Method, Param, Type } from '../model.js'
import { lowerCamel, reservedWords, sideNames } from '../names.js'
import { below, byCodeUnits, isJsonObject, sortedKeys } from '../place.js'
import { unionOf } from '../read/combine.js'
import { methodComment } from './comment.js'
import { mayOmitParams, paramsType, printNamed } from './emit-types.js'
import { isIdentifier, literal } from './literal.js'
import { type NameOf, printType } from './print-type.js'

/** What `import service from 'ipc:name'` is typed by, and what `#ipc/name` is. */
export interface IpcFiles {
  /** The module `#ipc/name`, in JavaScript. */
  readonly module: string
  /** Its types. */
  readonly types: string
  /** The types of `ipc:name`, in a file that is no module. */
  readonly declaration: string
}

/** The files of the service that `manifest` describes, read as `model`, under the name `ipc:<name>`. */
export function emitIpc(
  model: ContractModel,
  manifest: unknown,
  name: string,
  header: string,
): IpcFiles {
  const methods = exportedMethods(asked(model).map(({ name }) => name))
  return {
    // Whatever the order of its keys, the same manifest gives the same bytes.
    module: `${header}\n\n${moduleSource(withSortedKeys(manifest))}`,
    types: `${[header, ...printModule(model, manifest, methods, 'declare const')].join('\n\n')}\n`,
    declaration: declare(name, header, printModule(model, manifest, methods, 'const')),
  }
}

/** The types of `ipc:<name>` for a service that is found through a hub: only its words are exports. */
export function emitHubDeclaration(model: ContractModel, name: string, header: string): string {
  return declare(name, header, printModule(model, {}, [], 'const'))
}

function declare(name: string, header: string, texts: readonly string[]): string {
  const inside = texts.map((text) => text.replaceAll(/^(?=.)/gm, '  '))
  return `${header}\n\ndeclare module ${literal(`ipc:${name}`)} {\n${inside.join('\n\n')}\n}\n`
}

/** What is a function of the service, or would be under another name. */
function asked({ methods }: ContractModel): Method[] {
  return methods.filter(({ from, kind }) => from !== 'server' && kind === 'request')
}

/** Tells which methods are reached by `call` alone, and why. */
export function reportTaken(model: ContractModel, file: string, report: Report): void {
  for (const { name, kind } of model.methods) {
    const place = below({ file, pointer: '' }, 'methods', name)
    const why = takenBy(name)
    const problem = `"${name}" is no member of the service: `
    if (kind === 'request' && why !== undefined)
      report.warn(place, problem + why, `call it by service.call(${literal(name)}, …)`)
    if (kind === 'stream')
      report.warn(place, `${problem}it is a stream`, 'use the stubs that gen --out makes')
    if (kind === 'notification')
      report.warn(place, `${problem}it is told`, `use service.publish(${literal(name)}, …)`)
  }
}

/** Everything that the module says, as texts to be set apart by empty lines. */
function printModule(
  model: ContractModel,
  manifest: unknown,
  exported: readonly string[],
  declare: string,
): string[] {
  const nameOf: NameOf = (id) => model.types.get(id)?.name ?? 'unknown'
  const calls = asked(model).flatMap((method) => [
    ...methodComment(method, '  '),
    printCall(method, nameOf),
  ])
  const events = eventTypes(model, manifest).map(
    ([name, type]) => `  ${literal(name)}: ${printType(type, nameOf, '  ', name.length + 6)}`,
  )
  const names = { service: sideNames(model).service, events: eventsName(model) }
  return [
    `import type { Service as _Service } from 'bothways/ipc'`,
    ...[...model.types.values()].map((type) => printNamed(type, nameOf)),
    printInterface(names.service, `What ${model.name} answers.`, calls),
    printInterface(names.events, `What ${model.name} tells, by event and by channel.`, events),
    printExports(names, exported, declare),
  ]
}

// Through names of their own, for a method may be called as a reserved word.
function printExports(
  { service, events }: { readonly service: string; readonly events: string },
  methods: readonly string[],
  declare: string,
): string {
  const names = [...serviceWords, ...methods]
  return [
    `${declare} _service: _Service<${service}, ${events}>`,
    'export default _service',
    ...names.map((name) => `${declare} $${name}: typeof _service.${name}`),
    'export {',
    ...names.map((name) => `  $${name} as ${name},`),
    '}',
  ].join('\n')
}

/** A name for the interface of events that no type of the service has. */
function eventsName(model: ContractModel): string {
  const taken = new Set([...model.types.values()].map(({ name }) => name))
  let name = sideNames(model).client.replace(/Client$/, 'Events')
  while (taken.has(name)) name += '_'
  return name
}

function printInterface(name: string, promise: string, lines: readonly string[]): string {
  const body = lines.length === 0 ? '{}' : ['{', ...lines, '}'].join('\n')
  return `/** ${promise} */\nexport interface ${name} ${body}`
}

function printCall(method: Method, nameOf: NameOf): string {
  const { name, result } = method
  const head = `  ${literal(name)}(`
  const list = method.positional
    ? printParams(method, nameOf, head.length)
    : printObject(method, nameOf, head.length)
  const answer = result === undefined ? 'unknown' : printType(result, nameOf, '  ', head.length)
  return `${head}${list.join(', ')}): Promise<${answer.trim()}>`
}

/** The params of a method that takes them by name. */
function printObject(method: Method, nameOf: NameOf, column: number): string[] {
  const type = paramsType(method)
  if (type === undefined) return []
  const text = printType(type, nameOf, '  ', column)
  return [`params${mayOmitParams(method) ? '?' : ''}: ${text.trim()}`]
}

function printParams({ params }: Method, nameOf: NameOf, column: number): string[] {
  const last = params.findLastIndex(({ required }) => required)
  const names = paramNames(params)
  return params.map(({ type, required }, index) => {
    const text = printType(type, nameOf, '  ', column)
    // What may be left out in the middle is undefined there.
    if (required) return `${names[index]}: ${text}`
    return index > last ? `${names[index]}?: ${text}` : `${names[index]}: ${text} | undefined`
  })
}

/** Names for arguments, of which a manifest may have any and any twice. */
function paramNames(params: readonly Param[]): string[] {
  const names = params.map(({ name }) => (isIdentifier(name) ? name : lowerCamel(name)))
  return names.map((name, index) =>
    isIdentifier(name) && !reservedWords.has(name) && names.indexOf(name) === index
      ? name
      : `${name.replaceAll(/\W/g, '_')}_${index}`,
  )
}

/** What each event carries, and each channel: any of its events. */
function eventTypes(model: ContractModel, manifest: unknown): [string, Type][] {
  const own = model.methods
    .filter(({ kind }) => kind === 'event')
    .map((method): [string, Type] => [method.name, carriedBy(method)])
  const types = new Map(own)
  for (const channel of Object.keys(membersOf(membersOf(manifest)['channels']))) {
    const carried = eventsOf(manifest, channel).map((event) => new Map(own).get(event) ?? unknown)
    if (!types.has(channel)) types.set(channel, carried.length === 0 ? unknown : unionOf(carried))
  }
  return [...types].toSorted(([a], [b]) => byCodeUnits(a, b))
}

/** What a listener of an event is given. */
function carriedBy(event: Method): Type {
  const { positional, params } = event
  const [only, ...others] = params
  if (!positional || only === undefined) return paramsType(event) ?? { kind: 'null' }
  if (others.length === 0) return only.type
  const items = params.map(({ type }) => type)
  return { kind: 'tuple', items, rest: { kind: 'never' }, minItems: items.length, unique: false }
}

const unknown: Type = { kind: 'unknown' }

function withSortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSortedKeys)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(sortedKeys(value).map((key) => [key, withSortedKeys(value[key])]))
}
