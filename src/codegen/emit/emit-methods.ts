import type { ContractModel, Method } from '../model.js'
import { distinctNames, lowerCamel, reservedWords, sideNames, upperCamel } from '../names.js'
import { byCodeUnits } from '../place.js'
import { methodComment } from './comment.js'
import { type BytesCode, emitBytes } from './emit-bytes.js'
import type { MethodChecks } from './emit-checks.js'
import { importSides, messageFields, type Specifiers } from './emit-contract.js'
import { literal } from './literal.js'

const width = 100

/** What the file imports, and so nothing else in it may be called. */
const imported = [
  'answers',
  'asks',
  'bytesAt',
  'check',
  'inParts',
  'listens',
  'shape',
  'streams',
  'subscription',
  'tells',
]

/**
 * The file of methods: for each a constant that calls it and one that handles it, which depend on nothing that another
 * needs, so that a bundler keeps those that are used.
 */
export function emitMethods(
  model: ContractModel,
  header: string,
  from: Specifiers,
  checks: ReadonlyMap<Method, MethodChecks>,
): string {
  const { service, client } = sideNames(model)
  const bytes = emitBytes(model)
  const names = methodNames(model, bytes.names)
  const constants = model.methods.flatMap((method) => {
    const own = checks.get(method) ?? {}
    const type = `<${method.from === 'server' ? client : service}, ${literal(method.name)}>`
    const { caller, handler } = names.get(method) ?? { caller: '', handler: '' }
    const made = { ...sends(method, own, bytes), isTold: from.shape !== undefined }
    return [
      [...methodComment(method, ''), ...constant(caller, 'Call', type, made)],
      constant(handler, 'Answer', type, takes(method, own, bytes)),
    ].map((lines) => lines.join('\n'))
  })
  const body = constants.join('\n')
  const sides = [client, service].filter((side) => new RegExp(`<${side},`).test(body))
  const imports = [
    importRuntime(model, from.runtime, bytes),
    ...(/: check\./.test(body) ? [`import * as check from ${literal(from.checks)}`] : []),
    ...importSides(sides, from.types),
  ]
  const places = bytes.constants.length === 0 ? [] : [bytes.constants.join('\n')]
  if (from.shape !== undefined && /, shape\)$/m.test(body))
    places.push(`const shape = () => import(${literal(from.shape)})`)
  return constants.length === 0
    ? `${header}\n\nexport {}\n`
    : `${[header, imports.join('\n'), ...places, ...constants].join('\n\n')}\n`
}

/** What a constant is made by, and of. */
interface Made {
  readonly by: string
  readonly method: string
  readonly fields: readonly string[]
  /** Whether it says what changed, where the other end has another version. */
  readonly isTold?: boolean
}

/** Nobody hears what becomes of what is told, nor that it was of another version. */
const explained = ['asks', 'streams']

function constant(name: string, kind: 'Call' | 'Answer', type: string, made: Made): string[] {
  const { by, method, fields, isTold = false } = made
  const start = `export const ${name}: ${kind}${type} =`
  const shape = isTold && explained.includes(by) ? ', shape' : ''
  const given = fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
  const object = fields.length === 0 && shape === '' ? '' : `, ${given}${shape}`
  const call = `/*@__PURE__*/ ${by}(${literal(method)}${object})`
  const line = `${start} ${call}`
  return line.length <= width ? [line] : [start, `  ${call}`]
}

/** What calls a method, which checks what comes back. */
function sends(
  method: Method,
  { item, part, result, kinds }: MethodChecks,
  bytes: BytesCode,
): Made {
  const checks = inFile({ item, part, result, kinds })
  const fields = messageFields(method, checks, bytes)
  return { by: senders[method.kind], method: method.name, fields }
}

/** What handles a method, which checks what arrives. */
function takes(method: Method, { params, input }: MethodChecks, bytes: BytesCode): Made {
  const fields = messageFields(method, inFile({ params, input }), bytes)
  return { by: takers[method.kind], method: method.name, fields }
}

const senders = { request: 'asks', stream: 'streams', notification: 'tells', event: 'tells' }
const takers = {
  request: 'answers',
  stream: 'answers',
  notification: 'listens',
  event: 'listens',
}

/** The checks by their names in this file, which has theirs as one. */
function inFile({ kinds, ...parts }: MethodChecks): MethodChecks {
  const name = (check: string | undefined) => check && `check.${check}`
  return {
    ...Object.fromEntries(Object.entries(parts).map(([part, check]) => [part, name(check)])),
    kinds: kinds && new Map([...kinds].map(([value, check]) => [value, `check.${check}`])),
  }
}

function importRuntime({ methods }: ContractModel, specifier: string, bytes: BytesCode): string {
  const made = methods.flatMap(({ kind }) => [senders[kind], takers[kind]])
  const isInParts = methods.some(({ partialResult }) => partialResult !== undefined)
  const isSubscribed = methods.some(({ subscription }) => subscription !== undefined)
  const more = [...(isInParts ? ['inParts'] : []), ...(isSubscribed ? ['subscription'] : [])]
  const ofBytes = bytes.methods.size === 0 ? [] : ['bytesAt']
  const names = [...new Set([...made, ...more, ...ofBytes])].sort(byCodeUnits)
  const type = bytes.constants.length === 0 ? '' : ', type BytesAt'
  return `import { type Answer${type}, type Call, ${names.join(', ')} } from ${literal(specifier)}`
}

/** What calls each method and what handles it, by names that a new method leaves as they are. */
function methodNames({ methods }: ContractModel, taken: ReadonlySet<string>) {
  const wanted = methods.flatMap((method) => [
    { key: `call ${method.name}`, text: method.name, name: callName(method.name) },
    { key: `on ${method.name}`, text: `on ${method.name}`, name: `on${upperCamel(method.name)}` },
  ])
  const names = distinctNames(wanted, taken)
  const nameOf = (key: string) => names.get(key) ?? ''
  return new Map(
    methods.map((method) => [
      method,
      { caller: nameOf(`call ${method.name}`), handler: nameOf(`on ${method.name}`) },
    ]),
  )
}

function callName(method: string): string {
  const name = lowerCamel(method)
  const isFree = name !== '' && !reservedWords.has(name) && !imported.includes(name)
  return isFree ? name : `call${upperCamel(method)}`
}
