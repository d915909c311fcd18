/** The characters that may come at one place: a bit for each of ASCII, one for all other spaces and one for all others. */
export type Characters = bigint

const spaces: Characters = 1n << 128n
const letters: Characters = 1n << 129n
export const others: Characters = spaces | letters
export const all: Characters = (1n << 130n) - 1n

/** What a regular expression is made of. */
export type Tree =
  /** One character. */
  | { readonly kind: 'one'; readonly of: Characters }
  /** Between two characters: `at` for the beginning and the end, inside which no character follows. */
  | { readonly kind: 'between'; readonly at?: 'start' | 'end'; readonly of?: Tree }
  /** What a group has matched, once more. */
  | { readonly kind: 'again' }
  | { readonly kind: 'sequence' | 'choice'; readonly of: readonly Tree[] }
  | Repeat

export interface Repeat {
  readonly kind: 'repeat'
  readonly of: Tree
  readonly min: number
  readonly max: number
  /** Where its quantifier stands in the source. */
  readonly from: number
  readonly to: number
}

/** The tree of `source`, which compiles with `flags`; nothing where it has what is not known here. */
export function treeOf(source: string, flags: string): Tree | undefined {
  const parser = new Parser(source, flags)
  const tree = parser.choice()
  return parser.isKnown && parser.offset === source.length ? tree : undefined
}

const group = /\((?:\?(?:(<=|<!)|(=|!)|:|<[^>]*>))?/y
const atom =
  /\\(?:u\{[^}]*\}|u[\da-f]{4}|x[\da-f]{2}|c[a-z]|[pP]\{[^}]*\}|k<[^>]*>|\d+|.)|\[(?:\\.|[^\]\\])*\]|[\s\S]/iuy
const quantifier = /(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/y

/** What is one character in Unicode mode, and outside it several, or one and how often it comes. */
const several = /^\\(?:[pPu]\{|c$|0\d)/

/** How deep groups may stand inside one another. */
const deepest = 100

class Parser {
  offset = 0
  isKnown = true
  #depth = 0
  readonly #characters = new Map<string, Characters>()
  readonly #source: string
  readonly #flags: string

  constructor(source: string, flags: string) {
    this.#source = source
    this.#flags = flags
  }

  choice(): Tree {
    const options = [this.#sequence()]
    while (this.#take('|')) options.push(this.#sequence())
    const [only] = options
    return options.length === 1 && only ? only : { kind: 'choice', of: options }
  }

  #sequence(): Tree {
    const of: Tree[] = []
    while (this.offset < this.#source.length && !this.#is('|') && !this.#is(')'))
      of.push(this.#repeated(this.#is('(') ? this.#group() : this.#atom()))
    // Nothing begins behind a character: what comes after that is never matched.
    const first = of.findIndex(({ kind }) => kind === 'one')
    const end = of.findIndex((part, index) => isStart(part) && first !== -1 && index > first)
    return { kind: 'sequence', of: end === -1 ? of : of.slice(0, end + 1) }
  }

  #group(): Tree {
    const [head = '(', behind, ahead] = this.#match(group) ?? []
    // Such as (?i:…), which changes what its characters are.
    if (head === '(' && this.#is('?')) this.isKnown = false
    if (this.#depth === deepest) {
      this.isKnown = false
      this.offset = this.#source.length
    }
    this.#depth++
    const of = this.choice()
    this.#depth--
    if (!this.#take(')')) this.isKnown = false
    // It is matched backwards, and so there is more to it than is known here.
    if (behind !== undefined && !isFixed(of)) this.isKnown = false
    return (ahead ?? behind) === undefined ? of : { kind: 'between', of }
  }

  #atom(): Tree {
    const [text = ''] = this.#match(atom) ?? []
    if (text === '^') return { kind: 'between', at: 'start' }
    if (text === '$') return { kind: 'between', at: 'end' }
    if (text === '\\b' || text === '\\B') return { kind: 'between' }
    if (/^\\(?:k|[1-9])/.test(text)) return { kind: 'again' }
    if (this.#flags === '' && several.test(text)) this.isKnown = false
    const of = this.#characters.get(text) ?? charactersOf(text, this.#flags)
    this.#characters.set(text, of)
    return { kind: 'one', of }
  }

  #repeated(of: Tree): Tree {
    const from = this.offset
    const match = this.#match(quantifier)
    if (match === undefined) return of
    const [, sign, least, comma, most] = match
    const min = least === undefined ? (sign === '+' ? 1 : 0) : Number(least)
    const isEndless = sign === '*' || sign === '+' || (comma !== undefined && !most)
    const max = isEndless ? Number.POSITIVE_INFINITY : sign === '?' ? 1 : Number(most || least)
    return { kind: 'repeat', of, min, max, from, to: this.offset }
  }

  #is(character: string): boolean {
    return this.#source.charAt(this.offset) === character
  }

  #take(character: string): boolean {
    if (!this.#is(character)) return false
    this.offset++
    return true
  }

  #match(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.offset
    const match = expression.exec(this.#source) ?? undefined
    if (match !== undefined) this.offset = expression.lastIndex
    return match
  }
}

function isStart(part: Tree): boolean {
  return part.kind === 'between' && part.at === 'start'
}

function isFixed(part: Tree): boolean {
  return part.kind === 'one' || (part.kind === 'sequence' && part.of.every(isFixed))
}

/** The characters that an atom matches. Of those beyond ASCII it says no more than whether there may be any. */
function charactersOf(text: string, flags: string): Characters {
  const expression = expressionOf(text, flags)
  if (expression === undefined) return all
  let found = othersIn(text)
  for (let code = 0; code < 128; code++)
    if (expression.test(String.fromCharCode(code))) found |= 1n << BigInt(code)
  return found
}

/** One character of ASCII, or a class of such, whose escapes are none but `\\d`, `\\w`, `\\s` and signs. */
const simple = /^(?:[ -~]|\\(?:[dws]|[^\w\s])|\[(\^?)(?:\\(?:[dws]|[^\w\s])|[ -[\]-~])*\])$/

function othersIn(text: string): Characters {
  if (text === '\\S') return letters
  const match = simple.exec(text)
  if (match === null || text === '.') return others
  const own = text.includes('\\s') ? spaces : 0n
  return match[1] === '^' ? others & ~own : own
}

function expressionOf(text: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${text})$`, flags)
  } catch {
    return undefined
  }
}
