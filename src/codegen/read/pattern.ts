import type { Pattern } from '../model.js'

/** `source` as a pattern, or why it cannot be checked. */
export function readPattern(source: string): Pattern | string {
  const flags = compiles(source, 'u') ? 'u' : compiles(source, '') ? '' : undefined
  if (flags === undefined) return 'is no regular expression'
  if (mayBacktrackForEver(source))
    return 'repeats something that varies itself, and a hostile value could hang the check'
  return { source, flags }
}

function compiles(source: string, flags: string): boolean {
  try {
    new RegExp(source, flags)
    return true
  } catch {
    return false
  }
}

/** What is known of a group while its inside is read. */
interface Group {
  /** Contains something that can match in more than one way: `a+`, `a?`, `a|ab`. */
  varies: boolean
  /** Contains something without an upper limit. */
  endless: boolean
  /** How often something inside that varies may be repeated, by all the groups around it together. */
  times: number
}

/** `([0-9]{1,3}\.){3}` is harmless, `(a{1,30}){1,30}` is not: a few repetitions of a few ways are still few. */
const fewTimes = 10

const quantifier = /[*+?]|\{(\d+)(?:(,)(\d*))?\}/y

/**
 * Whether matching may take time exponential in the length of the value: a repetition of something that varies itself,
 * as in `(a+)+` or `(a|aa)*`. Errs on the side of yes.
 */
export function mayBacktrackForEver(source: string): boolean {
  const open: Group[] = [newGroup()]
  let offset = 0
  while (offset < source.length) {
    const character = source.charAt(offset)
    let closed: Group | undefined
    if (character === '(') open.push(newGroup())
    else if (character === ')') closed = open.pop()
    else if (character === '|') mark(open, { varies: true, endless: false, times: 1 })
    offset = atomEnd(source, offset)
    if (character === '(' || character === '|') continue
    const { min, max, end } = repetition(source, offset)
    offset = end
    if (closed !== undefined && isHazard(closed, max)) return true
    if (closed !== undefined) mark(open, { ...closed, times: closed.times * Math.max(1, max) })
    if (min !== max)
      mark(open, { varies: true, endless: max === Number.POSITIVE_INFINITY, times: 1 })
  }
  return false
}

function newGroup(): Group {
  return { varies: false, endless: false, times: 1 }
}

function isHazard({ varies, endless, times }: Group, max: number): boolean {
  return (endless && max > 1) || (varies && max > 1 && times * max > fewTimes)
}

function mark(open: readonly Group[], { varies, endless, times }: Group): void {
  const group = open.at(-1)
  if (group === undefined || !varies) return
  group.varies = true
  group.endless ||= endless
  group.times = Math.max(group.times, times)
}

/** Where the atom at `offset` ends: an escape, a class, the head of a group, or one character. */
function atomEnd(source: string, offset: number): number {
  const atom = /\\.|\[(?:\\.|[^\]\\])*\]|\(\?(?:<?[=!]|:|<\w+>)|[\s\S]/y
  atom.lastIndex = offset
  return offset + (atom.exec(source)?.[0].length ?? 1)
}

function repetition(source: string, offset: number): { min: number; max: number; end: number } {
  quantifier.lastIndex = offset
  const match = quantifier.exec(source)
  if (match === null) return { min: 1, max: 1, end: offset }
  const [text, least, comma, most] = match
  const lazy = source.charAt(offset + text.length) === '?' ? 1 : 0
  const end = offset + text.length + lazy
  if (least === undefined)
    return { min: text === '+' ? 1 : 0, max: text === '?' ? 1 : Number.POSITIVE_INFINITY, end }
  if (comma === undefined) return { min: Number(least), max: Number(least), end }
  return { min: Number(least), max: most ? Number(most) : Number.POSITIVE_INFINITY, end }
}
