import type { Report } from '../diagnostic.js'
import { placeOf } from '../graph.js'
import { Kinds } from '../kinds.js'
import type { ContractModel, Method, Type } from '../model.js'
import { distinctNames, upperCamel, type Wanted } from '../names.js'
import { writeCheck } from './check-body.js'
import { CheckFile } from './check-file.js'
import { mayOmitParams, paramsType } from './emit-types.js'
import { literal } from './literal.js'

/** What of a method is checked, in the order in which it is written down. */
export const checkedParts = ['params', 'item', 'part', 'result', 'input'] as const
type Part = (typeof checkedParts)[number]

/** The names of the functions that check what a method takes, answers and streams. */
export interface MethodChecks extends Readonly<Partial<Record<Part, string | undefined>>> {
  /** Those of items that depend on a param, by its value. */
  readonly kinds?: ReadonlyMap<string, string> | undefined
}

/** The file of checks, and which of its functions belong to which method. */
export interface Checks {
  readonly text: string
  readonly methods: ReadonlyMap<Method, MethodChecks>
}

/** The file of checks: one function for every named type, params and result that rules anything out. */
export function emitChecks(
  model: ContractModel,
  header: string,
  runtime: string,
  report: Report,
): Checks {
  const kinds = new Kinds(model.types)
  const names = distinctNames(wantedNames(model), new Set())
  const closed = [...model.types].filter(([, { type }]) => !kinds.isOpen(type))
  const named = new Map(closed.map(([id]) => [id, names.get(id) ?? '']))
  const file = new CheckFile(model.types, named, names.values())
  for (const [id, { type }] of closed)
    writeCheck(file, named.get(id) ?? '', type, { isExported: true, owner: id })
  const methods = new Map(model.methods.map((method) => [method, writeMethod(file, method, names)]))
  for (const owner of file.unchecked) {
    const problem =
      'alternatives contain themselves and no constant tells them apart, so they are not checked'
    report.warn(placeOf(owner), problem, 'give each a required member with a constant of its own')
  }
  return { text: file.print(header, `import type { Fault } from ${literal(runtime)}`), methods }
}

/** What each kind of method may have of these. */
function partsOf({ kind, partialResult }: Method): readonly Part[] {
  if (kind === 'stream') return ['params', 'item', 'result', 'input']
  return partialResult === undefined ? ['params', 'result'] : ['params', 'part', 'result']
}

function typeOf(method: Method, part: Part): Type | undefined {
  if (part === 'params') return paramsType(method)
  return part === 'part' ? method.partialResult : method[part]
}

function wantedNames({ types, methods }: ContractModel): Wanted[] {
  const ofTypes = [...types].map(([key, { name }]) => ({
    key,
    text: `check${name}`,
    name: `check${name}`,
  }))
  const ofMethods = methods.flatMap((method) => {
    const { name, kinds } = method
    const suffixes = partsOf(method).map((part) => upperCamel(part))
    const ofKinds = (kinds?.items ?? []).map(({ value }) => ({
      key: kindKey(method, value),
      text: `check${name}Item${value}`,
      name: `check${upperCamel(name)}Item${upperCamel(value)}`,
    }))
    const ofParts = suffixes.map((suffix) => ({
      key: `${name} ${suffix}`,
      text: `check${name}${suffix}`,
      name: `check${upperCamel(name)}${suffix}`,
    }))
    return [...ofParts, ...ofKinds]
  })
  return [...ofTypes, ...ofMethods]
}

function kindKey({ name }: Method, value: string): string {
  return `${name} Item of ${value}`
}

function writeMethod(
  file: CheckFile,
  method: Method,
  names: ReadonlyMap<string, string>,
): MethodChecks {
  const isOptional = mayOmitParams(method)
  const write = (part: Part): string | undefined => {
    const type = typeOf(method, part)
    if (type === undefined || file.kinds.isOpen(type)) return undefined
    const mayBeAbsent = part === 'params' && isOptional
    if (type.kind === 'reference' && !mayBeAbsent) return file.named.get(type.id)
    const name = names.get(`${method.name} ${upperCamel(part)}`) ?? ''
    writeCheck(file, name, type, { isExported: true, isOptional: mayBeAbsent })
    return name
  }
  const parts = Object.fromEntries(checkedParts.map((part) => [part, write(part)]))
  return { ...parts, kinds: writeKinds(file, method, names) }
}

function writeKinds(
  file: CheckFile,
  method: Method,
  names: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> | undefined {
  const checks = new Map<string, string>()
  for (const { value, item } of method.kinds?.items ?? []) {
    if (file.kinds.isOpen(item)) continue
    const name =
      item.kind === 'reference' ? file.named.get(item.id) : names.get(kindKey(method, value))
    if (name === undefined) continue
    if (item.kind !== 'reference') writeCheck(file, name, item, { isExported: true })
    checks.set(value, name)
  }
  return checks.size === 0 ? undefined : checks
}
