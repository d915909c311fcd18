import { contractNameFrom } from '../contract-name.js'
import type { Report } from '../diagnostic.js'
import { checkGraph } from '../graph.js'
import type { Sources } from '../load/sources.js'
import type { ContractModel, Place } from '../model.js'
import { below, byCodeUnits, isJsonObject, type JsonObject, own, ownText } from '../place.js'
import { MethodReader } from './openrpc-method.js'
import { withSubscriptions } from './openrpc-subscriptions.js'
import { readTypes } from './openrpc-types.js'
import { reportUndefined } from './reading.js'
import { SchemaReader } from './schema.js'

/** The keys that OpenRPC 1.0 to 1.4 defines, and those under which JSON Schema keeps what references point to. */
const known = {
  document:
    `$schema openrpc info servers methods components externalDocs $comment $defs definitions`.split(
      ' ',
    ),
  info: 'title description termsOfService contact license version $comment'.split(' '),
}

/** Reads OpenRPC 1.0 to 1.4, as the contract `name` or the title's. Throws a DocumentError with every fault found. */
export function readOpenRpc(
  sources: Sources,
  file: string,
  name: string | undefined,
  report: Report,
): ContractModel {
  const root: Place = { file, pointer: '' }
  const found = sources.locate('', root)
  const document = 'value' in found ? found.value : undefined
  if (!isOpenRpc(document, root, report)) report.settle()
  const schemas = new SchemaReader(sources, report)
  const object = isJsonObject(document) ? document : {}
  reportUndefined(object, root, known.document, report)
  const info = readInfo(object, root, report)
  const contractName = name ?? contractNameFrom(info.title ?? '')
  const reader = new MethodReader(sources, schemas)
  const laid = overlays(sources, file, report).flatMap((overlay) =>
    reader.readAll(overlay.document, overlay.root),
  )
  const replaced = new Set(laid.map((method) => method.name))
  const all = [...laid, ...reader.readAll(object, root, replaced)]
  const methods = withSubscriptions(all, reader.places, report)
  const types = readTypes(object, root, schemas, contractName)
  checkGraph(types, report)
  report.settle()
  const sorted = methods.toSorted((a, b) => byCodeUnits(a.name, b.name))
  const partial = own(object, 'x-partial') === true ? true : undefined
  return { ...info, name: contractName, types, methods: sorted, partial }
}

/** The documents at hand that add methods to `file`, or say more of those that it has: they are marked as such. */
function overlays(sources: Sources, file: string, report: Report) {
  return sources.files().flatMap((other) => {
    const document = sources.root(other)
    if (other === file || !isJsonObject(document) || own(document, 'x-overlay') !== true) return []
    sources.use(other)
    const root = { file: other, pointer: '' }
    reportUndefined(document, root, known.document, report)
    return [{ document, root }]
  })
}

function isOpenRpc(document: unknown, root: Place, report: Report): boolean {
  if (!isJsonObject(document) || !Object.hasOwn(document, 'openrpc')) {
    const problem = `this is not an OpenRPC document: ${whatItIs(document)}`
    report.fault(root, problem, 'give a document whose first member is "openrpc": "1.3.2"')
    return false
  }
  // YAML reads an unquoted 1.3 as a number.
  const version = document['openrpc']
  const isText = typeof version === 'string' || typeof version === 'number'
  if (isText && /^1\.[0-4](\.|$)/.test(String(version))) return true
  report.fault(
    below(root, 'openrpc'),
    `version ${JSON.stringify(version)} is not known`,
    'use 1.0 to 1.4',
  )
  return false
}

function whatItIs(document: unknown): string {
  if (!isJsonObject(document)) return 'it is no object'
  const known = ['openapi', 'swagger', 'asyncapi', '$schema', 'metaData', 'domains'].find((key) =>
    Object.hasOwn(document, key),
  )
  return known === undefined ? 'it has no member "openrpc"' : `it has "${known}" and no "openrpc"`
}

function readInfo(
  document: JsonObject,
  root: Place,
  report: Report,
): { title: string | undefined; version: string; description: string | undefined } {
  const info = own(document, 'info')
  if (isJsonObject(info)) reportUndefined(info, below(root, 'info'), known.info, report)
  const title = isJsonObject(info) ? ownText(info, 'title') : undefined
  const version = isJsonObject(info) ? own(info, 'version') : undefined
  const description = isJsonObject(info) ? ownText(info, 'description') : undefined
  if (title === undefined)
    report.warn(below(root, 'info'), '"title" is missing', 'say what the service is called')
  if (typeof version === 'string' || typeof version === 'number')
    return { title, version: String(version), description }
  report.warn(
    below(root, 'info'),
    '"version" is missing, "0.0.0" is taken',
    'say which version this is',
  )
  return { title, version: '0.0.0', description }
}
