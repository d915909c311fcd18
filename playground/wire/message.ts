import { memberOf, textIn } from './reading.js'

/** What one message on the wire is; a `stream` is a request for one. */
export type MessageKind = 'request' | 'stream' | 'notification' | 'result' | 'error' | 'unreadable'

export type MessageId = string | number | null

/** One message on the wire, looked at once. */
export interface WireMessage {
  readonly kind: MessageKind
  readonly id: MessageId
  /** What is asked or told: of a stream, the method inside. Empty for an answer, which names none. */
  readonly method: string
  readonly bytes: number
  /** The message as it was parsed, its secrets hidden. */
  readonly value: unknown
}

/** The messages of a frame: one, or an array of several that were packed together, some of them as runs. */
export function messagesIn(frame: string): WireMessage[] {
  const value = parsed(frame)
  if (!Array.isArray(value)) return [messageOf(value, byteLength(frame))]
  return value.flatMap((entry) => (Array.isArray(entry) ? messagesOfRun(entry) : [entryOf(entry)]))
}

/** The messages of a run, section 5 of the protocol: the first is whole, and of the others there is what differs. */
function messagesOfRun([first, ...bodies]: readonly unknown[]): WireMessage[] {
  return [
    entryOf(first),
    ...bodies.map((body, index) => entryOf(following(first, index + 1, body), body)),
  ]
}

function following(first: unknown, index: number, body: unknown): unknown {
  const id = memberOf(first, 'id')
  const isResult = memberOf(first, 'result') !== undefined
  return {
    ...Object(first),
    ...(typeof id === 'number' ? { id: id + index } : {}),
    ...(isResult ? { result: body } : { params: body ?? undefined }),
  }
}

/** The message that `value` is, of which `written` is in the frame. */
function entryOf(value: unknown, written = value): WireMessage {
  return messageOf(value, byteLength(JSON.stringify(written)))
}

/** Bytes of `text` in UTF-8, as it travels. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length
}

function messageOf(value: unknown, bytes: number): WireMessage {
  const kind = kindOf(value)
  return {
    kind,
    id: idIn(value, 'id'),
    method: textIn(kind === 'stream' ? memberOf(value, 'params') : value, 'method') ?? '',
    bytes,
    value: withoutSecrets(value),
  }
}

/** The id of a request that `value` has under `name`. */
export function idIn(value: unknown, name: string): MessageId {
  const id = memberOf(value, name)
  return typeof id === 'string' || typeof id === 'number' ? id : null
}

function kindOf(value: unknown): MessageKind {
  const has = (name: string) =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, name)
  if (has('method') && has('id'))
    return textIn(value, 'method') === 'rpc.stream' ? 'stream' : 'request'
  if (has('method')) return 'notification'
  if (has('error')) return 'error'
  return has('result') ? 'result' : 'unreadable'
}

/** A hello carries the token. The timeline is what people put in screenshots, so it is not shown there. */
function withoutSecrets(value: unknown): unknown {
  const params = memberOf(value, 'params')
  if (textIn(value, 'method') !== 'rpc.hello' || memberOf(params, 'auth') === undefined)
    return value
  return { ...Object(value), params: { ...Object(params), auth: '(hidden)' } }
}

function parsed(frame: string): unknown {
  try {
    return JSON.parse(frame)
  } catch {
    return frame
  }
}
