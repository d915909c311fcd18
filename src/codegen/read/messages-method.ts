import type { Report } from '../diagnostic.js'
import type { Method } from '../model.js'
import type { Definition, Definitions, Schema } from './definitions.js'
import type { Message, MessageStyle } from './messages.js'

/**
 * MCP: each message is a definition with the constant `method` and with `params`. The unions ClientRequest,
 * ServerNotification and so on say who sends it, and the name of a definition which one is its result.
 */
export const methodMessages: MessageStyle = {
  named: (definition, definitions) => definitions.constant(definition, 'method'),
  read: (definitions, report) => {
    const senders = sendersIn(definitions)
    return definitions.all.flatMap((definition) => {
      const name = ownConstant(definitions, definition)
      if (name === undefined) return []
      const isRequest = isRequestOf(definition, name, definitions)
      return [
        messageOf(
          definition,
          name,
          isRequest,
          senderOf(definition, isRequest, senders, report),
          definitions,
        ),
      ]
    })
  },
}

/** The method of a definition that is a message itself, not a union of some. */
function ownConstant(definitions: Definitions, definition: Definition): string | undefined {
  if (definitions.alternatives(definition.name).length > 0) return undefined
  return definitions.constant(definition, 'method')
}

function messageOf(
  definition: Definition,
  name: string,
  isRequest: boolean,
  from: Method['from'],
  definitions: Definitions,
): Message {
  return {
    name,
    isRequest,
    from,
    described: definition,
    params: definitions.property(definition, 'params'),
    mayOmitParams: !definitions.requires(definition, 'params'),
    result: isRequest ? resultOf(definition, definitions) : undefined,
  }
}

function isRequestOf(definition: Definition, method: string, definitions: Definitions): boolean {
  if (definition.name.endsWith('Notification') || method.startsWith('notifications/')) return false
  return (
    definition.name.endsWith('Request') ||
    definitions.requires(definition, 'id') ||
    resultOf(definition, definitions) !== undefined
  )
}

/** `ListToolsResult` of `ListToolsRequest`; what `result` of a `ListToolsResponse` is; or what says nothing. */
function resultOf({ name }: Definition, definitions: Definitions): Schema | undefined {
  const stem = name.replace(/Request$/, '')
  const response = definitions.get(`${stem}Response`)
  return (
    definitions.get(`${stem}Result`) ??
    (response && (definitions.property(response, 'result') ?? response)) ??
    definitions.get('EmptyResult')
  )
}

type Senders = ReadonlyMap<string, Method['from']>

/** Who sends the messages that are in the unions of what a side sends. */
function sendersIn(definitions: Definitions): Senders {
  const senders = new Map<string, Method['from']>()
  for (const [side, from] of [
    ['Client', 'client'],
    ['Server', 'server'],
  ] as const)
    for (const union of [`${side}Request`, `${side}Notification`])
      for (const name of definitions.alternatives(union))
        senders.set(name, senders.has(name) && senders.get(name) !== from ? 'both' : from)
  return senders
}

function senderOf(
  { name, place }: Definition,
  isRequest: boolean,
  senders: Senders,
  report: Report,
): Method['from'] {
  const from = senders.get(name)
  if (from !== undefined) return from
  const problem = `nothing says who sends it, so ${isRequest ? 'the client may' : 'both may'}`
  report.warn(place, problem, 'list it in ClientRequest, ServerRequest or the like')
  return isRequest ? 'client' : 'both'
}
