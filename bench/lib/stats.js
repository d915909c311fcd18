/** The `q` quantile of numbers, between the two nearest where it falls between. NaN of none. */
export function quantile(numbers, q) {
  const sorted = numbers.toSorted((one, other) => one - other)
  const at = (sorted.length - 1) * q
  const low = sorted[Math.floor(at)] ?? Number.NaN
  const high = sorted[Math.ceil(at)] ?? Number.NaN
  return low + (high - low) * (at - Math.floor(at))
}

export function median(numbers) {
  return quantile(numbers, 0.5)
}
