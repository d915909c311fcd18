import { median } from './stats.js'

/** The median of a figure over the rounds; NaN where the peer has none. */
export function medianOf(rounds, name, figure) {
  return median(valuesOf(rounds, (round) => round[name]?.[figure]))
}

/** The median over the rounds of the ratio of two peers: within one round both met the same machine. */
export function ratioTo(rounds, name, other, figure) {
  return median(valuesOf(rounds, (round) => round[name]?.[figure] / round[other]?.[figure]))
}

/** The same, to whichever of `others` was fastest in that round. */
export function ratioToFastest(rounds, name, others, rate) {
  return median(
    valuesOf(rounds, (round) => {
      const rates = others.map((other) => round[other]?.[rate]).filter(Number.isFinite)
      return round[name]?.[rate] / Math.max(...rates)
    }),
  )
}

function valuesOf(rounds, pick) {
  return rounds.map(pick).filter((value) => Number.isFinite(value) && value > 0)
}
