import { LineCounter, parseDocument, YAMLError } from 'yaml'
import { DocumentError } from '../diagnostic.js'
import { jsonFaultOffset } from './json-fault.js'

/** The value of a document in JSON or YAML. Throws a DocumentError with line and column where it is neither. */
export function parse(marked: string, file: string): unknown {
  // A byte order mark is no part of the text, and no space for JSON.
  const text = marked.replace(/^\uFEFF/, '')
  if (text.trim() === '') throw emptyError(file)
  // JSON goes first: it is a hundred times faster than YAML and takes any nesting without recursion.
  const json = asJson(text)
  if (json !== undefined) return json.value
  const looksLikeJson = /^\s*[{[]/.test(text) && !/\.ya?ml$/i.test(file)
  return looksLikeJson ? refuseJson(text, file) : asYaml(text, file)
}

function asJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

function refuseJson(text: string, file: string): never {
  const before = text.slice(0, jsonFaultOffset(text)).split('\n')
  const column = (before.at(-1) ?? '').length + 1
  throw syntaxError(file, 'JSON', before.length, column, 'unexpected text or end')
}

function asYaml(text: string, file: string): unknown {
  const lines = new LineCounter()
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      merge: true,
    })
    const [error] = document.errors
    if (error !== undefined) throw error
    return document.toJS()
  } catch (error) {
    // Too many aliases and too deep a nesting are thrown as other errors; neither has a position.
    const at = lines.linePos(error instanceof YAMLError ? error.pos[0] : 0)
    throw syntaxError(
      file,
      'YAML',
      at.line,
      at.col,
      error instanceof Error ? error.message : 'cannot be parsed',
    )
  }
}

function emptyError(file: string): DocumentError {
  const advice = 'write the document into it, or give another'
  return new DocumentError([{ file, pointer: '', problem: 'the file is empty', advice }])
}

function syntaxError(
  file: string,
  format: string,
  line: number,
  column: number,
  what: string,
): DocumentError {
  const problem = `not valid ${format} at ${line}:${column} (${what})`
  return new DocumentError([{ file, pointer: '', problem, advice: 'correct the text there' }])
}
