import { checkGraph } from '../graph.js'
import type { ErrorCase, Method, Place, Type } from '../model.js'
import { below, byCodeUnits, isJsonObject, type JsonObject, own, ownText } from '../place.js'
import { LspTypes, lspDocs } from './lsp-types.js'
import type { Reader, Reading } from './reader.js'

/** The meta model of the Language Server Protocol: metaModel.json, 3.17 and later. */
export const lsp: Reader = {
  what: 'an LSP meta model',
  fits: (document) => Object.hasOwn(document, 'metaData') && Object.hasOwn(document, 'requests'),
  read: (reading) => {
    const { document, root, report, name = 'lsp' } = reading
    const types = new LspTypes(document, root, report)
    const methods = new LspMethods(reading, types).readAll()
    const named = types.readAll(name)
    checkGraph(named, report)
    report.settle()
    return { name, version: versionOf(document), types: named, methods, partial: true }
  },
}

function versionOf(document: JsonObject): string {
  const metaData = own(document, 'metaData')
  return (isJsonObject(metaData) ? ownText(metaData, 'version') : undefined) ?? '0.0.0'
}

const senders = new Map<unknown, Method['from']>([
  ['clientToServer', 'client'],
  ['serverToClient', 'server'],
  ['both', 'both'],
])

class LspMethods {
  readonly #reading: Reading
  readonly #types: LspTypes
  readonly #seen = new Set<string>()

  constructor(reading: Reading, types: LspTypes) {
    this.#reading = reading
    this.#types = types
  }

  readAll(): Method[] {
    const { document, root } = this.#reading
    const methods = (['requests', 'notifications'] as const).flatMap((key) =>
      this.#types
        .list(document, key, root)
        .map(({ value, place }) => this.#method(value, place, key === 'requests')),
    )
    return methods
      .filter((method) => method !== undefined)
      .toSorted((a, b) => byCodeUnits(a.name, b.name))
  }

  #method(value: JsonObject, place: Place, isRequest: boolean): Method | undefined {
    const name = this.#types.nameOf(value, place, 'method')
    if (name === undefined) return undefined
    if (this.#seen.has(name))
      this.#reading.report.fault(place, `the method "${name}" is there twice`, 'remove one')
    this.#seen.add(name)
    const from = this.#sender(value, place)
    const read = (key: string) => this.#types.readMember(value, key, place)
    const params = this.#params(value, place)
    return {
      name,
      kind: isRequest ? 'request' : from === 'server' ? 'event' : 'notification',
      from,
      params: [],
      payload: params && { type: params, required: true },
      positional: false,
      result: read('result'),
      errors: this.#errors(read('errorData')),
      partialResult: read('partialResult'),
      registration: this.#registration(value, read('registrationOptions'), name),
      docs: lspDocs(value),
    }
  }

  #sender(value: JsonObject, place: Place): Method['from'] {
    const direction = own(value, 'messageDirection')
    const from = senders.get(direction)
    if (from !== undefined) return from
    const problem = `${JSON.stringify(direction)} is no direction`
    const advice = 'use "clientToServer", "serverToClient" or "both"'
    this.#reading.report.fault(below(place, 'messageDirection'), problem, advice)
    return 'client'
  }

  /** A list of types is that of params by position. */
  #params(value: JsonObject, place: Place): Type | undefined {
    const params = own(value, 'params')
    if (!Array.isArray(params)) return this.#types.readMember(value, 'params', place)
    const items = params.map((item: unknown, index) =>
      this.#types.read(item, below(place, 'params', index)),
    )
    const rest = { kind: 'never' } as const
    return { kind: 'tuple', items, rest, minItems: items.length, unique: false }
  }

  #errors(data: Type | undefined): ErrorCase[] {
    return data === undefined ? [] : [{ message: '', data }]
  }

  #registration(value: JsonObject, options: Type | undefined, name: string) {
    return options && { method: ownText(value, 'registrationMethod') ?? name, options }
  }
}
