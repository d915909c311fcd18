import { annotated } from '../annotations.js'
import { contractNameFrom } from '../contract-name.js'
import { checkGraph } from '../graph.js'
import type { Method, Param, Place, Type } from '../model.js'
import { below, byCodeUnits, isJsonObject, type JsonObject, own, ownText } from '../place.js'
import { channelEvents } from './manifest-channels.js'
import { ManifestTypes } from './manifest-types.js'
import type { Reader, Reading } from './reader.js'
import { readDocs, reportUnknown } from './reading.js'

/** The manifest of a service of EkkoJS, `<name>.ekko.ipc.json`, in each of the dialects it is written in. */
export const manifest: Reader = {
  what: 'a service manifest',
  fits: isManifest,
  read: (reading) => {
    const { document, root, report } = reading
    const service = own(document, 'service')
    const about = isJsonObject(service) ? service : {}
    const name = reading.name ?? contractNameFrom(ownText(about, 'name') ?? '')
    reportUnknown(document, root, known.document, report)
    reportUnknown(about, below(root, 'service'), known.service, report)
    const types = new ManifestTypes(reading)
    const methods = new ManifestMethods(reading, types).readAll()
    const named = types.readAll(name)
    checkGraph(named, report)
    report.settle()
    const sorted = methods.toSorted((a, b) => byCodeUnits(a.name, b.name))
    return { name, version: ownText(about, 'version') ?? '0.0.0', types: named, methods: sorted }
  },
}

/** Whether `document` looks like a manifest. */
export function isManifest(document: unknown): document is JsonObject {
  return (
    isJsonObject(document) &&
    isJsonObject(own(document, 'service')) &&
    ['methods', 'events', 'channels'].some((key) => Object.hasOwn(document, key))
  )
}

/** The keys that are read, or that say nothing about messages. */
const known = {
  document: 'service methods events channels types $schema $comment description'.split(' '),
  service: 'name version description transport tags'.split(' '),
  method: 'description parameters returns timeout permissions async isAsync deprecated'.split(' '),
  param: 'name type required description default validation schema elementType nullable'.split(' '),
  event: 'description schema dataType category priority deprecated'.split(' '),
}

/** Reads what a service answers and what it tells its subscribers. */
class ManifestMethods {
  readonly #reading: Reading
  readonly #types: ManifestTypes

  constructor(reading: Reading, types: ManifestTypes) {
    this.#reading = reading
    this.#types = types
  }

  readAll(): Method[] {
    const { document, root, report } = this.#reading
    const methods = this.#types
      .entries(document, 'methods', root)
      .map(([name, value, place]) => this.#method(name, value, place))
    const events = this.#types
      .entries(document, 'events', root)
      .map(([name, value, place]) => this.#event(name, value, place))
    const all = [...methods, ...events, ...channelEvents(this.#reading, events)]
    const names = new Set<string>()
    for (const { name } of all) {
      if (names.has(name))
        report.fault(root, `"${name}" is there as a method and as an event`, 'rename one')
      names.add(name)
    }
    return all
  }

  #method(name: string, value: JsonObject, place: Place): Method {
    reportUnknown(value, place, known.method, this.#reading.report)
    const docs = readDocs(value)
    const description = [docs.description ?? '', ...notesOf(value)].filter(Boolean).join('\n\n')
    return {
      name,
      kind: 'request',
      from: 'client',
      params: this.#params(value, place),
      positional: true,
      result: this.#result(value, place),
      errors: [],
      docs: { ...docs, description },
    }
  }

  #params(value: JsonObject, place: Place): Param[] {
    const list = own(value, 'parameters') ?? []
    const at = below(place, 'parameters')
    if (!Array.isArray(list) || !list.every(isJsonObject)) {
      this.#reading.report.fault(at, '"parameters" is no array of objects', 'list them in it')
      return []
    }
    return list.map((param, index) => this.#param(param, below(at, index)))
  }

  #param(value: JsonObject, place: Place): Param {
    reportUnknown(value, place, known.param, this.#reading.report)
    const name = ownText(value, 'name')
    if (name === undefined)
      this.#reading.report.fault(place, 'a param has no "name"', 'give it one')
    const mayBeLeftOut = own(value, 'required') === false || Object.hasOwn(value, 'default')
    const said = Object.hasOwn(value, 'default') ? { default: value['default'] } : undefined
    const type = annotated(this.#types.read(value, place), said)
    return { name: name ?? '', type, required: !mayBeLeftOut, docs: readDocs(value) }
  }

  /** What returns nothing has an answer without a word. */
  #result(value: JsonObject, place: Place): Type | undefined {
    const returns = own(value, 'returns')
    const at = below(place, 'returns')
    if (typeof returns === 'string') return this.#types.word(returns, at)
    if (isJsonObject(returns)) return this.#types.read(returns, at)
    if (returns !== undefined)
      this.#reading.report.fault(at, '"returns" is no object', 'write { "type": … }')
    this.#reading.report.open(place)
    return undefined
  }

  #event(name: string, value: JsonObject, place: Place): Method {
    reportUnknown(value, place, known.event, this.#reading.report)
    const dataType = ownText(value, 'dataType')
    const at = below(place, 'dataType')
    const type =
      dataType === undefined ? this.#types.read(value, place) : this.#types.word(dataType, at)
    return eventOf(name, type, this.#types.isObject(type), value)
  }
}

/** An event of a service: an object is its params, anything else goes in a list of one. */
function eventOf(name: string, type: Type, isObject: boolean, value: JsonObject): Method {
  const carried = isObject
    ? { params: [], payload: { type, required: type.kind !== 'unknown' }, positional: false }
    : { params: [{ name: 'data', type, required: true, docs: {} }], positional: true }
  return { name, kind: 'event', from: 'server', ...carried, errors: [], docs: readDocs(value) }
}

function notesOf(value: JsonObject): string[] {
  const timeout = own(value, 'timeout')
  const permissions = own(value, 'permissions')
  const names = Array.isArray(permissions) ? permissions.map(String) : []
  return [
    timeout === undefined ? '' : `Answers within ${String(timeout)} ms.`,
    names.length === 0 ? '' : `Needs the permission ${names.join(', ')}.`,
  ]
}
