import type { Description } from 'bothways/contract'
import { memberOf, textIn } from '../wire/reading.js'
import { sampleOf } from './sample.js'
import { resolved, type Schema } from './schema.js'

/** One parameter of a method. */
export interface Param {
  readonly name: string
  readonly summary: string | undefined
  readonly isRequired: boolean
  /** With its first reference followed. */
  readonly schema: Schema
  /** As it was written. */
  readonly written: Schema
}

/** One method of a service that was discovered. */
export interface Method {
  /** `<service>.<method>`, as it travels. */
  readonly name: string
  readonly service: string
  /** Whose it is: the service's, which this page calls, or its client's, which this page serves. */
  readonly side: 'service' | 'client'
  readonly kind: 'request' | 'stream' | 'notification' | 'event'
  readonly summary: string | undefined
  readonly description: string | undefined
  readonly params: readonly Param[]
  readonly isByPosition: boolean
  /** What it answers, and a stream returns at its end; nothing where there is no answer. */
  readonly result: Part | undefined
  /** One of what a stream yields. */
  readonly item: Part | undefined
  /** One of what a stream takes from its caller. */
  readonly input: Part | undefined
}

/** What a method gives, or takes beside its params. */
export interface Part {
  /** With its first reference followed. */
  readonly schema: Schema
  /** As it was written. */
  readonly written: Schema
}

/** The methods of a discovered document, in its order. `serviceOf` tells which service a method belongs to. */
export function methodsIn(
  document: Description,
  serviceOf: (method: string) => string,
): readonly Method[] {
  return document.methods.map((described) => methodOf(document, described, serviceOf))
}

/** Params to begin with: what is required, and no more. */
export function sampleParams(document: unknown, { params, isByPosition }: Method): object {
  const required = params.filter(({ isRequired }) => isRequired)
  const samples = required.map(({ schema }) => sampleOf(document, schema))
  if (isByPosition) return samples
  return Object.fromEntries(required.map(({ name }, index) => [name, samples[index]]))
}

function methodOf(
  document: Description,
  described: Description['methods'][number],
  serviceOf: (method: string) => string,
): Method {
  const { name, summary, description, paramStructure } = described
  return {
    name,
    service: serviceOf(name),
    side: described['x-direction'] === 'serverToClient' ? 'client' : 'service',
    kind: described['x-kind'] ?? (described.result === undefined ? 'notification' : 'request'),
    summary,
    description,
    params: described.params.map((param) => paramOf(document, param)),
    isByPosition: paramStructure === 'by-position',
    result: partOf(document, described.result),
    item: partOf(document, described['x-item']),
    input: partOf(document, described['x-input']),
  }
}

function partOf(document: Description, descriptor: unknown): Part | undefined {
  if (descriptor === undefined) return undefined
  const written = memberOf(resolved(document, descriptor), 'schema')
  return { schema: resolved(document, written), written }
}

function paramOf(document: Description, value: unknown): Param {
  const param = resolved(document, value)
  const written = memberOf(param, 'schema')
  return {
    name: textIn(param, 'name') ?? nameFrom(value),
    summary: textIn(param, 'summary') ?? textIn(param, 'description'),
    isRequired: memberOf(param, 'required') === true,
    schema: resolved(document, written),
    written,
  }
}

/** A name for a parameter whose description is nowhere: the last word of the reference to it. */
function nameFrom(value: unknown): string {
  const word = (textIn(value, '$ref') ?? '').split(/[/.]/).at(-1) ?? ''
  return `${word.charAt(0).toLowerCase()}${word.slice(1)}`
}
