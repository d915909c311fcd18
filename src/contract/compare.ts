import type { Change } from '../protocol/error.js'
import { driftPlaces } from '../protocol/limits.js'
import type { Description, MethodDescription } from './describe.js'
import {
  type Budget,
  covers,
  type Facts,
  factsOf,
  found,
  isJson,
  type Member,
  wordsOf,
} from './facts.js'
import { plain } from './plain.js'

/** The methods of `document` that one side answers or is told, by their names without `prefix`. */
export function answeredBy(
  side: 'service' | 'client',
  { methods }: Description,
  prefix = '',
): ReadonlyMap<string, MethodDescription> {
  const other = side === 'service' ? 'serverToClient' : 'clientToServer'
  const own = methods.filter(
    ({ name, 'x-direction': direction = 'clientToServer' }) =>
      direction !== other && name.startsWith(prefix),
  )
  return new Map(own.map((method) => [method.name.slice(prefix.length), method]))
}

/** What a message of this description is. */
export function kindOf(method: MethodDescription): string {
  const { 'x-kind': kind, 'x-direction': direction, result } = method
  if (typeof kind === 'string') return kind
  if (result !== undefined) return 'request'
  return direction === 'serverToClient' ? 'event' : 'notification'
}

/** A param of a list, as far as it is described. */
interface Param extends Member {
  readonly name: string
}

/**
 * What differs between two descriptions of a method so that calls go wrong: what the caller, whose description is the
 * first, may send must be taken by the other, and what that answers by the caller. Each compares one method once.
 */
export class Comparison {
  /** Whether of some part one description says nothing. */
  isPartial = false
  readonly #ours: Description
  readonly #theirs: Description
  readonly #breaking: Change[] = []
  readonly #added: Change[] = []
  readonly #seen = new Map<unknown, Set<unknown>>()
  readonly #budget: Budget = { left: driftPlaces, own: new Map() }

  constructor(ours: Description, theirs: Description) {
    this.#ours = ours
    this.#theirs = theirs
  }

  /** What changed: nothing where no call goes wrong for it. */
  get told(): readonly Change[] {
    return this.#breaking.length === 0 ? [] : [...this.#breaking, ...this.#added]
  }

  methods(path: string, ours: MethodDescription, theirs: MethodDescription): this {
    const [was, now] = [kindOf(ours), kindOf(theirs)]
    if (was !== now) this.#breaks({ path, was, now: plain(now) })
    this.#params(`${path}.params`, ours, theirs)
    this.#part(`${path}.result`, ours.result, theirs.result, false)
    this.#part(`${path}.item`, ours['x-item'], theirs['x-item'], false)
    this.#part(`${path}.input`, ours['x-input'], theirs['x-input'], true)
    return this
  }

  #breaks(change: Change): void {
    this.#breaking.push(change)
  }

  #params(path: string, ours: MethodDescription, theirs: MethodDescription): void {
    const [own, other] = [listOf(ours, this.#ours), listOf(theirs, this.#theirs)]
    if (own === undefined || other === undefined) {
      const [a, b] = [payloadOf(ours, own), payloadOf(theirs, other)]
      return this.#schemas(path, a, b, true)
    }
    if (ours.paramStructure === 'by-name') return this.#named(path, own, other)
    if (theirs.paramStructure !== 'by-name') return this.#placed(path, own, other)
    if (own.length > 0) this.#breaks({ path, was: 'by position', now: 'by name' })
  }

  #named(path: string, ours: readonly Param[], theirs: readonly Param[]): void {
    const [own, other] = [byName(ours), byName(theirs)]
    this.#members(path, { members: own, isClosed: true }, { members: other, isClosed: true }, true)
  }

  /** Params by position: another name at the same place does no harm, and two that changed places do. */
  #placed(path: string, ours: readonly Param[], theirs: readonly Param[]): void {
    const [own, other] = [byName(ours), byName(theirs)]
    for (const [index, param] of ours.entries()) {
      const place = at(path, param.name)
      const now = theirs[index]
      if (now === undefined) this.#breaks({ path: place, was: this.#words(param, this.#ours) })
      else if (now.name === param.name || !(own.has(now.name) || other.has(param.name)))
        this.#member(place, param, now, true)
      else this.#breaks({ path: `${path}[${index}]`, was: param.name, now: plain(now.name) })
    }
    for (const param of theirs.slice(ours.length)) this.#extra(at(path, param.name), param, true)
  }

  #part(path: string, ours: unknown, theirs: unknown, isInput: boolean): void {
    if (ours === undefined && theirs === undefined) return
    this.#schemas(path, schemaIn(ours, this.#ours), schemaIn(theirs, this.#theirs), isInput)
  }

  #schemas(path: string, ours: unknown, theirs: unknown, isInput: boolean): void {
    const [before, after] = [resolved(ours, this.#ours), resolved(theirs, this.#theirs)]
    if (this.#isSeen(before, after)) return
    const own = factsOf(before, this.#ours, this.#budget)
    const other = factsOf(after, this.#theirs, this.#budget)
    if (own === undefined || other === undefined) {
      this.isPartial ||= own !== other
      return
    }
    if (!(isInput ? covers(other, own) : covers(own, other)))
      return this.#breaks({ path, was: wordsOf(own), now: plain(wordsOf(other)) })
    this.#members(path, own, other, isInput)
    this.#items(`${path}[]`, own.items, other.items, isInput)
    if (own.rest !== undefined && other.rest !== undefined)
      this.#schemas(`${path}[*]`, own.rest, other.rest, isInput)
  }

  /** Whether two schemas were compared before. */
  #isSeen(ours: unknown, theirs: unknown): boolean {
    const others = this.#seen.get(ours) ?? new Set()
    if (others.has(theirs)) return true
    this.#seen.set(ours, others.add(theirs))
    return false
  }

  #members(
    path: string,
    ours: Pick<Facts, 'members' | 'isClosed'>,
    theirs: Pick<Facts, 'members' | 'isClosed'>,
    isInput: boolean,
  ): void {
    const [own, other] = [ours.members, theirs.members]
    if (own === undefined || other === undefined) return
    for (const [name, member] of own) {
      const now = other.get(name)
      if (now !== undefined) this.#member(at(path, name), member, now, isInput)
      else if (member.isRequired || (isInput && theirs.isClosed))
        this.#breaks({ path: at(path, name), was: this.#words(member, this.#ours) })
    }
    for (const [name, member] of other)
      if (!own.has(name)) this.#extra(at(path, name), member, isInput || ours.isClosed)
  }

  #member(path: string, ours: Member, theirs: Member, isInput: boolean): void {
    const [giver, taker] = isInput ? [ours, theirs] : [theirs, ours]
    if (giver.isRequired === false && taker.isRequired === true)
      this.#breaks({ path, was: need(ours), now: need(theirs) })
    this.#schemas(path, ours.schema, theirs.schema, isInput)
  }

  #extra(path: string, member: Member, mayBreak: boolean): void {
    const words = this.#words(member, this.#theirs)
    const now = plain(member.isRequired ? `${words}, required` : words)
    if (mayBreak && member.isRequired) this.#breaks({ path, now })
    else this.#added.push({ path, now })
  }

  #items(path: string, ours: unknown, theirs: unknown, isInput: boolean): void {
    if (isJson(ours) && isJson(theirs)) return this.#schemas(path, ours, theirs, isInput)
    if (!Array.isArray(ours) || !Array.isArray(theirs)) return
    for (const [index, item] of ours.slice(0, theirs.length).entries())
      this.#schemas(path.replace(/\]$/, `${index}]`), item, theirs[index], isInput)
  }

  #words({ schema }: Member, document: Description): string {
    const facts = factsOf(schema, document, this.#budget)
    return facts === undefined ? 'any value' : wordsOf(facts)
  }
}

function need({ isRequired }: Member): string {
  return isRequired ? 'required' : 'optional'
}

/** `path` and a name in it, which the other end chose. */
function at(path: string, name: string): string {
  return /^[\w$-]{1,64}$/.test(name) ? `${path}.${name}` : `${path}["${plain(name)}"]`
}

function byName(params: readonly Param[]): ReadonlyMap<string, Param> {
  return new Map(params.map((param) => [param.name, param]))
}

/** The params of a method that lists them; nothing where they are one value. */
function listOf(method: MethodDescription, document: Description): Param[] | undefined {
  if (method['x-params'] !== undefined || !Array.isArray(method.params)) return undefined
  return method.params.map((param) => paramOf(resolved(param, document)))
}

function paramOf({ name, required, schema }: Readonly<Record<string, unknown>>): Param {
  // Who knows no more than names says neither what is there nor whether it must be.
  const isRequired = schema === true && required === undefined ? undefined : required === true
  return { name: String(name), schema, isRequired }
}

/** The params of a method as one value. */
function payloadOf(method: MethodDescription, list: readonly Param[] | undefined): unknown {
  if (list === undefined) return Object(method['x-params']).schema
  const properties = Object.fromEntries(list.map(({ name, schema }) => [name, schema]))
  const required = list.filter(({ isRequired }) => isRequired).map(({ name }) => name)
  return { type: 'object', properties, required }
}

function schemaIn(part: unknown, document: Description): unknown {
  return resolved(part, document)['schema']
}

/** A part of a method, which may stand among the components. */
function resolved(part: unknown, document: Description): Readonly<Record<string, unknown>> {
  const { $ref } = Object(part) as { $ref?: unknown }
  return Object(typeof $ref === 'string' ? found($ref, document) : part)
}
