import type { Report } from '../diagnostic.js'
import type { Method } from '../model.js'
import { below, ownText } from '../place.js'
import type { Definition } from './definitions.js'
import type { Message, MessageStyle } from './messages.js'

/** Who sends what a side takes. */
const senders: ReadonlyMap<string | undefined, Method['from']> = new Map([
  ['agent', 'client'],
  ['client', 'server'],
  ['both', 'both'],
  ['protocol', 'both'],
])

/** ACP: params and results are definitions with `x-method`, and with `x-side`, the side that takes them. */
export const sidedMessages: MessageStyle = {
  named: ({ value }) => ownText(value, 'x-method'),
  read: (definitions, report) => {
    const sided = definitions.all.filter(({ value }) => ownText(value, 'x-method') !== undefined)
    const results = new Map(
      sided.filter(isResult).map((result) => [ownText(result.value, 'x-method'), result]),
    )
    return sided
      .filter((definition) => !isResult(definition))
      .map((definition) => messageOf(definition, results, report))
  },
}

function messageOf(
  definition: Definition,
  results: ReadonlyMap<string | undefined, Definition>,
  report: Report,
): Message {
  const name = ownText(definition.value, 'x-method') ?? ''
  return {
    name,
    isRequest: results.has(name),
    from: senderOf(definition, report),
    described: definition,
    params: definition,
    mayOmitParams: false,
    result: results.get(name),
  }
}

function senderOf({ value, place }: Definition, report: Report): Method['from'] {
  const side = ownText(value, 'x-side')
  const from = senders.get(side)
  if (from !== undefined) return from
  const problem = `${JSON.stringify(side)} is no side`
  report.fault(below(place, 'x-side'), problem, 'use "agent", "client" or "both"')
  return 'both'
}

function isResult({ name }: Definition): boolean {
  return /(Response|Result)$/.test(name)
}
