import { Kinds } from '../kinds.js'
import type { ContractModel } from '../model.js'
import { upperCamel } from '../names.js'
import { helperCode } from './check-helpers.js'
import { type HelperName, indented, type Spot } from './check-spot.js'

/** A file of checks in the making: its functions, the constants they share with nobody, and the helpers they share. */
export class CheckFile {
  readonly types: ContractModel['types']
  readonly kinds: Kinds
  /** The names of the functions that check named types, by id. */
  readonly named: ReadonlyMap<string, string>
  /** The ids of the types in which alternatives had to stay unchecked. */
  readonly unchecked = new Set<string>()
  readonly #taken: Set<string>
  readonly #functions: string[] = []
  readonly #constants = new Map<string, string>()
  readonly #helpers = new Set<HelperName>()

  constructor(
    types: ContractModel['types'],
    named: ReadonlyMap<string, string>,
    taken: Iterable<string>,
  ) {
    this.types = types
    this.kinds = new Kinds(types)
    this.named = named
    this.#taken = new Set(taken)
  }

  /** Adds a function that runs `body` and then finds nothing wrong. */
  addFunction(name: string, isExported: boolean, body: readonly string[]): void {
    const head = `${isExported ? 'export ' : ''}function ${name}(value: unknown, path = ''): Fault | undefined {`
    this.#functions.push([head, ...indented([...body, 'return undefined']), '}'].join('\n'))
  }

  /** Adds a constant and returns its name, made from the path of what it is for. */
  addConstant(wanted: string, code: string): string {
    const name = this.claim(wanted)
    this.#constants.set(name, code)
    return name
  }

  /** Adds a helper and returns its name. */
  addHelper(name: HelperName): string {
    this.#helpers.add(name)
    return name
  }

  /** A name that nothing at the top of the file has yet. */
  claim(wanted: string): string {
    let name = wanted
    while (this.#taken.has(name)) name += '_'
    this.#taken.add(name)
    return name
  }

  /** The text of the file. */
  print(header: string, importFault: string): string {
    if (this.#functions.length === 0) return `${header}\n\nexport {}\n`
    // What was asked for by statements that are never reached, and so not written, is not used.
    const used = new Set(this.#functions.join('\n').match(/[\p{L}\p{Nd}_]+/gu))
    const constants = [...this.#constants].filter(([name]) => used.has(name))
    const declarations = constants.map(([name, code]) => `const ${name} = ${code}`)
    const helpers = helperCode(new Set([...this.#helpers].filter((name) => used.has(name))))
    const parts = [header, importFault, declarations.join('\n'), ...this.#functions, ...helpers]
    return `${parts.filter((part) => part !== '').join('\n\n')}\n`
  }
}

/** The part of a name that a place inside a value gives. */
export function spotName({ path }: Spot): string {
  const steps = path.filter((part) => typeof part === 'string').flatMap((part) => part.split('/'))
  return steps
    .filter((step) => step !== '')
    .map(upperCamel)
    .join('')
}
