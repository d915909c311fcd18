import type { Wording } from './dialect.js'
import type { RpcError } from './error.js'
import type { Id } from './message.js'
import { reserved } from './reserved.js'

// Envelopes are concatenated: 1.2 times the rate of JSON.stringify over the whole, with the params encoded once.

/** A request as it leaves. `params` and `meta` are JSON text, empty where there are none. */
export function requestText(id: number, method: string, params: string, meta: string): string {
  return `{"jsonrpc":"2.0","id":${id},"method":${JSON.stringify(method)}${member('params', params)}${member('meta', meta)}}`
}

/** A notification as it leaves. */
export function notificationText(method: string, params: string, meta: string): string {
  return `{"jsonrpc":"2.0","method":${JSON.stringify(method)}${member('params', params)}${member('meta', meta)}}`
}

/** A response that succeeded; `result` is JSON text. */
export function resultText(id: Id, result: string): string {
  return `{"jsonrpc":"2.0","id":${idText(id)},"result":${result}}`
}

/** A response that failed. */
export function errorText(id: Id, error: RpcError): string {
  return `{"jsonrpc":"2.0","id":${idText(id)},"error":${JSON.stringify(error.toWire())}}`
}

/** Items of a stream, whose JSON texts are joined by commas: from the end that was asked, or from the one that asked. */
export function itemsText(method: 'rpc.output' | 'rpc.input', id: Id, items: string): string {
  return notificationText(method, `{"id":${idText(id)},"values":[${items}]}`, '')
}

/** The end of what the asking end streams; `error` is the JSON of what made it fail. */
export function inputEndText(id: number, error?: string): string {
  const how = error === undefined ? '"done":true' : `"error":${error}`
  return notificationText(reserved.input, `{"id":${id},${how}}`, '')
}

/** How many items of a stream were consumed, all told. */
export function windowText(id: Id, of: 'output' | 'input', consumed: number): string {
  return notificationText(
    reserved.window,
    `{"id":${idText(id)},"of":"${of}","consumed":${consumed}}`,
    '',
  )
}

/** JSON-RPC 2.0 as it leaves, unless a dialect says it otherwise. */
export const jsonRpc: Wording = {
  read: (value) => value,
  request: requestText,
  notification: notificationText,
  result: resultText,
  error: errorText,
  progress: (_id, params) => notificationText(reserved.progress, params, ''),
}

function member(name: string, text: string): string {
  return text === '' ? '' : `,"${name}":${text}`
}

function idText(id: Id): string {
  return typeof id === 'number' ? `${id}` : JSON.stringify(id)
}
