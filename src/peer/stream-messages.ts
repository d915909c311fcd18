import { errorCodes, RpcError } from '../protocol/error.js'
import type { Limits } from '../protocol/limits.js'
import { type Id, type IncomingRequest, isErrorObject, membersOf } from '../protocol/message.js'
import { isReserved } from '../protocol/reserved.js'
import type { Asked, Input } from './dispatcher.js'

/** The request inside a request for a stream. Throws `invalidParams` where there is none. */
export function askedBy(
  request: IncomingRequest,
  limits: Limits,
): { readonly request: IncomingRequest; readonly asked: Asked } {
  const { method, params, input } = membersOf(request.params)
  if (typeof method !== 'string' || method.length > limits.method || isReserved(method))
    throw invalid('method must name a method that is not of the protocol')
  if (params !== undefined && (typeof params !== 'object' || params === null))
    throw invalid('params are an object or an array')
  return { request: { ...request, method, params }, asked: { hasInput: input === true } }
}

/** The stream that a notification is about, and what it brings; nothing where it is malformed. */
export interface Items {
  readonly id: Id
  readonly items: readonly unknown[]
}

export function outputIn(params: unknown): Items | undefined {
  const { id, values } = membersOf(params)
  return isStreamId(id) && Array.isArray(values) ? { id, items: values } : undefined
}

export function inputIn(params: unknown): { readonly id: Id; readonly arrived: Input } | undefined {
  const { id, values, done, error } = membersOf(params)
  if (!isStreamId(id)) return undefined
  if (Array.isArray(values)) return { id, arrived: { items: values } }
  if (done === true) return { id, arrived: { isDone: true } }
  return isErrorObject(error) ? { id, arrived: { error } } : undefined
}

export function windowIn(
  params: unknown,
): { readonly id: Id; readonly of: 'output' | 'input'; readonly consumed: number } | undefined {
  const { id, of, consumed } = membersOf(params)
  const isCount = typeof consumed === 'number' && Number.isSafeInteger(consumed) && consumed >= 0
  if (!isStreamId(id) || !isCount) return undefined
  return of === 'output' || of === 'input' ? { id, of, consumed } : undefined
}

function isStreamId(value: unknown): value is Id {
  return value === null || typeof value === 'string' || typeof value === 'number'
}

function invalid(what: string): RpcError {
  return new RpcError(errorCodes.invalidParams, `rpc.stream: ${what}`)
}
