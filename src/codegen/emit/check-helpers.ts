import type { HelperName } from './check-spot.js'

/** The code of each helper, and the helpers it needs in turn. */
const helpers: Readonly<
  Record<HelperName, { readonly code: string; readonly needs?: readonly HelperName[] }>
> = {
  canonical: {
    code: `/** The same text for equal JSON values, whatever the order of their members. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return \`[\${value.map(canonical).join()}]\`
  if (!isObject(value)) return JSON.stringify(value)
  const keys = Object.keys(value).sort()
  return \`{\${keys.map((key) => \`\${JSON.stringify(key)}:\${canonical(own(value, key))}\`).join()}}\`
}`,
    needs: ['isObject', 'own'],
  },
  characters: {
    code: `/** The number of code points in \`text\`. */
function characters(text: string): number {
  let count = text.length
  for (let index = 0; index < text.length; index++) {
    if ((text.codePointAt(index) ?? 0) > 0xffff) count--
  }
  return count
}`,
  },
  inside: {
    code: `/** \`fault\`, as seen from outside the value at \`path\`. */
function inside(path: string, fault: Fault): Fault {
  return { path: path + fault.path, expected: fault.expected, value: fault.value }
}`,
  },
  isMultiple: {
    code: `/** Whether \`value\` is a multiple of \`step\`, as far as a double can tell. */
function isMultiple(value: number, step: number): boolean {
  if (Number.isInteger(value) && Number.isInteger(step)) return value % step === 0
  const steps = value / step
  const rounding = 2 * Number.EPSILON * Math.abs(steps)
  return Math.abs(steps - Math.round(steps)) <= Math.max(1e-9, rounding)
}`,
  },
  isObject: {
    code: `function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}`,
  },
  isUnique: {
    code: `/** Whether no two items are equal JSON values. */
function isUnique(items: readonly unknown[]): boolean {
  return new Set(items.map(canonical)).size === items.length
}`,
    needs: ['canonical'],
  },
  member: {
    code: `/** \`value\`, where it is the member \`key\` of \`object\` itself. Asking \`hasOwn\` each time would take seven times as long. */
function member(value: unknown, inherited: unknown, object: object, key: string): unknown {
  if (value === undefined) return undefined
  const isOwn = value !== inherited && Object.getPrototypeOf(object) === Object.prototype
  return isOwn || Object.hasOwn(object, key) ? value : undefined
}`,
    needs: ['plain'],
  },
  own: {
    code: `/** The member \`key\` of \`object\` itself, never one it inherits. */
function own(object: object, key: string): unknown {
  return Object.hasOwn(object, key) ? (object as Record<string, unknown>)[key] : undefined
}`,
  },
  plain: {
    code: `/** What every object inherits. */
const plain = Object.prototype as unknown as Readonly<Record<string, unknown>>`,
  },
  token: {
    code: `/** \`key\` as a step of a JSON pointer. */
function token(key: string): string {
  return '/' + key.replaceAll('~', '~0').replaceAll('/', '~1')
}`,
  },
}

/** The names of all helpers. */
export const helperNames: ReadonlySet<string> = new Set(Object.keys(helpers))

/** The code of the helpers `used` and of those they need, in alphabetical order. */
export function helperCode(used: ReadonlySet<HelperName>): string[] {
  const all = new Set(used)
  for (const name of all) {
    for (const needed of helpers[name].needs ?? []) all.add(needed)
  }
  return [...all].sort().map((name) => helpers[name].code)
}
