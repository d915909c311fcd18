import type { Report } from '../diagnostic.js'
import { placeOf } from '../graph.js'
import { Kinds } from '../kinds.js'
import type { ContractModel, Method, Type } from '../model.js'
import { distinctNames, upperCamel, type Wanted } from '../names.js'
import { writeCheck } from './check-body.js'
import { CheckFile } from './check-file.js'
import { paramsType } from './emit-types.js'
import { literal } from './literal.js'

/** The names of the functions that check what a method takes and answers. */
export interface MethodChecks {
  readonly params?: string | undefined
  readonly result?: string | undefined
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

function wantedNames({ types, methods }: ContractModel): Wanted[] {
  const ofTypes = [...types].map(([key, { name }]) => ({
    key,
    text: `check${name}`,
    name: `check${name}`,
  }))
  const ofMethods = methods.flatMap(({ name }) =>
    ['Params', 'Result'].map((part) => {
      const text = `check${name}${part}`
      return { key: `${name} ${part}`, text, name: `check${upperCamel(name)}${part}` }
    }),
  )
  return [...ofTypes, ...ofMethods]
}

function writeMethod(
  file: CheckFile,
  method: Method,
  names: ReadonlyMap<string, string>,
): MethodChecks {
  const write = (type: Type | undefined, part: string, isOptional: boolean): string | undefined => {
    if (type === undefined || file.kinds.isOpen(type)) return undefined
    if (type.kind === 'reference') return file.named.get(type.id)
    const name = names.get(`${method.name} ${part}`) ?? ''
    writeCheck(file, name, type, { isExported: true, isOptional })
    return name
  }
  const isOptional = method.params.every(({ required }) => !required)
  return {
    params: write(paramsType(method), 'Params', isOptional),
    result: write(method.result, 'Result', false),
  }
}
