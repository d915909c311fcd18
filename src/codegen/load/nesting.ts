import type { Report } from '../diagnostic.js'
import type { Place } from '../model.js'
import { below } from '../place.js'

/** How deep the values of a document may be nested, so that whatever reads or writes them can follow. */
const deepest = 1000

/** How much of the way to what is too deep is told. */
const toldKeys = 8

/** Faults a document that is nested without end, as aliases in YAML may be, or deeper than anything can follow. */
export function checkNesting(document: unknown, root: Place, report: Report): void {
  const heights = new Map<object, number>()
  const path: string[] = []
  const open = new Set<object>()
  const heightOf = (value: unknown): number | undefined => {
    if (typeof value !== 'object' || value === null) return 0
    if (open.has(value)) {
      report.fault(below(root, ...path), 'this contains itself', 'write out what it is')
      return undefined
    }
    const known = heights.get(value)
    if (path.length + (known ?? 0) > deepest) {
      const place = below(root, ...path.slice(0, toldKeys))
      report.fault(place, `values are nested more than ${deepest} deep`, 'nest them less')
      return undefined
    }
    if (known !== undefined) return known
    open.add(value)
    let height = 0
    for (const [key, inner] of Object.entries(value)) {
      path.push(key)
      const found = heightOf(inner)
      if (found === undefined) return undefined
      path.pop()
      height = Math.max(height, found + 1)
    }
    open.delete(value)
    heights.set(value, height)
    return height
  }
  heightOf(document)
}
