import type { ContractModel, Docs, ErrorCase, Method, NamedType, Type } from '../model.js'
import { docsOf } from './comment.js'
import { messagesTo, paramsType } from './emit-types.js'
import { type NameOf, printBody, printType } from './print-type.js'

/** The contract as a reference to read: every message and every type, each under a heading of its own. */
export function emitMarkdown(model: ContractModel, header: string): string {
  const nameOf: NameOf = (id) => model.types.get(id)?.name ?? 'unknown'
  const { title = model.name, version, description = '', types } = model
  const blocks = [
    header,
    `# ${text(title)}`,
    `Version ${text(version)}`,
    prose(description),
    ...section('What it answers and is told', messagesTo('server', model), (method) =>
      printMethod(method, nameOf),
    ),
    ...section(
      'What it may ask of its client, and tell it',
      messagesTo('client', model),
      (method) => printMethod(method, nameOf),
    ),
    ...section('Types', [...types.values()], (type) => printNamed(type, nameOf)),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function section<T>(title: string, items: readonly T[], print: (item: T) => string[]): string[] {
  return items.length === 0 ? [] : [`## ${title}`, ...items.flatMap(print)]
}

const kinds = {
  request: 'Request',
  stream: 'Stream',
  notification: 'Notification',
  event: 'Event',
} as const

function printMethod(method: Method, nameOf: NameOf): string[] {
  const { name, kind, docs, params, payload, errors, subscription, partDocs } = method
  const parts: Part[] = [
    [
      'params',
      payload === undefined && params.length === 0 ? undefined : paramsType(method),
      partDocs?.payload,
    ],
    ['item', method.item, partDocs?.item],
    ...(method.kinds?.items ?? []).map(
      ({ value, item }): Part => [`item of ${JSON.stringify(value)}`, item],
    ),
    ['result', method.result, partDocs?.result],
    ['input', method.input, partDocs?.input],
  ]
  const described = [
    ...params.map(({ name, type, docs }) => [name, type, docs] as const),
    ...parts.filter(([name]) => name !== 'params' || payload !== undefined),
  ]
  return [
    `### ${code(name)}`,
    `${kinds[kind]}${method.positional && params.length > 0 ? ', params in this order' : ''}.`,
    ...(subscription === undefined
      ? []
      : [
          `Subscribed to: ${code(subscription.notification)} brings its items, ${code(subscription.unsubscribe)} ends it.`,
        ]),
    ...docBlocks(docs),
    typeBlock(parts, nameOf),
    described.flatMap(printPart).join('\n'),
    errors.length === 0 ? '' : ['Errors:', '', ...errors.map(printError)].join('\n'),
  ]
}

type Part = readonly [name: string, type: Type | undefined, docs?: Docs | undefined]

/** What is said of a param, or of another part. */
function printPart([name, type, docs]: Part): string[] {
  const said = type === undefined ? '' : words(docsOf(type, docs))
  return said === '' ? [] : [`- ${code(name)}: ${said}`]
}

/** What a message is made of, in TypeScript. */
function typeBlock(parts: readonly Part[], nameOf: NameOf): string {
  const lines = parts.flatMap(([name, type]) =>
    type === undefined
      ? []
      : [`${name}: ${printType(type, nameOf, '', name.length + 2).trimStart()}`],
  )
  return lines.length === 0 ? '' : fenced(lines.join('\n'))
}

function printError({ code: number, message }: ErrorCase): string {
  return `- ${[number ?? '', text(message)].join(' ').trim()}`
}

function printNamed({ name, type, docs }: NamedType, nameOf: NameOf): string[] {
  const body =
    type.kind === 'object'
      ? `interface ${name} ${printBody(type, nameOf, '')}`
      : `type ${name} = ${printType(type, nameOf, '', name.length + 8).trimStart()}`
  return [`### ${code(name)}`, ...docBlocks(docs), fenced(body)]
}

function docBlocks({ summary = '', description = '', deprecated }: Docs): string[] {
  const isDeprecated = deprecated !== undefined && deprecated !== false
  const instead = typeof deprecated === 'string' ? ` ${text(deprecated)}` : ''
  return [
    isDeprecated ? `**Deprecated.**${instead}` : '',
    prose(summary),
    description === summary ? '' : prose(description),
  ]
}

function words({ summary = '', description = '' }: Docs): string {
  return text(summary === description ? summary : `${summary} ${description}`.trim())
}

/** What a document says, in as many lines: Markdown of its own, but no heading, comment or markup. */
function prose(said: string): string {
  const lines = said.trim().split(/\r\n|[\n\r]/)
  return lines
    .map((line) => escapeMarkup(line.trimEnd()).replace(/^(\s*)(#|=+$|-+$)/, '$1\\$2'))
    .join('\n')
}

/** What a document says, on one line. */
function text(said: string): string {
  return escapeMarkup(said.trim().replaceAll(/\s+/g, ' '))
}

function escapeMarkup(line: string): string {
  return line.replaceAll('<', '&lt;')
}

/** `name` as code, however many backticks it has. */
function code(name: string): string {
  const flat = name.replaceAll(/\s+/g, ' ')
  const longest = Math.max(0, ...(flat.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  return longest === 0 ? `${fence}${flat}${fence}` : `${fence} ${flat} ${fence}`
}

function fenced(body: string): string {
  const longest = Math.max(2, ...(body.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}ts\n${body}\n${fence}`
}
