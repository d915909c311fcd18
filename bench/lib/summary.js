import { median } from './stats.js'

/** The median of a figure over the rounds; NaN where the peer has none. */
export function medianOf(rounds, name, figure) {
  return median(valuesOf(rounds, (round) => round[name]?.[figure]))
}

/** The median over the rounds of the ratio of two peers: within one round both met the same machine. */
export function ratioTo(rounds, name, other, figure) {
  return ratioOf(rounds, [name, figure], [other, figure])
}

/** The same of two figures, each of a peer. */
export function ratioOf(rounds, [name, figure], [other, otherFigure]) {
  return median(valuesOf(rounds, (round) => round[name]?.[figure] / round[other]?.[otherFigure]))
}

/** The same, to whichever of `others` was fastest in that round. */
export function ratioToFastest(rounds, name, others, rate) {
  return ratioToBest(rounds, name, others, rate, Math.max)
}

/** The same, to whichever of `others` took the least of a figure in that round. */
export function ratioToLeast(rounds, name, others, figure) {
  return ratioToBest(rounds, name, others, figure, Math.min)
}

function ratioToBest(rounds, name, others, figure, best) {
  return median(
    valuesOf(rounds, (round) => {
      const figures = others.map((other) => round[other]?.[figure]).filter(Number.isFinite)
      return round[name]?.[figure] / best(...figures)
    }),
  )
}

function valuesOf(rounds, pick) {
  return rounds.map(pick).filter((value) => Number.isFinite(value) && value > 0)
}
