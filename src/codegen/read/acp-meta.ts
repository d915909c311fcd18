import type { Place } from '../model.js'
import { below, isJsonObject, type JsonObject, own, sortedKeys } from '../place.js'
import { messageSchemas, readMessageSchemas } from './message-schemas.js'
import type { Reader, Reading } from './reader.js'

const lists = ['agentMethods', 'clientMethods', 'protocolMethods'] as const

/** The list of the methods of ACP, meta.json, whose params and results are in the schema.json that lies beside it. */
export const acpMeta: Reader = {
  what: "ACP's list of methods",
  fits: (document) => lists.some((list) => isJsonObject(own(document, list))),
  read: (reading) => {
    const { document, root, report } = reading
    const schema = schemaIn(reading)
    if (schema === undefined) {
      const advice = 'give the schema as well: bothways gen meta.json schema.json'
      report.fault(root, 'it lists methods whose types are in another document', advice)
      report.settle()
    }
    const place: Place = { file: schema?.file ?? '', pointer: '' }
    const of = { ...reading, document: schema?.document ?? {}, root: place }
    const model = readMessageSchemas(of, String(own(document, 'version') ?? '0.0.0'))
    const described = new Set(model.methods.map(({ name }) => name))
    for (const [name, at] of methodsIn(document, root))
      if (!described.has(name))
        report.warn(at, `nothing describes "${name}"`, `add it to ${place.file}`)
    return model
  },
}

function schemaIn({ sources }: Reading): { file: string; document: JsonObject } | undefined {
  for (const file of sources.files()) {
    const document = sources.root(file)
    if (!isJsonObject(document) || !messageSchemas.fits(document)) continue
    sources.use(file)
    return { file, document }
  }
  return undefined
}

function methodsIn(document: JsonObject, root: Place): [string, Place][] {
  return lists.flatMap((list) => {
    const methods = own(document, list)
    if (!isJsonObject(methods)) return []
    return sortedKeys(methods).map((key): [string, Place] => [
      String(methods[key]),
      below(root, list, key),
    ])
  })
}
