import { ownText } from '../place.js'
import {
  type Definition,
  type Definitions,
  ownProperty,
  partsIn,
  type Schema,
} from './definitions.js'
import type { Message, MessageStyle } from './messages.js'

/** DAP: requests have the constant `command` and `arguments`, events the constant `event`, and both may have a `body`. */
export const debugMessages: MessageStyle = {
  named: (definition, definitions) =>
    definitions.constant(definition, 'command') ?? definitions.constant(definition, 'event'),
  read: (definitions) =>
    definitions.all.flatMap((definition) => {
      const command = definitions.constant(definition, 'command')
      const event = definitions.constant(definition, 'event')
      if (command !== undefined) return [requestOf(definition, command, definitions)]
      return event === undefined ? [] : [eventOf(definition, event, definitions)]
    }),
}

function requestOf(definition: Definition, name: string, definitions: Definitions): Message {
  const response = definitions.get(`${definition.name.replace(/Request$/, '')}Response`)
  return {
    name,
    isRequest: true,
    from: isReverse(definition) ? 'server' : 'client',
    described: described(definition),
    params: definitions.property(definition, 'arguments'),
    mayOmitParams: !definitions.requires(definition, 'arguments'),
    // What every response may have says nothing about this one.
    result: response && said(response, 'body'),
  }
}

function eventOf(definition: Definition, name: string, definitions: Definitions): Message {
  return {
    name,
    isRequest: false,
    from: 'server',
    described: described(definition),
    params: said(definition, 'body'),
    mayOmitParams: !definitions.requires(definition, 'body'),
  }
}

/** The parts of a definition that are written out in it. */
function partsOf(definition: Definition): Schema[] {
  return [definition, ...partsIn(definition, 'allOf')]
}

function said(definition: Definition, key: string): Schema | undefined {
  return partsOf(definition)
    .map((part) => ownProperty(part, key))
    .findLast((property) => property !== undefined)
}

function described(definition: Definition): Schema {
  const part = partsOf(definition).find(({ value }) => ownText(value, 'description') !== undefined)
  return part ?? definition
}

/** Which requests the adapter sends, no keyword says: the first has a title, the others are told by their text. */
function isReverse(definition: Definition): boolean {
  return partsOf(definition).some(
    ({ value }) =>
      ownText(value, 'title') === 'Reverse Requests' ||
      /\bfrom the debug adapter to the client\b/.test(ownText(value, 'description') ?? ''),
  )
}
