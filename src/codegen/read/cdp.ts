import { checkGraph, idOf } from '../graph.js'
import type { Sources } from '../load/sources.js'
import type { Method, Param, Place, Type } from '../model.js'
import { below, byCodeUnits, isJsonObject, type JsonObject, own, ownText } from '../place.js'
import { CdpTypes, cdpDocs, type Domain } from './cdp-types.js'
import type { Reader, Reading } from './reader.js'

/** The protocol of Chrome DevTools and of `node --inspect`: js_protocol.json, browser_protocol.json, or both. */
export const cdp: Reader = {
  what: 'a CDP protocol',
  fits: (document) => Array.isArray(own(document, 'domains')),
  read: (reading) => {
    const { document, report, name = 'cdp' } = reading
    const domains = domainsOf(reading)
    const types = new CdpTypes(domains, report)
    const methods = domains.flatMap((domain) => new CdpDomain(domain, types, reading).methods())
    const named = types.readAll(name)
    checkGraph(named, report)
    report.settle()
    const sorted = methods.toSorted((a, b) => byCodeUnits(a.name, b.name))
    return { name, version: versionOf(document), types: named, methods: sorted, partial: true }
  },
}

function versionOf(document: JsonObject): string {
  const version = own(document, 'version')
  if (!isJsonObject(version)) return '0.0.0'
  return [version['major'], version['minor']].filter((part) => part !== undefined).join('.')
}

/** The domains of all documents that are at hand: the protocol comes in two files, of which one needs the other. */
function domainsOf({ root, sources, report }: Reading): Domain[] {
  const files = [root.file, ...sources.files().filter((file) => file !== root.file)]
  const domains = new Map<string, Domain>()
  for (const found of files.flatMap((file) => domainsIn(sources, file))) {
    const name = ownText(found.value, 'domain')
    if (name === undefined) report.fault(found.place, 'the domain has no "domain"', 'name it there')
    else if (domains.has(name))
      report.fault(found.place, `the domain "${name}" is there twice`, 'remove one')
    else domains.set(name, { ...found, name })
  }
  return [...domains.values()]
}

function domainsIn(sources: Sources, file: string): Omit<Domain, 'name'>[] {
  const document = sources.root(file)
  const domains = isJsonObject(document) ? own(document, 'domains') : undefined
  if (!Array.isArray(domains)) return []
  sources.use(file)
  return domains.filter(isJsonObject).map((value, index) => ({
    value,
    place: below({ file, pointer: '' }, 'domains', index),
  }))
}

/** Reads the commands and events of one domain. */
class CdpDomain {
  readonly #domain: Domain
  readonly #types: CdpTypes
  readonly #reading: Reading
  readonly #seen = new Set<string>()

  constructor(domain: Domain, types: CdpTypes, reading: Reading) {
    this.#domain = domain
    this.#types = types
    this.#reading = reading
  }

  methods(): Method[] {
    const { value, place } = this.#domain
    const commands = this.#types.list(value, 'commands', place)
    const isEnabled = commands.some((command) => own(command.value, 'name') === 'enable')
    const events = this.#types.list(value, 'events', place)
    return [
      ...commands.map((command) => this.#command(command.value, command.place)),
      ...events.map((event) => this.#event(event.value, event.place, isEnabled)),
    ]
  }

  #command(value: JsonObject, place: Place): Method {
    const redirect = ownText(value, 'redirect')
    const note = redirect === undefined ? '' : `Carried out by the domain ${redirect}.`
    return {
      ...this.#message(value, place, note),
      kind: 'request',
      from: 'client',
      result: this.#result(value, place),
    }
  }

  #event(value: JsonObject, place: Place, isEnabled: boolean): Method {
    const note = isEnabled ? `Told after \`${this.#domain.name}.enable\`.` : ''
    return { ...this.#message(value, place, note), kind: 'event', from: 'server' }
  }

  #message(value: JsonObject, place: Place, note: string): Omit<Method, 'kind' | 'from'> {
    const name = `${this.#domain.name}.${this.#types.nameOf(value, place, 'name')}`
    if (this.#seen.has(name))
      this.#reading.report.fault(place, `"${name}" is there twice`, 'rename or remove one')
    this.#seen.add(name)
    const docs = cdpDocs({ ...this.#domain.value, description: undefined, ...value })
    const description = [docs.description ?? '', note].filter(Boolean).join('\n\n')
    return {
      name,
      params: this.#params(value, place),
      positional: false,
      errors: [],
      docs: { ...docs, description },
    }
  }

  #params(value: JsonObject, place: Place): Param[] {
    return this.#types.members(value, 'parameters', place, this.#domain)
  }

  /** What a command returns, by the name of the command. */
  #result(value: JsonObject, place: Place): Type {
    const at = below(place, 'returns')
    const members = this.#types.members(value, 'returns', place, this.#domain)
    const type: Type = { kind: 'object', members, patterns: [] }
    if (members.length === 0) return type
    this.#types.add(`${this.#domain.name}.${ownText(value, 'name')}Result`, at, type)
    return { kind: 'reference', id: idOf(at) }
  }
}
