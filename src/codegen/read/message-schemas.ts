import { contractNameFrom } from '../contract-name.js'
import type { Report } from '../diagnostic.js'
import { checkGraph } from '../graph.js'
import type { ContractModel, Method, Payload, Type } from '../model.js'
import { byCodeUnits, ownText } from '../place.js'
import { Definitions, type Schema } from './definitions.js'
import type { Message, MessageStyle } from './messages.js'
import { debugMessages } from './messages-debug.js'
import { methodMessages } from './messages-method.js'
import { sidedMessages } from './messages-sided.js'
import { readReferred } from './openrpc-types.js'
import type { Reader, Reading } from './reader.js'
import { readDocs } from './reading.js'
import { SchemaReader } from './schema.js'

const styles: readonly MessageStyle[] = [sidedMessages, debugMessages, methodMessages]

/** JSON Schemas that describe messages, as those of MCP, ACP and DAP do. */
export const messageSchemas: Reader = {
  what: 'a JSON Schema of messages',
  fits: (document) => styleOf(new Definitions(document, { file: '', pointer: '' })) !== undefined,
  read: (reading) => readMessageSchemas(reading, '0.0.0'),
}

/** The contract of a JSON Schema of messages, which does not say which version of it this is. */
export function readMessageSchemas(reading: Reading, version: string): ContractModel {
  const { document, root, report, sources } = reading
  const title = ownText(document, 'title') ?? root.file.replace(/\..*$/, '')
  const name = reading.name ?? contractNameFrom(title)
  const definitions = new Definitions(document, root)
  const schemas = new SchemaReader(sources, report)
  for (const { value, place } of definitions.all) schemas.refer(place, value)
  const messages = styleOf(definitions)?.read(definitions, report) ?? []
  expectDistinct(messages, report)
  const methods = messages.map((message) => methodOf(message, schemas))
  const types = readReferred(root, schemas, name)
  checkGraph(types, report)
  report.settle()
  const sorted = methods.toSorted((a, b) => byCodeUnits(a.name, b.name))
  return { name, version, types, methods: sorted, partial: true }
}

function styleOf(definitions: Definitions): MessageStyle | undefined {
  return styles.find(({ named }) =>
    definitions.all.some((definition) => named(definition, definitions) !== undefined),
  )
}

function expectDistinct(messages: readonly Message[], report: Report): void {
  const seen = new Set<string>()
  for (const { name, described } of messages) {
    if (seen.has(name))
      report.fault(described.place, `the message "${name}" is there twice`, 'remove one')
    seen.add(name)
  }
}

function methodOf(message: Message, schemas: SchemaReader): Method {
  const { name, isRequest, from, described, params, result } = message
  return {
    name,
    kind: isRequest ? 'request' : from === 'server' ? 'event' : 'notification',
    from,
    params: [],
    payload: params && payloadOf(params, message.mayOmitParams, schemas),
    positional: false,
    result: result && typeOf(result, schemas),
    errors: [],
    docs: readDocs(described.value),
  }
}

function payloadOf(params: Schema, mayOmit: boolean, schemas: SchemaReader): Payload {
  return { type: typeOf(params, schemas), required: !mayOmit }
}

/** What is written out in a message gets a name of its own, for people to import. */
function typeOf({ value, place }: Schema, schemas: SchemaReader): Type {
  const isNamed = Object.hasOwn(value, '$ref') || value['type'] !== 'object'
  const isDefinition = /^\/(definitions|\$defs)\/[^/]+$/.test(place.pointer)
  return isNamed && !isDefinition ? schemas.read(value, place) : schemas.name(place, value)
}
