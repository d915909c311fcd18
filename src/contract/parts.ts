import type { Remote as Caller } from '../peer/context.js'
import type { Handler, Registration } from '../peer/options.js'
import { errorCodes, RpcError } from '../protocol/error.js'
import type { Params } from '../protocol/message.js'
import { invalidResult } from './fault.js'
import type { Message, Parts, PartsAsked } from './shape.js'

/** The param by which a caller asks for a result in parts, and the notification that brings one, both of LSP. */
const tokenParam = 'partialResultToken'
const told = '$/progress'

interface Host {
  on(method: string, listener: Handler): Registration
}

let tokens = 0

/** How a result comes in parts. A contract that has such names it, so that no other needs to carry it. */
export const inParts: Parts = { ask, tell }

/** Asks `method` for its result in parts, each of which goes to `onPart`. Rejects at the first that does not fit. */
function ask(
  caller: Caller,
  method: string,
  message: Message,
  params: Params | undefined,
  { onPart, ...options }: PartsAsked,
): Promise<unknown> {
  if (!isHost(caller)) throw indirect(method)
  const token = `parts-${++tokens}`
  const left = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal
  const listening = caller.on(
    told,
    (progress: { token?: unknown; value?: unknown } | undefined) => {
      if (progress?.token !== token || left.signal.aborted) return
      const fault = message.part?.(progress.value)
      if (fault === undefined) onPart?.(progress.value as never)
      else left.abort(invalidResult(method, fault, 'part'))
    },
  )
  const asked = { ...params, [tokenParam]: token }
  return caller.request(method, asked, { ...options, signal }).finally(() => listening.dispose())
}

/** What a handler tells parts by, where the caller asked for them. */
function tell(params: unknown, remote: () => Caller): ((part: unknown) => void) | undefined {
  if (typeof params !== 'object' || params === null || !Object.hasOwn(params, tokenParam))
    return undefined
  const token = (params as Record<string, unknown>)[tokenParam]
  return (value) => remote().notify(told, { token, value })
}

function isHost(caller: Caller): caller is Caller & Host {
  return 'on' in caller
}

function indirect(method: string): RpcError {
  return new RpcError(errorCodes.invalidRequest, `${method} cannot be asked in parts from here`, {
    hint: 'ask the peer itself: the parts of an answer do not pass through a hub',
  })
}
