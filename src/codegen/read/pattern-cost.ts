import { all, type Characters, type Repeat, type Tree } from './pattern-tree.js'

/** How long the text is that a pattern is judged for, in characters. */
const length = 100_000

/** What matching one part of a pattern from one place takes, whatever the text is. */
interface Cost {
  /** In how many ways it may match so that what follows can begin. */
  readonly ways: number
  /** Steps, and those for each character that is matched. */
  readonly steps: number
  readonly perCharacter: number
  /** How many characters it matches. */
  readonly shortest: number
  readonly longest: number
}

/** Steps that matching `tree` against the worst text may take, no fewer than it does. */
export function stepsFor(tree: Tree): number {
  return eachStart(untilSure(tree)) + stepsWhenSure(tree)
}

/** Steps from all places of the text at which it may begin. */
function eachStart(tree: Tree): number {
  if (tree.kind === 'choice') return tree.of.reduce((sum, option) => sum + eachStart(option), 0)
  const cost = costOf(tree, 0n)
  if (isAnchored(tree)) return length + stepsIn(cost)
  return tree.kind === 'sequence' && cost.ways === 1 && isApart(tree.of)
    ? length * (cost.steps + cost.perCharacter)
    : length * stepsIn(cost)
}

/** Whether the first of `parts` does not come again in it: then no character is read from two places that it begins at. */
function isApart([head, ...rest]: readonly Tree[]): boolean {
  return head?.kind === 'one' && rest.every((part) => (charactersIn(part) & head.of) === 0n)
}

function isAnchored(tree: Tree): boolean {
  if (tree.kind === 'choice') return tree.of.every(isAnchored)
  if (tree.kind !== 'sequence') return tree.kind === 'between' && tree.at === 'start'
  return tree.of[0] !== undefined && isAnchored(tree.of[0])
}

/** `tree` without the repetitions at its end that are more than it needs. */
function untilSure(tree: Tree): Tree {
  if (tree.kind === 'choice') return { ...tree, of: tree.of.map(untilSure) }
  if (tree.kind === 'repeat') return { ...tree, max: tree.min }
  if (tree.kind !== 'sequence') return tree
  const last = tree.of.at(-1)
  if (last === undefined) return tree
  const before = tree.of.slice(0, -1)
  if (last.kind === 'repeat' && last.min === 0) return untilSure({ ...tree, of: before })
  return { ...tree, of: [...before, untilSure(last)] }
}

/** Steps of what `untilSure` leaves out. It cannot fail, so there is nothing to go back for. */
function stepsWhenSure(tree: Tree): number {
  if (tree.kind === 'choice') return tree.of.reduce((sum, option) => sum + stepsWhenSure(option), 0)
  if (tree.kind === 'repeat') {
    const cost = costOf(tree.of, firstOf(tree.of, 0n))
    return stepsIn(turning({ ...tree, min: 0 }, cost))
  }
  const last = tree.kind === 'sequence' ? tree.of.at(-1) : undefined
  if (tree.kind !== 'sequence' || last === undefined) return 0
  const isLeftOut = last.kind === 'repeat' && last.min === 0
  const before = isLeftOut ? stepsWhenSure({ ...tree, of: tree.of.slice(0, -1) }) : 0
  return before + stepsWhenSure(last)
}

function stepsIn({ steps, perCharacter, longest }: Cost): number {
  return steps + perCharacter * Math.min(longest, length)
}

/** What `tree` costs where one of `next` comes behind it. */
function costOf(tree: Tree, next: Characters): Cost {
  switch (tree.kind) {
    case 'one':
      return { ways: 1, steps: 1, perCharacter: 0, shortest: 1, longest: 1 }
    case 'between':
      return { ...nothing, steps: 1 + (tree.of === undefined ? 0 : stepsIn(costOf(tree.of, 0n))) }
    case 'again':
      return { ways: 1, steps: length, perCharacter: 0, shortest: 0, longest: length }
    case 'sequence':
      return sequenceCost(tree.of, next)
    case 'choice':
      return choiceCost(tree.of, next)
    case 'repeat':
      return repeatCost(tree, next)
  }
}

const nothing: Cost = { ways: 1, steps: 0, perCharacter: 0, shortest: 0, longest: 0 }

function sequenceCost(parts: readonly Tree[], next: Characters): Cost {
  let rest = nothing
  let follow = next
  for (const [index, part] of [...parts.entries()].reverse()) {
    const cost = costOf(part, follow)
    const isSole = cost.ways === 1 && rest.ways === 1
    rest = {
      ways: cost.ways * rest.ways,
      steps: isSole
        ? cost.steps + rest.steps
        : stepsIn(cost) + stepsBehind(part, cost.ways, parts.slice(index + 1), rest),
      perCharacter: isSole ? Math.max(cost.perCharacter, rest.perCharacter) : 0,
      shortest: cost.shortest + rest.shortest,
      longest: cost.longest + rest.longest,
    }
    follow = firstOf(part, follow)
  }
  return rest
}

/** Steps of what is behind `part`, which is matched for each of its ways. */
function stepsBehind(part: Tree, ways: number, behind: readonly Tree[], cost: Cost): number {
  const isSpread = part.kind === 'repeat' && part.of.kind === 'one' && isApart(behind)
  return isSpread && cost.ways === 1
    ? ways * (1 + cost.steps) + cost.perCharacter * length
    : ways * (1 + stepsIn(cost))
}

function choiceCost(options: readonly Tree[], next: Characters): Cost {
  const costs = options.map((option) => costOf(option, next))
  const firsts = options.map((option) => firstOf(option, next))
  const isOne = firsts.every((first, index) =>
    firsts.slice(index + 1).every((other) => (first & other) === 0n),
  )
  const lengths = {
    shortest: Math.min(...costs.map(({ shortest }) => shortest)),
    longest: Math.max(...costs.map(({ longest }) => longest)),
  }
  if (isOne)
    return {
      ways: Math.max(...costs.map(({ ways }) => ways)),
      steps: options.length + Math.max(...costs.map(({ steps }) => steps)),
      perCharacter: Math.max(...costs.map(({ perCharacter }) => perCharacter)),
      ...lengths,
    }
  const ways = costs.reduce((sum, cost) => sum + cost.ways, 0)
  const steps = costs.reduce((sum, cost) => sum + stepsIn(cost), options.length)
  return { ways, steps, perCharacter: 0, ...lengths }
}

function repeatCost(tree: Repeat, next: Characters): Cost {
  const { of, min, max } = tree
  const first = firstOf(of, 0n)
  const cost = costOf(of, first | next)
  const { ways, shortest } = cost
  const turns = turnsOf(max, cost)
  // Where what comes behind begins with what it cannot begin with, it ends in one place.
  if (ways === 1) {
    const endsOnce = shortest > 0 && (first & next) === 0n
    return { ...turning(tree, cost), ways: endsOnce ? 1 : Math.max(1, turns - min + 1) }
  }
  const begun = (ways ** turns - 1) / (ways - 1)
  const all = begun + ways ** turns - (ways ** Math.min(min, turns) - 1) / (ways - 1)
  return {
    ...turning(tree, cost),
    ways: Number.isNaN(all) ? Number.POSITIVE_INFINITY : all,
    steps: 1 + (Number.isNaN(begun) ? Number.POSITIVE_INFINITY : begun) * (1 + stepsIn(cost)),
    perCharacter: 0,
  }
}

/** What a repetition costs that goes on while it can, and never back. */
function turning({ min, max }: Repeat, cost: Cost): Cost {
  const { ways, shortest, longest } = cost
  const lengths = {
    shortest: shortest * min,
    longest: longest === 0 || max === 0 ? 0 : longest * max,
  }
  if (shortest === 0 || ways > 1)
    return {
      ways: 1,
      steps: 1 + turnsOf(max, cost) * (1 + stepsIn(cost)),
      perCharacter: 0,
      ...lengths,
    }
  const each = 1 + cost.steps
  return { ways: 1, steps: each, perCharacter: each / shortest + cost.perCharacter, ...lengths }
}

function turnsOf(max: number, { shortest }: Cost): number {
  return Math.min(max, shortest === 0 ? length : Math.floor(length / shortest))
}

/** The characters that `tree` may begin with, or where it may be nothing, one of `next`. */
function firstOf(tree: Tree, next: Characters): Characters {
  switch (tree.kind) {
    case 'one':
      return tree.of
    case 'between':
      return tree.at === 'end' ? 0n : next
    case 'again':
      return all
    case 'sequence':
      return tree.of.reduceRight((follow, part) => firstOf(part, follow), next)
    case 'choice':
      return tree.of.reduce((first, option) => first | firstOf(option, next), 0n)
    case 'repeat':
      return firstOf(tree.of, next) | (tree.min === 0 ? next : 0n)
  }
}

function charactersIn(tree: Tree): Characters {
  if (tree.kind === 'one') return tree.of
  if (tree.kind === 'again') return all
  if (tree.kind === 'between') return tree.of === undefined ? 0n : charactersIn(tree.of)
  if (tree.kind === 'repeat') return charactersIn(tree.of)
  return tree.of.reduce((found, part) => found | charactersIn(part), 0n)
}
