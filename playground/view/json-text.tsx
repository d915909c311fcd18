import { useMemo } from 'preact/hooks'

/** `value` as indented JSON, its parts coloured. */
export function JsonText({ value }: { readonly value: unknown }) {
  const parts = useMemo(() => partsOf(JSON.stringify(value, null, 2) ?? 'nothing'), [value])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard, too.
    <pre class="json" tabIndex={0}>
      {parts.map(coloured)}
    </pre>
  )
}

/** Characters of a line; the rest is left out. */
const longestLine = 1_000

/** `value` as JSON without line breaks, its parts coloured. */
export function JsonLine({ value }: { readonly value: unknown }) {
  const json = JSON.stringify(value) ?? 'nothing'
  const cut = json.length - longestLine
  return (
    <code>
      {partsOf(json.slice(0, longestLine)).map(coloured)}
      {cut > 0 && `… ${cut.toLocaleString('en')} characters more`}
    </code>
  )
}

function coloured({ kind, text }: Part) {
  return kind === 'plain' ? text : <span class={`json-${kind}`}>{text}</span>
}

interface Part {
  readonly kind: 'plain' | 'key' | 'string' | 'atom'
  readonly text: string
}

/** Characters that are coloured; what is longer is shown plain, for each part costs an element. */
const mostColoured = 50_000

function partsOf(json: string): readonly Part[] {
  if (json.length > mostColoured) return [{ kind: 'plain', text: json }]
  const parts: Part[] = []
  let end = 0
  for (const match of json.matchAll(
    /("(?:[^"\\]|\\.)*")(:)?|-?\d[\d.eE+-]*|\b(?:true|false|null)\b/g,
  )) {
    if (match.index > end) parts.push({ kind: 'plain', text: json.slice(end, match.index) })
    const [text, quoted, colon] = match
    parts.push({ kind: quoted === undefined ? 'atom' : colon ? 'key' : 'string', text })
    end = match.index + text.length
  }
  return end < json.length ? [...parts, { kind: 'plain', text: json.slice(end) }] : parts
}
