import { type AST, RegExpParser } from '@eslint-community/regexpp'

/** The characters that may come at one place: a bit for each of ASCII, one for all other spaces and one for all others. */
export type Characters = bigint

const ascii: Characters = (1n << 128n) - 1n
const spaces: Characters = 1n << 128n
const letters: Characters = 1n << 129n
export const others: Characters = spaces | letters
export const all: Characters = ascii | others

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

/** How deep groups may stand inside one another. */
const deepest = 100

/** The tree of `source`, which compiles with `flags`; nothing where it has what is not known here. */
export function treeOf(source: string, flags: string): Tree | undefined {
  const pattern = parsed(source, flags)
  return pattern && isKnown(pattern, deepest) ? choice(pattern) : undefined
}

const parser = new RegExpParser()

function parsed(source: string, flags: string): AST.Pattern | undefined {
  try {
    return parser.parsePattern(source, 0, source.length, { unicode: flags === 'u' })
  } catch {
    // Newer than the parser, or nested deeper than it can follow.
    return undefined
  }
}

/** Whether `part` has nothing that is not known here, nor groups more than `depth` deep. */
function isKnown(part: AST.Pattern | AST.Element, depth: number): boolean {
  if (part.type === 'Quantifier') return isKnown(part.element, depth)
  if (!('alternatives' in part)) return true
  // Such as (?i:…), which changes what its characters are.
  if (part.type === 'Group' && part.modifiers !== null) return false
  // It is matched backwards, and so there is more to it than is known here.
  if (part.type === 'Assertion' && part.kind === 'lookbehind' && !isFixed(part)) return false
  const inner = part.alternatives.flatMap(({ elements }) => elements)
  return depth >= 0 && inner.every((element) => isKnown(element, depth - 1))
}

function isFixed({ alternatives }: { readonly alternatives: AST.Alternative[] }): boolean {
  const elements = alternatives.flatMap(({ elements }) => elements)
  return (
    alternatives.length === 1 &&
    elements.every((part) =>
      part.type === 'Group' || part.type === 'CapturingGroup'
        ? isFixed(part)
        : ['Character', 'CharacterClass', 'CharacterSet'].includes(part.type),
    )
  )
}

function choice({ alternatives }: { readonly alternatives: AST.Alternative[] }): Tree {
  const options = alternatives.map(sequence)
  const [only] = options
  return options.length === 1 && only ? only : { kind: 'choice', of: options }
}

function sequence({ elements }: AST.Alternative): Tree {
  const of = elements.map(treeFor)
  // Nothing begins behind a character: what comes after that is never matched.
  const first = of.findIndex(({ kind }) => kind === 'one')
  const end = of.findIndex((part, index) => isStart(part) && first !== -1 && index > first)
  return { kind: 'sequence', of: end === -1 ? of : of.slice(0, end + 1) }
}

function treeFor(part: AST.Element): Tree {
  switch (part.type) {
    case 'Assertion':
      if ('alternatives' in part) return { kind: 'between', of: choice(part) }
      return part.kind === 'word' ? { kind: 'between' } : { kind: 'between', at: part.kind }
    case 'Backreference':
      return { kind: 'again' }
    case 'CapturingGroup':
    case 'Group':
      return choice(part)
    case 'Quantifier': {
      const { element, min, max, end } = part
      return { kind: 'repeat', of: treeFor(element), min, max, from: element.end, to: end }
    }
    default:
      return { kind: 'one', of: charactersOf(part) }
  }
}

function isStart(part: Tree): boolean {
  return part.kind === 'between' && part.at === 'start'
}

/** The characters that `part` matches. Of those beyond ASCII it says no more than whether there may be any. */
function charactersOf(part: AST.QuantifiableElement | AST.CharacterClassElement): Characters {
  switch (part.type) {
    case 'Character':
      return span(part.value, part.value)
    case 'CharacterClassRange':
      return span(part.min.value, part.max.value)
    case 'CharacterSet':
      return setOf(part)
    case 'CharacterClass':
      return part.negate
        ? all & ~union(part.elements.map(surelyOf))
        : union(part.elements.map(charactersOf))
    default:
      return all
  }
}

/** Those of which `part` leaves out none: beyond ASCII, only what is known by its kind. */
function surelyOf(part: AST.CharacterClassElement): Characters {
  const isKind = part.type === 'CharacterSet' && part.kind !== 'property'
  return isKind ? setOf(part) : charactersOf(part) & ascii
}

function span(from: number, to: number): Characters {
  if (from > 127) return others
  const found = (2n << BigInt(Math.min(to, 127))) - (1n << BigInt(from))
  return to > 127 ? found | others : found
}

const kinds = {
  any: asciiIn('.') | others,
  digit: asciiIn('\\d'),
  space: asciiIn('\\s') | spaces,
  word: asciiIn('\\w'),
}

function setOf(part: AST.CharacterSet): Characters {
  if (part.kind === 'any') return kinds.any
  if (part.kind === 'property') return asciiIn(part.raw) | others
  return part.negate ? all & ~kinds[part.kind] : kinds[part.kind]
}

function asciiIn(source: string): Characters {
  const expression = new RegExp(source, 'u')
  const codes = Array.from({ length: 128 }, (_, code) => code)
  return union(
    codes
      .filter((code) => expression.test(String.fromCharCode(code)))
      .map((code) => 1n << BigInt(code)),
  )
}

function union(parts: readonly Characters[]): Characters {
  return parts.reduce((found, part) => found | part, 0n)
}
