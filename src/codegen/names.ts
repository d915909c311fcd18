import { keysOf } from './place.js'

/** A name wanted for the thing that `key` identifies, made from `text`. */
export interface Wanted {
  readonly key: string
  readonly text: string
  readonly name: string
}

/** `text` as a name in upper camel case; what is already a capitalised identifier stays as it is. */
export function upperCamel(text: string): string {
  if (/^[A-Z]\w*$/.test(text)) return text
  const name = words(text).map(capitalised).join('')
  return /^\p{L}/u.test(name) ? name : `_${name}`
}

/** The names of the interfaces of the contract `name`: `OrdersService` for `orders` and for `ordersService`. */
export function sideNames({ name }: { readonly name: string }) {
  const stem = upperCamel(name).replace(/(?<=.)Service$/, '')
  return {
    service: `${stem}Service`,
    client: `${stem}Client`,
    registrations: `${stem}Registrations`,
  }
}

/** `text` as a name in lower camel case; `""` where it has no letters or digits. */
export function lowerCamel(text: string): string {
  const name = words(text).map((word, index) =>
    index === 0 ? uncapitalised(word) : capitalised(word),
  )
  const joined = name.join('')
  return /^\p{Nd}/u.test(joined) ? `_${joined}` : joined
}

/** The name wanted for what stands at a pointer: its key in `components.schemas` or `$defs`, else its whole path. */
export function pointerName(pointer: string): { text: string; name: string } {
  const keys = keysOf(pointer.replaceAll(/\/allOf\/\d+(?=\/properties\/)/g, ''))
  const text = keys.at(-1) ?? 'document'
  const isHome =
    schemaHomes.has(keys.at(-2) ?? '') && (keys.length <= 3 || keys[0] !== 'components')
  // An identifier already, which beside one without the underline would be taken for the same.
  if (isHome && /^_[A-Z]\w*$/.test(text)) return { text, name: text }
  const telling = isHome ? [text] : keys.filter((key) => !silentKeys.has(key))
  return { text, name: telling.map(upperCamel).join('') || upperCamel(text) }
}

/**
 * One name for each key, all distinct. Of those that want the same, what is spelt that way has it; the others carry
 * their own spelling, never a counter: a new neighbour must not rename what was there before it.
 */
export function distinctNames(
  wanted: readonly Wanted[],
  taken: ReadonlySet<string>,
): Map<string, string> {
  const groups = new Map<string, Wanted[]>()
  for (const want of wanted) {
    const name = taken.has(want.name) ? `${want.name}Schema` : want.name
    groups.set(name, [...(groups.get(name) ?? []), want])
  }
  const names = new Map<string, string>()
  for (const [name, group] of groups) {
    for (const want of group) names.set(want.key, free(nameIn(group, want, name), name, groups))
  }
  return names
}

function nameIn(group: readonly Wanted[], { key, text }: Wanted, name: string): string {
  const namesakes = group.filter((other) => other.text === text).length
  if (group.length === 1 || (namesakes === 1 && text === name)) return name
  return `${name}_${hex(namesakes === 1 ? text : key)}`
}

/** `made`, unless somebody else is called that by birth. */
function free(made: string, wanted: string, groups: ReadonlyMap<string, unknown>): string {
  return made !== wanted && groups.has(made) ? free(`${made}_`, wanted, groups) : made
}

/** The words a TypeScript file may not use as the name of something of its own. */
export const reservedWords: ReadonlySet<string> = new Set(
  `any arguments as async await bigint boolean break case catch class const continue debugger declare default delete do
  else enum eval export extends false finally for from function get if implements import in infer instanceof interface
  is keyof let module namespace never new null number object of package private protected public readonly require
  return satisfies set static string super switch symbol this throw true try type typeof undefined unique unknown var
  void while with yield`.split(/\s+/),
)

const schemaHomes = new Set(['schemas', '$defs', 'definitions'])
const silentKeys = new Set([
  'components',
  'schemas',
  'properties',
  '$defs',
  'definitions',
  'schema',
])

function words(text: string): string[] {
  // Beyond the first plane Unicode is still growing, and compilers differ in what they take for a letter.
  return text.split(/(?:[^\p{L}\p{Nd}]|[\u{10000}-\u{10ffff}])+/u).filter((word) => word !== '')
}

function capitalised(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1)
}

/** `orderId` and `Orders` begin small; `HTTP` becomes `http`, `HTTPServer` `httpServer`. */
function uncapitalised(word: string): string {
  return word.replace(/^\p{Lu}+(?=\p{Lu}\p{Ll}|\P{L}|$)|^\p{Lu}/u, (capitals) =>
    capitals.toLowerCase(),
  )
}

function hex(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
