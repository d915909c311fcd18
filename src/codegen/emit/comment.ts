import type { Docs, Method, Type } from '../model.js'
import { escapeInvisible, isIdentifier } from './literal.js'

const width = 100

/** The doc comment of a type or a member, as lines; none where the document says nothing. */
export function docComment(docs: Docs, indent = ''): string[] {
  return comment([...textLines(docs), ...tagLines(docs)], indent)
}

/** The doc comment of a method: what it says, its params, what it answers with, and its errors. */
export function methodComment(method: Method, indent: string): string[] {
  const { docs, params, errors, item, result, partDocs } = method
  const paramLines = params.flatMap((param) =>
    said(`@param ${paramName(param.name)}`, docsOf(param.type, param.docs)),
  )
  const answerLines = [
    ...(item === undefined ? [] : said('@yields', docsOf(item, partDocs?.item))),
    ...(result === undefined ? [] : said('@returns', docsOf(result, partDocs?.result))),
  ]
  const errorLines = errors.map(({ code = '', message }) =>
    `@throws ${code} ${lines(message).join(' ')}`.replaceAll(/ +/g, ' ').trimEnd(),
  )
  return comment(
    [...textLines(docs), ...paramLines, ...answerLines, ...errorLines, ...tagLines(docs)],
    indent,
  )
}

/** What is said of a part of a message: what its schema says, where nothing else does. */
export function docsOf({ annotations }: Type, docs: Docs = {}): Docs {
  const { summary, description = summary ?? annotations?.['description'] } = docs
  return typeof description === 'string' ? { ...docs, description } : docs
}

function said(tag: string, docs: Docs): string[] {
  const text = textLines(docs)
    .filter((line) => line !== '')
    .join(' ')
  return text === '' ? [] : [`${tag} ${text}`]
}

/** `text` made harmless inside a comment, as lines without trailing space. */
export function lines(text: string): string[] {
  const split = text
    .trim()
    .replaceAll('\t', '  ')
    .split(/\r\n|[\n\r\v\f\u0085]/)
  return split.map((line) => escapeInvisible(line.replaceAll('*/', '*\\/')).trimEnd())
}

/** Tags for what a document says beside its text; none for what the text has a tag for already. */
function tagLines({ description = '', deprecated, since, experimental }: Docs): string[] {
  const reason = typeof deprecated === 'string' ? deprecated : ''
  const tags: [tag: string, is: boolean, text: string][] = [
    ['@since', since !== undefined, since ?? ''],
    ['@experimental', experimental === true, ''],
    ['@deprecated', deprecated !== undefined && deprecated !== false, reason],
  ]
  return tags
    .filter(([tag, is]) => is && !description.includes(tag))
    .map(([tag, , text]) => `${tag} ${lines(text).join(' ')}`.trimEnd())
}

function textLines({ summary = '', description = '' }: Docs): string[] {
  const texts = [summary, description].filter(
    (text, index, all) => text.trim() !== '' && all.indexOf(text) === index,
  )
  return texts.flatMap((text, index) => (index === 0 ? lines(text) : ['', ...lines(text)]))
}

function comment(content: readonly string[], indent: string): string[] {
  const [first] = content
  if (first === undefined) return []
  const single = `${indent}/** ${first} */`
  if (content.length === 1 && single.length <= width) return [single]
  return [`${indent}/**`, ...content.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`]
}

function paramName(name: string): string {
  return isIdentifier(name) ? name : lines(JSON.stringify(name)).join(' ')
}
