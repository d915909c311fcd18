import { partsOf } from '../graph.js'
import type { ContractModel, Method, Type } from '../model.js'
import { paramsType } from './emit-types.js'
import { literal, memberKey } from './literal.js'

const parts = ['params', 'result', 'item', 'input'] as const

/** Where bytes are, in code: of each method by its parts, and of the named types that these refer to. */
export interface BytesCode {
  readonly constants: readonly string[]
  /** What these are called. */
  readonly names: ReadonlySet<string>
  readonly methods: ReadonlyMap<Method, readonly string[]>
}

/** The code that says where in the messages of `model` bytes are. */
export function emitBytes(model: ContractModel): BytesCode {
  const writer = new BytesWriter(model.types)
  const methods = new Map<Method, string[]>()
  for (const method of model.methods) {
    const fields = parts.flatMap((part) => {
      const code = writer.all(typesOf(method, part))
      return code === undefined ? [] : [`${part}: bytesAt(${code})`]
    })
    if (fields.length > 0) methods.set(method, fields)
  }
  const constants = writer.constants()
  return { constants, names: writer.names, methods }
}

function typesOf(method: Method, part: (typeof parts)[number]): Type[] {
  const type = part === 'params' ? paramsType(method) : method[part]
  const kinds = part === 'item' ? (method.kinds?.items ?? []).map(({ item }) => item) : []
  return type === undefined ? kinds : [type, ...kinds]
}

class BytesWriter {
  readonly #types: ContractModel['types']
  /** Of those that are referred to. */
  readonly #named = new Map<string, string>()
  readonly #holding = new Map<string, boolean>()

  constructor(types: ContractModel['types']) {
    this.#types = types
  }

  get names(): ReadonlySet<string> {
    return new Set(this.#named.values())
  }

  constants(): string[] {
    const lines: string[] = []
    // Writing one may refer to more; a Map goes on over what is added on the way.
    for (const [id, name] of this.#named) {
      const target = this.#types.get(id)
      const code = (target && this.#at(target.type)) ?? '[]'
      lines.push(`const ${name}: BytesAt = ${code}`)
    }
    return lines.toSorted()
  }

  /** The code for what may be any of `types`; nothing where none of them has bytes. */
  all(types: readonly Type[]): string | undefined {
    const codes = [...new Set(types.map((type) => this.#at(type)))].filter(
      (code) => code !== undefined,
    )
    return codes.length > 1 ? `[${codes.join(', ')}]` : codes[0]
  }

  #at(type: Type): string | undefined {
    if (!this.#holds(type, new Set())) return undefined
    if (type.kind === 'bytes') return String(type.max ?? true)
    if (type.kind === 'union' || type.kind === 'intersection') return this.all(type.of)
    if (type.kind === 'reference') return `() => ${this.#name(type.id)}`
    if (type.kind === 'list') return `{ rest: ${this.#at(type.of)} }`
    if (type.kind === 'tuple') {
      const first = type.items.map((item) => this.#at(item) ?? 'undefined').join(', ')
      return `{ first: [${first}]${this.#rest(type.rest)} }`
    }
    if (type.kind !== 'object') return undefined
    const codes = type.members.map(({ name, type }) => ({
      key: memberKey(name),
      code: this.#at(type),
    }))
    const members = codes.flatMap(({ key, code }) => (code === undefined ? [] : `${key}: ${code}`))
    // Members without bytes have no place, and must not be taken for further ones.
    const others = codes.flatMap(({ key, code }) => (code === undefined ? `${key}: []` : []))
    const rest = this.#rest(type.rest)
    return `{ members: { ${[...members, ...(rest === '' ? [] : others)].join(', ')} }${rest} }`
  }

  #rest(type: Type | undefined): string {
    const code = type && this.#at(type)
    return code === undefined ? '' : `, rest: ${code}`
  }

  #name(id: string): string {
    const name = `bytesIn${this.#types.get(id)?.name ?? literal(id)}`
    this.#named.set(id, name)
    return name
  }

  #holds(type: Type, seen: Set<string>): boolean {
    if (type.kind === 'bytes') return true
    if (type.kind !== 'reference') return partsOf(type).some((part) => this.#holds(part, seen))
    const known = this.#holding.get(type.id)
    if (known !== undefined || seen.has(type.id)) return known === true
    seen.add(type.id)
    const target = this.#types.get(type.id)
    const holds = target !== undefined && this.#holds(target.type, seen)
    // That one does not hold any is only certain where nothing was cut short.
    if (holds) this.#holding.set(type.id, true)
    return holds
  }
}
