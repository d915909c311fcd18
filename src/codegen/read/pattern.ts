import type { Pattern } from '../model.js'
import { stepsFor } from './pattern-cost.js'
import { others, type Repeat, type Tree, treeOf } from './pattern-tree.js'

/** How many characters of a pattern are looked through. */
const longest = 5_000

/** `source` as a pattern, or why it cannot be checked. */
export function readPattern(source: string): Pattern | string {
  const flags = compiles(source, 'u') ? 'u' : compiles(source, '') ? '' : undefined
  if (flags === undefined) return 'is no regular expression'
  if (source.length > longest) return `is longer than ${longest} characters`
  if (isQuick(source, flags)) return { source, flags }
  const checked = withoutOverlaps(source, flags)
  if (isQuick(checked, flags)) return { source, flags, checked }
  return 'may match in many ways, and a hostile value could hold up the check'
}

function compiles(source: string, flags: string): boolean {
  try {
    new RegExp(source, flags)
    return true
  } catch {
    return false
  }
}

/** Steps that matching may take: some 50 ms, measured with what takes the most time for each. */
const mostSteps = 3_000_000

/** Whether matching takes a moment, also against the worst of texts of 100,000 characters. Errs on the side of no. */
export function isQuick(source: string, flags: string): boolean {
  const tree = treeOf(source, flags)
  return tree !== undefined && stepsFor(tree) <= mostSteps
}

/**
 * The same pattern, in which no character may belong to either of two repetitions side by side: `[1-9]+[0-9]*` matches what
 * `[1-9][0-9]*` does, in one way instead of many.
 */
function withoutOverlaps(source: string, flags: string): string {
  const tree = treeOf(source, flags)
  const found = tree === undefined ? [] : overlapsIn(tree)
  return found
    .toSorted((a, b) => b.from - a.from)
    .reduce((text, { from, to, min }) => `${text.slice(0, from)}{${min}}${text.slice(to)}`, source)
}

/** The repetitions of which those beside them take whatever is more than their least. */
function overlapsIn(tree: Tree): Repeat[] {
  if (tree.kind === 'repeat') return overlapsIn(tree.of)
  if (tree.kind === 'between') return tree.of === undefined ? [] : overlapsIn(tree.of)
  if (tree.kind !== 'sequence' && tree.kind !== 'choice') return []
  const within = tree.of.flatMap(overlapsIn)
  if (tree.kind === 'choice') return within
  const sides = tree.of.slice(1).flatMap((part, index): Repeat[] => {
    const before = tree.of[index]
    if (!isEndless(before) || !isEndless(part)) return []
    if (isWithin(before, part)) return [before]
    return isWithin(part, before) ? [part] : []
  })
  return [...within, ...new Set(sides)]
}

function isEndless(part: Tree | undefined): part is Repeat {
  return part?.kind === 'repeat' && part.max === Number.POSITIVE_INFINITY
}

/** Whether the one repeats a character of those that the other does. Of characters beyond ASCII too little is known. */
function isWithin({ of: one }: Repeat, { of: other }: Repeat): boolean {
  if (one.kind !== 'one' || other.kind !== 'one') return false
  return (one.of & others) === 0n && (one.of & ~other.of) === 0n
}
