import type { RpcError } from '../protocol/error.js'
import type { Stubs } from './drift.js'
import type { Message, Messages } from './shape.js'

/** An OpenRPC document (spec.open-rpc.org, 1.3), as far as it is used here. */
export interface Description {
  readonly openrpc: string
  /** Whether either end may serve a part of its side. */
  readonly 'x-partial'?: boolean
  readonly info: { readonly title: string; readonly version: string; readonly description?: string }
  readonly methods: readonly MethodDescription[]
  readonly components?: Components
}

/** What a hub describes: of the services that are provided, as many as fit into one answer. */
export interface Discovery extends Description {
  /** The version of each service. */
  readonly 'x-versions'?: Readonly<Record<string, string>>
  /** How many services were left out. Each can be asked for by its name. */
  readonly 'x-omitted'?: number
}

/** What the methods of a document refer to, by name. */
export interface Components {
  readonly schemas?: Readonly<Record<string, unknown>>
  readonly contentDescriptors?: Readonly<Record<string, unknown>>
}

/**
 * One method of an OpenRPC document. `x-direction` is `serverToClient` for what a service asks of, or tells, its client.
 * A stream has `x-item`, one of what it yields, and where its caller streams to it `x-input`, one of that: content
 * descriptors, as `result` is, which for a stream is what it returns at its end.
 */
export interface MethodDescription {
  readonly name: string
  readonly summary?: string
  readonly description?: string
  readonly paramStructure?: 'by-name' | 'by-position' | 'either'
  readonly deprecated?: boolean
  readonly params: readonly unknown[]
  /** Params that are one value rather than a list. */
  readonly 'x-params'?: unknown
  readonly errors?: readonly unknown[]
  /** Errors whose data is described. */
  readonly 'x-errors'?: readonly unknown[]
  /** What the result may come in, piece by piece (LSP). */
  readonly 'x-partial-result'?: unknown
  /** What is told of a method that is served later on (LSP). */
  readonly 'x-registration'?: unknown
  readonly result?: unknown
  readonly 'x-item'?: unknown
  readonly 'x-input'?: unknown
  /** How it is subscribed to, where it is: the names that belong to it. `result` is its id then. */
  readonly 'x-stream'?: unknown
  readonly 'x-direction'?: 'clientToServer' | 'serverToClient' | 'both'
  readonly 'x-kind'?: Message['kind']
}

/** What can be described: a contract. */
export interface Describable {
  readonly name: string
  readonly version: string
  readonly service: Messages
  readonly client: Messages
  /** Loads what describes it, and what can tell where the other end differs from that. */
  readonly shape?: (() => Promise<Shape>) | undefined
}

/** What a contract loads when somebody asks for its description, or a call has failed. */
export interface Shape {
  /** The name of the contract, where that does not know it. */
  readonly name?: string
  /** Where the contract does not know it all itself. */
  readonly description?: Description
  explain(
    error: RpcError,
    method: string,
    stubs: Stubs,
    signal: AbortSignal | undefined,
  ): Promise<RpcError>
}

/** What describes a contract: what was generated beside it, or as much as the contract itself knows. */
export async function describe(contract: Partial<Describable>): Promise<Description> {
  // What cannot be loaded any more, as after a new release, is described in less words.
  const loaded = await contract.shape?.().catch(() => undefined)
  return loaded?.description ?? described(contract)
}

function described({
  name = '',
  version = '',
  service = {},
  client = {},
}: Partial<Describable>): Description {
  const schemas: Record<string, unknown> = {}
  const methods = [
    ...Object.entries(service).map(([method, message]) => methodOf(method, message, schemas)),
    ...Object.entries(client).map(
      ([method, message]): MethodDescription => ({
        ...methodOf(method, message, schemas),
        'x-direction': 'serverToClient',
      }),
    ),
  ]
  return {
    openrpc: '1.3.2',
    info: { title: name, version },
    methods,
    ...(Object.keys(schemas).length > 0 && { components: { schemas } }),
  }
}

function methodOf(
  name: string,
  message: Message,
  schemas: Record<string, unknown>,
): MethodDescription {
  const { kind, positions } = message
  return {
    name,
    paramStructure: positions === undefined ? 'by-name' : 'by-position',
    params: (positions ?? []).map((param) => ({ name: param, schema: true })),
    'x-kind': kind,
    ...(kind === 'request' && { result: anything('result') }),
    ...(kind === 'stream' && streamOf(message)),
    ...(message.describe?.(schemas) ?? unnamed(message)),
  }
}

/** Params of which not even the names are known. */
function unnamed({ positions }: Message): Partial<MethodDescription> {
  return positions === undefined ? { 'x-params': { ...anything('params'), required: false } } : {}
}

function streamOf({ result, input, subscription }: Message): Partial<MethodDescription> {
  return {
    'x-item': anything('item'),
    ...subscription?.described,
    ...(result !== undefined && { result: anything('result') }),
    ...(input !== undefined && { 'x-input': anything('input') }),
  }
}

function anything(name: string) {
  return { name, schema: true }
}
