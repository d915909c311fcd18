import type { RpcError } from '../protocol/error.js'
import { Contract } from './contract.js'
import { invalidInput, invalidParams, invalidResult } from './fault.js'
import type { Check, Convert, Fault, Message, Messages, Side } from './shape.js'

/** What is checked: nothing, what arrives, or what leaves as well. */
export type Validation = 'off' | 'inbound' | 'both'

/**
 * `contract` with other checks than those of what arrives, which every contract has. `off` takes all as it comes: for ends that
 * trust one another. With `both`, what does not fit does not leave either: a call rejects with `invalidParams`, and was not sent;
 * a notification or a stream throws it; a result or an item that a handler gives fails the call as any fault of the handler does.
 */
export function validating<Service extends Side, Client extends Side>(
  contract: Contract<Service, Client>,
  validation: Validation,
): Contract<Service, Client> {
  const { name, version, partial, shape } = contract
  const [service, client] = [contract.service, contract.client].map((messages) =>
    changed(messages, validation),
  ) as [Messages, Messages]
  return new Contract(name, version, { service, client, partial, shape })
}

function changed(messages: Messages, validation: Validation): Messages {
  if (validation === 'inbound') return messages
  const change = validation === 'off' ? unchecked : checkedBothWays
  return Object.fromEntries(
    Object.entries(messages).map(([method, message]) => [method, change(message, method)]),
  )
}

function unchecked(message: Message): Message {
  const { params, result, item, kinds, input, part, ...rest } = message
  return rest
}

/** `message`, whose values are checked where their bytes are made ready to leave. */
function checkedBothWays(message: Message, method: string): Message {
  const { params, result, item, input, bytes } = message
  const checks = {
    params: leaving(params && optional(params), bytes?.params, (fault) =>
      invalidParams(method, fault),
    ),
    result: leaving(result, bytes?.result, (fault) => ofHandler(invalidResult(method, fault))),
    item: leaving(item, bytes?.item, (fault) => ofHandler(invalidResult(method, fault, 'item'))),
    input: leaving(input, bytes?.input, (fault) => invalidInput(method, fault)),
  }
  const converts = Object.entries(checks).filter(([, convert]) => convert !== undefined)
  return { ...message, bytes: Object.fromEntries(converts) as NonNullable<Message['bytes']> }
}

/** A method whose params may all be left out is called without any. */
function optional(check: Check): Check {
  return (value, path) =>
    value === undefined && check({}) === undefined ? undefined : check(value, path)
}

function leaving(
  check: Check | undefined,
  convert: Convert | undefined,
  refusal: (fault: Fault) => Error,
): Convert | undefined {
  if (check === undefined) return convert
  return (value, isLeaving) => {
    const fault = isLeaving ? check(value) : undefined
    if (fault !== undefined) throw refusal(fault)
    return convert === undefined ? value : convert(value, isLeaving)
  }
}

/** What a handler gave is no fault of its caller, who is told as of any other. */
function ofHandler({ message }: RpcError): Error {
  return new Error(message)
}
