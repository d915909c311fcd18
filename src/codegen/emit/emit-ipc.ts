import { eventsOf, membersOf } from '../../ipc/channels.js'
import { exportedMethods, moduleSource } from '../../ipc/module-source.js'
import { serviceWords, takenBy } from '../../ipc/words.js'
import type { Report } from '../diagnostic.js'
import type { ContractModel, Method, Param, Type } from '../model.js'
import { lowerCamel, reservedWords, sideNames } from '../names.js'
import { below, byCodeUnits, isJsonObject, sortedKeys } from '../place.js'
import { unionOf } from '../read/combine.js'
import { methodComment } from './comment.js'
import { printNamed } from './emit-types.js'
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
  const inside = printModule(model, manifest, 'const').map((text) =>
    text.replaceAll(/^(?=.)/gm, '  '),
  )
  return {
    // Whatever the order of its keys, the same manifest gives the same bytes.
    module: `${header}\n\n${moduleSource(withSortedKeys(manifest))}`,
    types: `${[header, ...printModule(model, manifest, 'declare const')].join('\n\n')}\n`,
    declaration: `${header}\n\ndeclare module ${literal(`ipc:${name}`)} {\n${inside.join('\n\n')}\n}\n`,
  }
}

/** Tells which methods are reached by `call` alone, and why. */
export function reportTaken(model: ContractModel, file: string, report: Report): void {
  for (const { name, from } of model.methods) {
    const why = from === 'client' ? takenBy(name) : undefined
    if (why === undefined) continue
    const advice = `call it by service.call(${literal(name)}, …)`
    report.warn(
      below({ file, pointer: '' }, 'methods', name),
      `"${name}" is no member of the service: ${why}`,
      advice,
    )
  }
}

/** Everything that the module says, as texts to be set apart by empty lines. */
function printModule(model: ContractModel, manifest: unknown, declare: string): string[] {
  const nameOf: NameOf = (id) => model.types.get(id)?.name ?? 'unknown'
  const methods = model.methods.filter(({ from }) => from === 'client')
  const calls = methods.flatMap((method) => [
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
    printExports(names, exportedMethods(methods.map(({ name }) => name)), declare),
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

function printCall({ name, params, result }: Method, nameOf: NameOf): string {
  const head = `  ${literal(name)}(`
  const last = params.findLastIndex(({ required }) => required)
  const names = paramNames(params)
  const list = params.map(({ type, required }, index) => {
    const text = printType(type, nameOf, '  ', head.length)
    // What may be left out in the middle is undefined there.
    if (required) return `${names[index]}: ${text}`
    return index > last ? `${names[index]}?: ${text}` : `${names[index]}: ${text} | undefined`
  })
  const answer = result === undefined ? 'unknown' : printType(result, nameOf, '  ', head.length)
  return `${head}${list.join(', ')}): Promise<${answer.trim()}>`
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
    .map(({ name, payload, params }): [string, Type] => [
      name,
      payload?.type ?? params[0]?.type ?? unknown,
    ])
  const types = new Map(own)
  for (const channel of Object.keys(membersOf(membersOf(manifest)['channels']))) {
    const carried = eventsOf(manifest, channel).map((event) => new Map(own).get(event) ?? unknown)
    if (!types.has(channel)) types.set(channel, carried.length === 0 ? unknown : unionOf(carried))
  }
  return [...types].toSorted(([a], [b]) => byCodeUnits(a, b))
}

const unknown: Type = { kind: 'unknown' }

function withSortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSortedKeys)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(sortedKeys(value).map((key) => [key, withSortedKeys(value[key])]))
}
