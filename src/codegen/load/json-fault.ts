const token =
  /\s*(?:([{}[\],:])|("(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/uy

/** What may come next, as characters: `v` a value, `k` a key, `e` the end, and punctuation as itself. */
type Expected = string

/**
 * Where JSON `text` stops being JSON, as an offset. V8 says so only in some of its messages, and in words that quote
 * the document.
 */
export function jsonFaultOffset(text: string): number {
  const open: string[] = []
  let expected: Expected = 'v'
  let offset = 0
  while (true) {
    token.lastIndex = offset
    const match = token.exec(text)
    const word = match === null ? undefined : (match[1] ?? (match[2] === undefined ? 'v' : '"'))
    const next = word === undefined ? undefined : follow(word, expected, open)
    if (match === null || next === undefined) return offset + spaceAt(text, offset)
    expected = next
    offset += match[0].length
  }
}

function spaceAt(text: string, offset: number): number {
  return text.length - offset - text.slice(offset).trimStart().length
}

function follow(word: string, expected: Expected, open: string[]): Expected | undefined {
  if (word === '"' && expected.includes('k')) return ':'
  if ((word === '"' || word === 'v') && expected.includes('v')) return afterValue(open)
  if ((word === '{' || word === '[') && expected.includes('v')) {
    open.push(word === '{' ? '}' : ']')
    return word === '{' ? 'k}' : 'v]'
  }
  if (!expected.includes(word) || word === 'v') return undefined
  if (word === ':') return 'v'
  if (word === ',') return open.at(-1) === '}' ? 'k' : 'v'
  open.pop()
  return afterValue(open)
}

function afterValue(open: readonly string[]): Expected {
  const closing = open.at(-1)
  return closing === undefined ? 'e' : `,${closing}`
}
