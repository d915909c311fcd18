import { onAbort } from '../peer/abort.js'
import type { Peer } from '../peer/peer.js'
import { type Change, type Drift, errorCodes, RpcError } from '../protocol/error.js'
import { driftChanges, driftPeriod, driftWait } from '../protocol/limits.js'
import { reserved } from '../protocol/reserved.js'
import { after } from '../runtime.js'
import { answeredBy, Comparison, kindOf } from './compare.js'
import { type Description, describe, type MethodDescription } from './describe.js'
import type { Stubs } from './drift.js'
import { plain } from './plain.js'

/** What the other end said of a contract, when, and what came of it for each method. */
interface Asked {
  readonly at: number
  readonly answer: Promise<Both | undefined>
  readonly found: Map<string, Drift | undefined>
}

interface Both {
  /** The name of the contract. */
  readonly name: string
  readonly ours: Description
  readonly theirs: Description
  readonly version: string
}

const asked = new WeakMap<Peer, WeakMap<object, Asked>>()

/** `error` of a call of `method`, or the same error that says what changed. Never rejects. */
export async function explain(
  error: RpcError,
  method: string,
  stubs: Stubs,
  signal: AbortSignal | undefined,
): Promise<RpcError> {
  if (!mayBeDrift(error) || !(await unlessAborted(signal, isOurs(stubs.peer)))) return error
  const { answer, found } = whatIsSaid(stubs)
  const both = await unlessAborted(signal, answer)
  if (both === undefined) return error
  const key = `${stubs.side} ${method} ${error.code === errorCodes.methodNotFound}`
  if (!found.has(key)) found.set(key, driftOf(both, method, stubs, error))
  const drift = found.get(key)
  return drift === undefined ? error : telling(error, drift, stubs)
}

/** Whether an error is one that another contract at the other end would cause. */
function mayBeDrift(reason: unknown): boolean {
  if (!(reason instanceof RpcError)) return false
  const { code, remote, delivery } = reason
  return remote
    ? code === errorCodes.methodNotFound || code === errorCodes.invalidParams
    : code === errorCodes.encoding && delivery === 'accepted'
}

/**
 * Whether the other end said hello, or does so now. One that did not is not asked: what it answers may be longer than this
 * end takes, and would close the connection.
 */
async function isOurs(peer: Peer): Promise<boolean> {
  if (peer.isGreeting) {
    let stop = () => {}
    const late = new Promise<void>((resolve) => (stop = after(peer.runtime, driftWait, resolve)))
    await Promise.race([peer.greeted, late]).finally(stop)
  }
  return peer.takesMeta
}

/** What the other end says, asked for again where that is some time ago: behind a hub it may be another by now. */
function whatIsSaid(stubs: Stubs): Asked {
  const { peer, contract } = stubs
  // What is loaded is one for all functions that are of one contract.
  const key = contract.shape ?? contract
  const known = asked.get(peer) ?? new WeakMap<object, Asked>()
  asked.set(peer, known)
  const at = peer.runtime.now()
  const last = known.get(key)
  if (last !== undefined && at - last.at < driftPeriod) return last
  const next = { at, answer: ask(stubs).catch(() => undefined), found: new Map() }
  known.set(key, next)
  return next
}

async function ask({ peer, contract, service }: Stubs): Promise<Both | undefined> {
  const name = contract.name ?? (await contract.shape?.())?.name ?? ''
  const params = { service: name }
  const [ours, theirs] = await Promise.all([
    describe(contract),
    peer.request(reserved.discover, params, { timeout: driftWait }),
  ])
  if (!isDescription(theirs)) return undefined
  const { 'x-versions': versions = {} } = theirs as { 'x-versions'?: Record<string, unknown> }
  const version = service === undefined ? theirs.info.version : Object(versions)[service]
  return { name, ours, theirs, version: typeof version === 'string' ? version : ours.info.version }
}

function isDescription(value: unknown): value is Description {
  const { info, methods } = Object(value) as Partial<Description>
  return (
    typeof Object(info).version === 'string' &&
    Array.isArray(methods) &&
    methods.every((method) => typeof Object(method).name === 'string')
  )
}

/** What `answer` comes to; nothing where `signal` aborts before. */
async function unlessAborted<T>(
  signal: AbortSignal | undefined,
  answer: Promise<T>,
): Promise<T | undefined> {
  if (signal === undefined) return answer
  let stop = () => {}
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined)
    stop = onAbort(signal, () => resolve(undefined))
  })
  return Promise.race([answer, aborted]).finally(stop)
}

/** What changed; nothing where that cannot be found out, for the answer may be anything, and nested however deep. */
function driftOf(...given: Parameters<typeof compared>): Drift | undefined {
  try {
    return compared(...given)
  } catch {
    return undefined
  }
}

function compared(
  { name, ours, theirs, version }: Both,
  method: string,
  { contract, side = sideOf(method, ours), service }: Stubs,
  { code }: RpcError,
): Drift | undefined {
  const prefix = service === undefined ? '' : `${service}.`
  const own = answeredBy(side, ours)
  const other = answeredBy(side, theirs, prefix)
  // A peer may speak several contracts, and describe another one.
  if (![...own.keys()].some((name) => other.has(name))) return undefined
  const [before, after] = [own.get(method), other.get(method)]
  const changes =
    before === undefined || after === undefined
      ? gone(method, own, other)
      : new Comparison(ours, theirs).methods(method, before, after)
  const isGone = after === undefined && code === errorCodes.methodNotFound
  const told = after === undefined && !isGone ? [] : changes.told
  const isOther = version !== (contract.version ?? ours.info.version) && changes.isPartial
  if (told.length === 0 && !isOther) return undefined
  return {
    contract: name,
    ours: contract.version ?? ours.info.version,
    theirs: plain(version),
    changes: told.slice(0, driftChanges),
    omitted: Math.max(0, told.length - driftChanges),
  }
}

/** The side that answers a method, or is told it. */
function sideOf(method: string, { methods }: Description): 'service' | 'client' {
  const described = methods.find(({ name }) => name === method)
  return described?.['x-direction'] === 'serverToClient' ? 'client' : 'service'
}

type Methods = ReadonlyMap<string, MethodDescription>

/** That the other end has no such method, and which it has that the stubs do not know. */
function gone(method: string, own: Methods, other: Methods) {
  const before = own.get(method)
  const added = [...other].filter(([name]) => !own.has(name))
  const told: Change[] = [
    { path: method, was: before && kindOf(before) },
    ...added.map(([name, one]) => ({ path: plain(name), now: plain(kindOf(one)) })),
  ]
  return { told, isPartial: true }
}

function telling(error: RpcError, drift: Drift, { contract }: Stubs): RpcError {
  const { code, message, data, method, delivery, remote, hint } = error
  const advice = hint === undefined || !remote ? '' : `; ${hint}`
  return new RpcError(code, message, {
    ...(data !== undefined && { data }),
    hint: `${worded(drift)}; ${cure(contract)}${advice}`,
    method,
    ...(delivery && { delivery }),
    remote,
    drift,
    cause: error,
  })
}

function worded({ contract, ours, theirs, changes, omitted }: Drift): string {
  const versions =
    ours === theirs
      ? `the other end speaks another ${contract} ${theirs} than your stubs`
      : `the other end speaks ${contract} ${theirs}, your stubs are of ${ours}`
  const list = changes.map(changeText).join(', ')
  const more = omitted > 0 ? `, and ${omitted} more` : ''
  return list === '' ? versions : `${versions}: ${list}${more}`
}

function changeText({ path, was, now }: Change): string {
  if (now === undefined) return `${path} is gone`
  return was === undefined ? `${path} is new (${now})` : `${path} changed (${was} → ${now})`
}

/** Stubs are generated again; a contract that is written in words is changed by hand. */
function cure({ service, client }: Stubs['contract']): string {
  const isWritten = Object.values({ ...service, ...client }).some(({ describe }) => describe)
  return isWritten ? 'change the contract of one of them' : 'run `bothways gen`'
}
