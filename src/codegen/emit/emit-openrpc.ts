import type { ContractModel, Docs, ErrorCase, Method, Param, Type } from '../model.js'
import { docMembers, schemaOf, type Written, withDocs } from './schema-of.js'

type Json = Readonly<Record<string, unknown>>

/** The contract as an OpenRPC document, from which the same model is read again. */
export function emitOpenRpc(model: ContractModel, header: string): string {
  return `${JSON.stringify({ 'x-generated': header, ...documentOf(model) }, null, 2)}\n`
}

/** The contract as the value of an OpenRPC document. */
export function documentOf(model: Written): Json {
  const schemas = Object.fromEntries(
    [...model.types.values()].map(({ name, type, docs }) => [
      name,
      withDocs(schemaOf(type, model), docMembers(docs, model)),
    ]),
  )
  return {
    openrpc: '1.3.2',
    info: { title: model.title ?? model.name, version: model.version, ...about(model) },
    ...(model.partial === true ? { 'x-partial': true } : {}),
    methods: model.methods.map((method) => methodOf(method, model)),
    ...(model.types.size === 0 ? {} : { components: { schemas } }),
  }
}

function about({ description, isBare }: Written): Json {
  return description === undefined || isBare ? {} : { description }
}

function methodOf(method: Method, model: Written): Json {
  const { name, from, docs, params, payload, errors, registration, examples } = method
  const said = method.partDocs ?? {}
  const [plain, typed] = [errors.filter(isPlain), errors.filter((error) => !isPlain(error))]
  return {
    name,
    ...docMembers(docs, model),
    ...(from === 'client' ? {} : { 'x-direction': directions[from] }),
    ...(method.kind === impliedKind(method) || method.subscription
      ? {}
      : { 'x-kind': method.kind }),
    ...(method.positional ? structureOf(method) : { paramStructure: 'by-name' }),
    params: params.map((param) => paramOf(param, model)),
    ...(payload && {
      'x-params': {
        ...descriptor('params', payload.type, model, said.payload),
        required: payload.required,
      },
    }),
    ...part('result', method.subscription?.id ?? method.result, model, said.result),
    ...part('x-item', method.item, model, said.item),
    ...streamOf(method, model),
    ...part('x-input', method.input, model, said.input),
    ...part('x-partial-result', method.partialResult, model, said.partialResult),
    ...(registration && {
      'x-registration': {
        method: registration.method,
        schema: schemaOf(registration.options, model),
      },
    }),
    ...(plain.length === 0 ? {} : { errors: plain }),
    ...(typed.length === 0 ? {} : { 'x-errors': typed.map((error) => errorOf(error, model)) }),
    ...(examples === undefined || model.isBare ? {} : { examples }),
  }
}

/** How a stream is subscribed to, and which items depend on a param. */
function streamOf({ subscription, kinds }: Method, model: Written): Json {
  if (subscription === undefined) return {}
  const { id: _id, members, others, ...names } = subscription
  const items = kinds?.items.map(({ value, item }) => [value, descriptor('item', item, model)])
  return {
    'x-stream': {
      binding: 'subscription',
      ...allGiven(names),
      ...members,
      ...(others.length === 0 ? {} : { others }),
      ...(kinds && items && { by: kinds.by, items: Object.fromEntries(items) }),
    },
  }
}

function allGiven(values: object): Json {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

function structureOf({ structure }: Method): Json {
  return structure === undefined ? {} : { paramStructure: structure }
}

const directions = { server: 'serverToClient', both: 'both' } as const

function impliedKind({ result, from }: Method): Method['kind'] {
  if (result !== undefined) return 'request'
  return from === 'server' ? 'event' : 'notification'
}

function paramOf({ name, type, required, docs }: Param, model: Written): Json {
  return { name, ...docMembers(docs, model), required, schema: schemaOf(type, model) }
}

function part(key: string, type: Type | undefined, model: Written, docs?: Docs): Json {
  return type === undefined ? {} : { [key]: descriptor(key.replace(/^x-/, ''), type, model, docs) }
}

function descriptor(name: string, type: Type, model: Written, docs: Docs = {}): Json {
  return { name, ...docMembers(docs, model), schema: schemaOf(type, model) }
}

/** What the errors of OpenRPC have room for: they take no schema of their data. */
function isPlain({ code, data }: ErrorCase): boolean {
  return code !== undefined && data === undefined
}

function errorOf({ code, message, data }: ErrorCase, model: Written): Json {
  return { code, message, ...(data && { schema: schemaOf(data, model) }) }
}
