import type { Report } from '../diagnostic.js'
import type { Method, Place } from '../model.js'
import { below, type JsonObject, own } from '../place.js'

const senders = new Map<unknown, Method['from']>([
  [undefined, 'client'],
  ['clientToServer', 'client'],
  ['serverToClient', 'server'],
  ['both', 'both'],
])

const kinds: readonly unknown[] = [
  'request',
  'stream',
  'notification',
  'event',
] satisfies Method['kind'][]

/** Who sends `method`. */
export function readDirection(method: JsonObject, place: Place, report: Report): Method['from'] {
  const direction = own(method, 'x-direction')
  const from = senders.get(direction)
  if (from !== undefined) return from
  const problem = `${JSON.stringify(direction)} is no direction`
  const advice = 'use "clientToServer", "serverToClient" or "both"'
  report.fault(below(place, 'x-direction'), problem, advice)
  return 'client'
}

/** The kind of `method`, which `from` sends: what it says, or what follows from its having a result. */
export function readKind(
  method: JsonObject,
  place: Place,
  from: Method['from'],
  report: Report,
): Method['kind'] {
  const said = own(method, 'x-kind')
  const at = below(place, 'x-kind')
  const kind = said === undefined ? impliedKind(method, from) : said
  if (!isKind(kind)) {
    const advice = 'use "request", "stream", "notification" or "event"'
    report.fault(at, `${JSON.stringify(kind)} is no kind`, advice)
    return 'request'
  }
  if (kind !== 'stream') expectNoStream(method, place, report)
  if ((kind === 'notification' || kind === 'event') && own(method, 'result') !== undefined)
    report.fault(at, `${JSON.stringify(kind)} and a result exclude each other`, 'remove one')
  if (kind === 'event' && from !== 'server' && Object.hasOwn(method, 'x-direction'))
    report.fault(at, 'only the service sends events', 'make it "serverToClient"')
  return kind
}

function impliedKind(method: JsonObject, from: Method['from']): Method['kind'] {
  if (Object.hasOwn(method, 'x-stream')) return 'stream'
  if (own(method, 'result') !== undefined) return 'request'
  return from === 'server' ? 'event' : 'notification'
}

function expectNoStream(method: JsonObject, place: Place, report: Report): void {
  for (const key of ['x-item', 'x-input', 'x-stream']) {
    if (!Object.hasOwn(method, key)) continue
    const advice = 'make its "x-kind" "stream", or remove it'
    report.fault(below(place, key), `only a stream has "${key}"`, advice)
  }
}

function isKind(kind: unknown): kind is Method['kind'] {
  return kinds.includes(kind)
}

const structures: readonly unknown[] = [undefined, 'by-name']

/** Whether `method` takes an array alone or both, where it says so; nothing where it says that it takes an object. */
export function readStructure(
  method: JsonObject,
  place: Place,
  report: Report,
): Method['structure'] {
  const structure = own(method, 'paramStructure')
  if (structure === 'by-position' || structure === 'either') return structure
  if (structures.includes(structure)) return undefined
  const problem = `${JSON.stringify(structure)} is no structure of params, so both are taken`
  const advice = 'use "by-name", "by-position" or "either"'
  report.warn(below(place, 'paramStructure'), problem, advice)
  return undefined
}
